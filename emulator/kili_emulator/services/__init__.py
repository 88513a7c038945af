"""What commands, control plane and Python can do, a module per noun.

Each front (``http/control`` for the commands and others, ``app`` for Python) parses what it is
given, calls a function here, and passes on the view that it returns. The functions know the domain
and the plugin host; nothing here knows of HTTP or of the command line.
"""
