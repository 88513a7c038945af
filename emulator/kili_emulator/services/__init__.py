"""The operations that command line, control plane and Python API share, a module per noun.

Each front (``http/control`` for the command line and other clients, ``app`` for Python) parses its
input, calls a function here, and passes on the view that the function returns. The functions use
the domain and the plugin host, but neither HTTP nor the command line.

Imported by: cli, client, http, testing.
"""
