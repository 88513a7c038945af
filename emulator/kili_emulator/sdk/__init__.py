"""Changes to the SDK of this process: its pauses, while somebody wants them to be short.

``pauses`` shortens them, ``retries`` those between the attempts of a request; both import only the
standard library, so that they can be loaded beside any SDK. ``process_speed`` keeps the SDK fast as
long as an emulator of the process runs. ``schema_cache`` removes schemas that clients have kept.

Imported by: app, testing.
"""
