"""The domain: the objects of the platform and the operations on them, one module per noun.

``world``, ``tables`` and ``repository`` hold the documents, ``transaction`` changes them,
``documents`` declares the types of the documents, ``filters`` selects documents by a ``where``.
``access`` checks the rights of an actor, ``event_bus`` delivers the events of committed
transactions. This room imports no web framework, no GraphQL and no database.

Imported by: api, app, cli, client, http, plugins, replays, scenario, services, testing, transfer.
"""
