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
    """A rule: which requests fail, when and how.

    - ``target``: a root field of GraphQL; ``operation:NAME``, ``graphql``, ``query``, ``mutation``;
      ``version``, ``upload``, ``download``; ``webhook``, ``deploy``, ``run``.

    All other members are optional.
    """


class NewFaults(TypedDict):
    """Several rules, all of which are added or none."""

    faults: list[NewFault]


class FaultPreset(TypedDict):
    """The name of a ready-made set of rules, such as ``rate-limit`` or ``flaky-network``."""

    preset: str


class RemovedFaults(TypedDict):
    """The number of faults that were removed."""

    removed: int


OPERATIONS = (
    Operation(
        "listFaults",
        "GET",
        _FAULTS,
        "List the faults with their counts, in the order in which they were added.",
        answer=list[FaultView],
    ),
    Operation(
        "addFaults",
        "POST",
        _FAULTS,
        "Let requests and plugins fail on purpose, until a reset.",
        answer=list[FaultView],
        body=NewFault | NewFaults | FaultPreset,
        status=201,
    ),
    Operation("clearFaults", "DELETE", _FAULTS, "Remove all faults.", answer=RemovedFaults),
    Operation(
        "removeFault",
        "DELETE",
        f"{_FAULTS}/<fault_id>",
        "Remove a fault; return it with its last counts.",
        answer=FaultView,
    ),
)
