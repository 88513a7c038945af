"""Attacks on the server: foreign keys, web pages, uploads, archives, secrets, random requests."""
