"""The table of the event cases.

::

    @causes("project.archived")
    def _(case_world: CaseWorld) -> None:
        where = {"id": case_world.names["project"]}
        case_world.wire.call("updatePropertiesInProject", data={"archived": True}, where=where)
"""

from __future__ import annotations

from collections.abc import Callable

from tests.contract.inputs.registry import CaseWorld

Case = Callable[[CaseWorld], None]

CASES: dict[str, Case] = {}

# function that emits subjects that are not written out there → those subjects
COMPUTED: dict[str, set[str]] = {}


def causes(*subjects: str, computed_in: str | None = None) -> Callable[[Case], Case]:
    """Register a case that causes events.

    Args:
        computed_in: ``file:function`` in ``emulator``, if the call of ``emit`` computes the
            subjects.
    """

    def register(function: Case) -> Case:
        for subject in subjects:
            assert subject not in CASES, subject
            CASES[subject] = function
        if computed_in:
            COMPUTED.setdefault(computed_in, set()).update(subjects)
        return function

    return register
