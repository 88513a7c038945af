"""The plugin host runs the plugins of all worlds. It knows neither HTTP nor GraphQL.

``dispatch`` turns events into runs; ``links`` deploys the folders that plugins are linked to;
``scheduling`` has the lanes that runs wait in; ``inline`` and ``process`` are the two isolations
that run a plugin's code; ``build`` makes versions of uploads; ``guest`` is the code that runs
beside a plugin; ``debugging`` has breakpoints. Each imports only those named after it, and the
modules of this folder. ``app`` and ``services`` import the host; nothing below does.
"""
