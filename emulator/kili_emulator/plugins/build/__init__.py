"""Make a version from an upload: unpack it, check its files, imports and requirements.

``plugin_archive`` unpacks an upload. ``requirements`` and ``unmet_requirements`` compare the
requirements of a version with ``installed_packages``. ``versions`` keeps the loaded versions,
``version_sources`` shows their code, ``local_sources`` knows the files that were uploaded,
``packages`` lists the packages that plugins can import.

Imported by: app, cli, lint, plugins, plugins.dispatch, plugins.inline, plugins.links,
plugins.process, replays, services, testing.
"""
