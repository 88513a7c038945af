"""Run plugins in threads of this process, where a debugger reaches them.

``isolation`` is the front, ``loading`` and ``sandbox`` import a version, ``runner`` calls a
handler, ``run_effects`` restores what a run changed in this process. Only the composition root
imports this room.
"""
