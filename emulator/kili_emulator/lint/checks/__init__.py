"""The checks: one module per group of rules, with the rules (``KPxxx``) and the functions for them.

A check is a function that takes a plugin and yields findings. ``lint.catalogue`` lists all rules
and all checks. ``caused_events`` and ``known_calls`` are tables about the SDK and well-known
functions.

Imported by: lint.
"""
