"""What calls plugins: the tables of ``what-calls-plugins.md``, and what really happens.

``page.py`` reads the table, ``recorder.py`` notes which events and calls of handlers each mutation
and each deed of a person causes, and ``situations/`` does what the cases of
:mod:`tests.contract.inputs` and :mod:`tests.contract.events` do not do by themselves.
"""
