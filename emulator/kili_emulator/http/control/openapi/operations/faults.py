"""The descriptions of the routes about faults."""

from __future__ import annotations

from typing import TypedDict

from kili_emulator.http.control.openapi.operation import Operation
from kili_emulator.observe.fault_rule import FaultOptions
from kili_emulator.observe.faults import FaultView

_FAULTS = "/worlds/<name>/faults"


class _Target(TypedDict):
    target: str


class NewFault(FaultOptions, _Target):
    """A fault to add; ``FaultView`` shows the same members.

    - ``target``: a root field of GraphQL; ``operation:NAME``, ``graphql``, ``query``, ``mutation``;
      ``version``, ``upload``, ``download``; ``webhook``, ``deploy``, ``run``.
    """


class NewFaults(TypedDict):
    """Faults to add, all of them or none."""

    faults: list[NewFault]


class FaultPreset(TypedDict):
    """A ready-made set of faults to add: ``rate-limit`` or ``flaky-network``."""

    preset: str


class RemovedFaults(TypedDict):
    """The number of faults that were removed."""

    removed: int


OPERATIONS = (
    Operation(
        "listFaults",
        "GET",
        _FAULTS,
        "List the faults of a world, with their counts.",
        answer=list[FaultView],
    ),
    Operation(
        "addFaults",
        "POST",
        _FAULTS,
        "Let requests and plugins fail, until the faults are removed or the world is reset.",
        answer=list[FaultView],
        body=NewFault | NewFaults | FaultPreset,
        status=201,
    ),
    Operation(
        "clearFaults", "DELETE", _FAULTS, "Remove all faults of a world.", answer=RemovedFaults
    ),
    Operation(
        "removeFault",
        "DELETE",
        f"{_FAULTS}/<fault_id>",
        "Remove a fault; return it with its last counts.",
        answer=FaultView,
    ),
)
