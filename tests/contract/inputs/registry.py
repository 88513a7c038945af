"""The table of the input cases, and the world that each case gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds


@dataclass(frozen=True)
class CaseWorld:
    """A world for the cases, and the ids of its objects by name."""

    wire: Wire
    names: WorldIds

    def read(self, operation: str, name: str, selection: str) -> Any:
        """Read one object of the world by its name or id."""
        where = {"id": self.names.get(name, name)}
        (found,) = self.wire.list(operation, where, selection=selection)
        return found


Case = Callable[[CaseWorld], None]

CASES: dict[str, Case] = {}


def case(*keys: str) -> Callable[[Case], Case]:
    """Register a case for the inputs that it covers."""

    def register(function: Case) -> Case:
        for key in keys:
            assert key not in CASES, key
            CASES[key] = function
        return function

    return register
