"""Inputs of versions of projects."""

from __future__ import annotations

from tests.contract.inputs.registry import CaseWorld, case


@case(
    "updatePropertiesInProjectVersion(data)",
    "updatePropertiesInProjectVersion(where)",
    "ProjectVersionData.content",
)
def _(case_world: CaseWorld) -> None:
    where, data = {"id": case_world.names["version"]}, {"content": "http://example.com/export"}
    case_world.wire.call("updatePropertiesInProjectVersion", data=data, where=where)
    assert case_world.read("projectVersions", "version", "content") == data
    assert case_world.read("projectVersions", "hidden version", "content") != data
