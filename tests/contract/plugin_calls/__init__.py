"""The tables of ``what-calls-plugins.md``, and a recorder of the calls that really happen.

``plugin_calls_page.py`` reads the tables. ``recorder.py`` records the events and handler calls that
each mutation and each action of a simulated user causes. ``situations/`` adds what the cases of
:mod:`tests.contract.inputs` and :mod:`tests.contract.events` do not cover.
"""
