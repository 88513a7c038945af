"""Tests of the execution of GraphQL requests."""
