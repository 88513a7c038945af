"""Benchmarks that compare two measurements in one run: their ratio holds on any machine.

``python -m benchmarks`` runs all of them. ``sdk_calls``, ``graphql_calls`` and ``starts`` compare a
server with a floor, such as ``null_server``; ``parts``, ``marks`` and ``plugins`` compare two ways
in one process; ``reading`` and ``memory`` show growth; ``testing_kit`` does both. No other room
imports this one.
"""
