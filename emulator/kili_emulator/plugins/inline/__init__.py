"""Run plugins in threads of this process, where a debugger can attach to them.

``isolation`` is the front; all other modules are imported with the first plugin. ``version`` is a
version in this process; ``loading`` and ``sandbox`` import it, ``runner`` calls a handler,
``plugin_threads`` assigns threads to runs. ``run_effects`` restores the state of this process after
a run, with ``standard_streams`` and ``memory_growth``.

Imported by: app.
"""
