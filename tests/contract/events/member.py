"""Events of members."""

from __future__ import annotations

from tests.contract.events.registry import CaseWorld, causes


@causes("project.member.created", "project.member.updated", "project.member.deleted")
def _(case_world: CaseWorld) -> None:
    project = {"id": case_world.names["hidden project"]}
    data = {"userEmail": "labeler@example.com", "role": "LABELER"}
    for each in (data, {**data, "role": "REVIEWER"}):
        case_world.wire.call("appendToRoles", where=project, data=each, selection="id")
    where = {"project": project, "user": {"email": data["userEmail"]}}
    case_world.wire.call("deleteFromRoles", where=where, selection="id")
