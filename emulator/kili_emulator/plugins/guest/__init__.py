"""The code that runs in a plugin's process, under any interpreter that the SDK supports.

``warm_process``, ``supervisor`` and ``worker`` are programs; the others are parts of ``worker``,
which ``plugins.inline`` uses, too. A test holds that this room imports nothing but itself and the
standard library, and that it is written for the oldest of these interpreters.
"""
