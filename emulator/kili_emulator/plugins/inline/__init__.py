"""Run plugins in threads of this process, where a debugger can attach to them.

``isolation`` is the front. ``loading`` and ``sandbox`` import a version, ``runner`` calls a
handler, ``plugin_threads`` assigns threads to runs. ``run_effects`` restores the state of this
process after a run, with ``standard_streams`` and ``memory_growth``.

Imported by: app.
"""
