"""The plugin host: builds and runs the plugins of all worlds. It knows neither HTTP nor GraphQL.

The rooms, from the top to the bottom; each imports only rooms below it:

- ``dispatch`` turns events into runs.
- ``links`` deploys plugins from folders on disk.
- ``scheduling`` queues runs and builds in lanes.
- ``inline`` and ``process`` are the two isolations that run a plugin's code.
- ``build`` makes versions from uploads.
- ``debugging`` stops a run at a breakpoint.
- ``guest`` is the code that runs beside a plugin, in its process.

The modules of this folder stand between ``inline`` and ``debugging``.

Imported by: app, cli, http, lint, replays, services, testing, transfer.
"""
