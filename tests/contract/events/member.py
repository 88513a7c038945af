"""Events of members."""

from __future__ import annotations

from tests.contract.events.registry import Stage, causes


@causes("project.member.created", "project.member.updated", "project.member.deleted")
def _(stage: Stage) -> None:
    project = {"id": stage.names["hidden project"]}
    data = {"userEmail": "labeler@example.com", "role": "LABELER"}
    for each in (data, {**data, "role": "REVIEWER"}):
        stage.wire.call("appendToRoles", where=project, data=each, selection="id")
    where = {"project": project, "user": {"email": data["userEmail"]}}
    stage.wire.call("deleteFromRoles", where=where, selection="id")
