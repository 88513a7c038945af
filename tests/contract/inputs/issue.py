"""Issues and questions."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.query import counts, lists
from tests.contract.inputs.registry import Case, Stage, case

_ISSUE = "assetId objectMid type comments { text }"


def _issue(stage: Stage, row: dict[str, Any]) -> Any:
    row = {"assetId": stage.names["farm"], **row}
    (issue,) = stage.wire.call("createIssues", issues=[row], where={}, selection="id")
    return stage.read("issues", issue["id"], _ISSUE)


def _old_issue(stage: Stage, data: dict[str, Any]) -> Any:
    where = {"id": stage.names["farm"]}
    issue = stage.wire.call("appendToIssues", data=data, where=where, selection="id")
    return stage.read("issues", issue["id"], _ISSUE)


for _type, _make in (("IssueToCreate", _issue), ("AppendToIssuesData", _old_issue)):

    def _issues_with(make: Any, member: str, value: Any, read: dict[str, Any]) -> Case:
        def run(stage: Stage) -> None:
            plain = make(stage, {})
            assert make(stage, {member: value}) == {**plain, **read}
            assert plain != {**plain, **read}

        return run

    for _member, _value, _read in (
        ("objectMid", "m1", {"objectMid": "m1"}),
        ("text", "Why?", {"comments": [{"text": "Why?"}]}),
        ("type", "QUESTION", {"type": "QUESTION"}),
    ):
        case(f"{_type}.{_member}")(_issues_with(_make, _member, _value, _read))


@case("AppendToIssuesData.inReview")
def _(stage: Stage) -> None:
    where = {"id": stage.names["farm"]}
    refusal = stage.wire.refusal("appendToIssues", data={"inReview": True}, where=where)
    assert "send inReview: false" in refusal
    assert _old_issue(stage, {"inReview": False})["assetId"] == stage.names["farm"]


@case("IssueToCreate.assetId")
def _(stage: Stage) -> None:
    assert _issue(stage, {"assetId": stage.names["pond"]})["assetId"] == stage.names["pond"]


@case("IssueToCreate.labelID", "createIssues(issues)")
def _(stage: Stage) -> None:
    row = {"assetId": None, "labelID": stage.names["pond DEFAULT"]}
    assert _issue(stage, row)["assetId"] == stage.names["pond"]


@case("AppendToIssuesData.labelID", "appendToIssues(data)", "appendToIssues(where)")
def _(stage: Stage) -> None:
    assert _old_issue(stage, {"labelID": stage.names["farm DEFAULT"]})["assetId"]
    data, where = {"labelID": stage.names["pond DEFAULT"]}, {"id": stage.names["farm"]}
    assert "[accessDenied]" in stage.wire.refusal("appendToIssues", data=data, where=where)


@case("createIssues(where)")
def _(stage: Stage) -> None:
    issues = [{"assetId": stage.names["farm"]}]
    for where, is_allowed in (
        ({"project": {"id": stage.names["project"]}}, True),
        ({"project": {"id": stage.names["hidden project"]}}, False),
        ({"idIn": [stage.names["farm"]]}, True),
        ({"idIn": [stage.names["pond"]]}, False),
        ({"externalIdStrictlyIn": ["pond"]}, False),
    ):
        answer = stage.wire.send("createIssues", issues=issues, where=where).json()
        assert ("errors" not in answer) == is_allowed


@case("AppendToCommentsData.text", "appendToComments(data)", "appendToComments(where)")
def _(stage: Stage) -> None:
    where = {"id": stage.names["hidden issue"]}
    stage.wire.call("appendToComments", data={"text": "Because."}, where=where)
    read = stage.read("issues", "hidden issue", "comments { text }")
    assert read["comments"] == [{"text": "why?"}, {"text": "Because."}]


@case("AppendToCommentsData.inReview")
def _(stage: Stage) -> None:
    where = {"id": stage.names["issue"]}
    data = {"text": "t", "inReview": True}
    assert "send inReview: false" in stage.wire.refusal("appendToComments", data=data, where=where)
    stage.wire.call("appendToComments", data={"text": "t", "inReview": False}, where=where)


@case("IssueData.status", "updatePropertiesInIssue(data)", "updatePropertiesInIssue(where)")
def _(stage: Stage) -> None:
    for status in ("CANCELLED", "SOLVED", "OPEN"):
        where = {"id": stage.names["issue"]}
        stage.wire.call("updatePropertiesInIssue", data={"status": status}, where=where)
        assert stage.read("issues", "issue", "status") == {"status": status}
    assert stage.read("issues", "hidden issue", "status") == {"status": "OPEN"}


case(*(f"comments({each})" for each in ("where", "first", "skip")))(lists("comments"))
case("countComments(where)")(counts("countComments"))
