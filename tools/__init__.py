"""Tools for development: ``install`` installs packages. The Makefile and tests use them."""
