"""Read Python source without running it: names, scopes, imports, calls and literal values.

``syntax`` has small questions about single nodes, ``scopes`` finds which names a module binds,
``module`` is one source file, ``name_resolution`` follows names across the files of a program,
``call_graph`` finds the code that runs, ``guards`` the conditions and error handlers around a node.
``bound_names`` resolves names line by line, as the SDK does; ``imports`` lists imported modules.

This room imports only the standard library, because it is the lowest layer.

Imported by: lint, plugins, replays, rules.
"""
