"""Records of what happens, in plain values: requests, and the tree of their effects.

``requests`` keeps the latest requests of a world; ``timeline`` has the tree that
``domain/timeline`` builds, and its text. Nothing here knows a world, its tables or HTTP.

Imported by: cli, client, domain, http, services.
"""
