"""The repair of a damaged world: recover what can be read, and make it consistent.

``world_repair`` examines the folder of a world and replaces its documents; ``mending`` makes
documents consistent; ``placeholders`` creates documents in place of lost ones; ``findings`` holds
the results.

Imported by: cli.
"""
