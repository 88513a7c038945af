"""The code that runs in a plugin's process, under any interpreter that the SDK supports.

``warm_process``, ``supervisor`` and ``worker`` are programs. The other modules are parts of
``worker``; the importers below use them, too. A test checks that this room imports only
itself and the standard library, and that it is written for the oldest of these interpreters. For
such an interpreter, it needs the old ``typing`` names, such as ``List``.

Imported by: app, http, plugins, plugins.build, plugins.inline, plugins.process, transfer.
"""
