"""Tests of the pytest plugin: runs of real test files, as a user has them."""
