"""Events of issues and questions."""

from __future__ import annotations

from tests.contract.events.registry import CaseWorld, causes


@causes(
    "asset.issue.created", "asset.question.created", computed_in="domain/issue.py:_create_issue"
)
def _(case_world: CaseWorld) -> None:
    rows = [
        {"assetId": case_world.names["farm"], "type": type_, **more}
        for type_ in ("ISSUE", "QUESTION")
        for more in ({}, {"objectMid": "m"})
    ]
    case_world.wire.call("createIssues", issues=rows, where={}, selection="id")


@causes(
    "asset.issue.resolved",
    "asset.issue.cancelled",
    "asset.question.resolved",
    "asset.question.cancelled",
    computed_in="domain/issue.py:update_issue",
)
def _(case_world: CaseWorld) -> None:
    for issue in ("issue", "hidden issue"):
        for status in ("SOLVED", "OPEN", "CANCELLED"):
            where = {"id": case_world.names[issue]}
            case_world.wire.call("updatePropertiesInIssue", data={"status": status}, where=where)
