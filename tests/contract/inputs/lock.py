"""Inputs of locks."""

from __future__ import annotations

from tests.contract.inputs.query import counts, lists
from tests.contract.inputs.registry import Case, CaseWorld, case
from tests.kit.responses import EASY_JSON


def _with_two(check: Case) -> Case:
    def run(case_world: CaseWorld) -> None:
        rows = [
            {"assetID": case_world.names[each], "jsonResponse": EASY_JSON}
            for each in ("farm", "pond")
        ]
        data = {"labelType": "AUTOSAVE", "labelsData": rows}
        case_world.wire.call("appendManyLabels", data=data, where={}, selection="id")
        check(case_world)

    return run


case(*(f"locks({each})" for each in ("where", "first", "skip")))(_with_two(lists("locks")))
case("countLocks(where)")(_with_two(counts("countLocks")))
