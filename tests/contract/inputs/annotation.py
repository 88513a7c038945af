"""Typed annotations."""

from __future__ import annotations

from tests.contract.inputs.registry import Stage, case


@case("annotations(where)", "AnnotationWhere.labelId")
def _(stage: Stage) -> None:
    def of(**where: object) -> list[str]:
        found = stage.wire.call("annotations", selection="labelId", where=where)
        return sorted({each["labelId"] for each in found})

    hidden, pond = stage.names["hidden label"], stage.names["pond DEFAULT"]
    assert of(labelId=hidden) == [hidden]
    assert of(labelId="nothing") == []
    assert {hidden, pond} < set(of())
    assert of(labelId=None) == of()
