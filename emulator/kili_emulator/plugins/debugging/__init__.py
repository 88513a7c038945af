"""Stop a run in pdb when its plugin calls ``breakpoint()``.

``breakpoints`` replaces the built-in function, ``terminal_debugger`` is pdb on the terminal, which
one run at a time can use.

Imported by: app, cli, plugins.inline.
"""
