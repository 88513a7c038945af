"""Run each version of a plugin in processes of its own: the emulator's side.

``isolation`` is the front, ``worker_process`` one worker, ``fork_server`` starts workers by a
fork, ``run_results`` reads how they ended. The other side is ``plugins.guest``. Only the
composition root imports this room.
"""
