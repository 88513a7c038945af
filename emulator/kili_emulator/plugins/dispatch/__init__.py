"""Turn the events of a world into runs of its plugins.

``host`` is the front for all worlds, ``world_host`` listens to the events of one of them.
``deployments`` builds versions, ``runs`` records and executes runs, ``run_storage`` stores what
they do, ``causal_tree`` knows which run caused which, ``run_waiters`` wakes threads that wait for a
run, ``failure_reports`` writes the emulator's log.

Imported by: app, http, services.
"""
