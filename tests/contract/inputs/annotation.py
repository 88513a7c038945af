"""Inputs of typed annotations."""

from __future__ import annotations

from tests.contract.inputs.registry import CaseWorld, case


@case("annotations(where)", "AnnotationWhere.labelId")
def _(case_world: CaseWorld) -> None:
    def of(**where: object) -> list[str]:
        found = case_world.wire.call("annotations", selection="labelId", where=where)
        return sorted({each["labelId"] for each in found})

    hidden, pond = case_world.names["hidden label"], case_world.names["pond DEFAULT"]
    assert of(labelId=hidden) == [hidden]
    assert of(labelId="nothing") == []
    assert {hidden, pond} < set(of())
    assert of(labelId=None) == of()
