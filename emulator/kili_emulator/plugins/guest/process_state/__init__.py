"""Compare the state of a process before and after a run, and restore it.

``process_settings`` are the environment, the working directory and the like, ``module_attributes``
those of modules that a plugin may have replaced, ``left_running`` threads and child processes;
``worker_state`` puts them together for a worker, and ``plugins.inline.run_effects`` for this
process.
"""
