"""Run each version of a plugin in processes of its own: the emulator's side.

``isolation`` is the front, ``worker_version`` a version with its workers, ``worker_process`` one
worker, ``idle_workers`` keeps some of them. ``fork_server`` starts workers by a fork, from the
programs in ``bootstrap`` and with the variables of ``interpreter``. ``worker_messages`` checks the
messages of a worker, ``run_results`` makes the result of a run, ``descendants`` lists processes.
The worker's side is ``plugins.guest``. ``cli`` imports only ``interpreter``.

Imported by: app, cli.
"""
