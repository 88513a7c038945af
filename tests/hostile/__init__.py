"""Hostile text: input that is built to keep the interpreter busy must not succeed."""
