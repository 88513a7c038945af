"""Events of issues and questions."""

from __future__ import annotations

from tests.contract.events.registry import Stage, causes


@causes(
    "asset.issue.created", "asset.question.created", computed_in="domain/issue.py:_create_issue"
)
def _(stage: Stage) -> None:
    rows = [
        {"assetId": stage.names["farm"], "type": type_, **more}
        for type_ in ("ISSUE", "QUESTION")
        for more in ({}, {"objectMid": "m"})
    ]
    stage.wire.call("createIssues", issues=rows, where={}, selection="id")


@causes(
    "asset.issue.resolved",
    "asset.issue.cancelled",
    "asset.question.resolved",
    "asset.question.cancelled",
    computed_in="domain/issue.py:update_issue",
)
def _(stage: Stage) -> None:
    for issue in ("issue", "hidden issue"):
        for status in ("SOLVED", "OPEN", "CANCELLED"):
            where = {"id": stage.names[issue]}
            stage.wire.call("updatePropertiesInIssue", data={"status": status}, where=where)
