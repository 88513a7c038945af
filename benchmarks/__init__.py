"""Benchmarks that compare two measurements in one run: their ratio holds on any machine.

``python -m benchmarks`` runs all of them. ``worlds``, ``submits`` and others are in ``__main__``,
``marks`` and ``plugins`` have their own; ``measuring`` is shared. No other room imports this one.
"""
