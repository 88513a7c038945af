"""The descriptions of the routes, a module per noun.

Imported by: http.control.openapi.
"""

from kili_emulator.http.control.openapi.operation import Operation
from kili_emulator.http.control.openapi.operations import (
    clock,
    content,
    faults,
    observations,
    plugins,
    runs,
    server,
    states,
    users,
    worlds,
)

__all__ = ["OPERATIONS"]

OPERATIONS: tuple[Operation, ...] = (
    *server.OPERATIONS,
    *worlds.OPERATIONS,
    *states.OPERATIONS,
    *clock.OPERATIONS,
    *users.OPERATIONS,
    *content.OPERATIONS,
    *plugins.OPERATIONS,
    *runs.OPERATIONS,
    *faults.OPERATIONS,
    *observations.OPERATIONS,
)
