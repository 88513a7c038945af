"""Turn the events of a world into runs of its plugins.

``host`` listens to events and builds versions, ``runs`` records and executes runs,
``run_storage`` stores what they do, ``causal_tree`` knows which run caused which, ``run_waiters``
wakes threads that wait for a run, ``failure_reports`` writes the emulator's log.

Imported by: app, http, services.
"""
