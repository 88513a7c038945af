"""The descriptions of the routes, a module per noun.

Imported by: http.control.openapi.
"""

from kili_emulator.http.control.openapi.operation import Operation
from kili_emulator.http.control.openapi.operations import plugins, runs, server, users, worlds

__all__ = ["OPERATIONS"]

OPERATIONS: tuple[Operation, ...] = (
    *server.OPERATIONS,
    *worlds.OPERATIONS,
    *users.OPERATIONS,
    *plugins.OPERATIONS,
    *runs.OPERATIONS,
)
