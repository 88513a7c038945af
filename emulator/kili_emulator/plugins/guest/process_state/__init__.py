"""Compare the state of a process before and after a run, and restore it.

``process_settings`` compares the environment, the working directory and the like,
``module_attributes`` the attributes of modules that a plugin may replace, ``left_running`` threads
and child processes. ``worker_state`` combines them for a worker, ``plugins.inline.run_effects`` for
the emulator's own process.

Imported by: plugins.guest, plugins.inline, plugins.process.
"""
