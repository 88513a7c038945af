"""Hostile text: no input may hold the interpreter for long."""
