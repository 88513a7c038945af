"""The tables of ``what-calls-plugins.md``, and a recorder of the actual calls.

``plugin_calls_page.py`` reads the tables. ``recorder.py`` records the events and handler calls that
each mutation and each action of a simulated user causes. ``situations/`` adds the cases
that are not in :mod:`tests.contract.inputs` and :mod:`tests.contract.events`.
"""
