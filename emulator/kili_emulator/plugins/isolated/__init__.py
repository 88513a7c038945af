"""Runs each version of a plugin in processes of its own.

``worker.py``, ``condition.py``, ``frames.py`` and ``memory.py`` are the child's side: they are
imported by whatever interpreter the plugins are to run in, so they are written for old Pythons,
too, and name nothing but the standard library and those modules of the emulator that do the same.
"""
