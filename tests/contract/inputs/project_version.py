"""Versions of projects."""

from __future__ import annotations

from tests.contract.inputs.registry import Stage, case


@case(
    "updatePropertiesInProjectVersion(data)",
    "updatePropertiesInProjectVersion(where)",
    "ProjectVersionData.content",
)
def _(stage: Stage) -> None:
    where, data = {"id": stage.names["version"]}, {"content": "http://example.com/export"}
    stage.wire.call("updatePropertiesInProjectVersion", data=data, where=where)
    assert stage.read("projectVersions", "version", "content") == data
    assert stage.read("projectVersions", "hidden version", "content") != data
