"""Check whether a plugin would work on the real platform: read its source, never run it.

``lint_plugin`` is the front. ``checks`` has the rules, ``catalogue`` lists them; ``rule`` defines
rules and findings. ``plugin`` is the view that checks get of a plugin, ``client_tracking`` finds
the SDK's client in it. ``sdk_surface`` reads an installed SDK, also under other interpreters, and
``installed_sdk`` is the result. ``suppressions`` reads ``# noqa`` comments.

A finding is an error if the plugin certainly fails. If the source does not show that, there is no
finding. Of the rooms below, this one imports only ``python_source``, ``rules`` and
``plugins.build``.

Imported by: cli, testing.
"""
