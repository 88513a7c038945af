"""Inputs of issues and questions."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.query import counts, lists
from tests.contract.inputs.registry import Case, CaseWorld, case

_ISSUE = "assetId objectMid type comments { text }"


def _issue(case_world: CaseWorld, row: dict[str, Any]) -> Any:
    row = {"assetId": case_world.names["farm"], **row}
    (issue,) = case_world.wire.call("createIssues", issues=[row], where={}, selection="id")
    return case_world.read("issues", issue["id"], _ISSUE)


def _old_issue(case_world: CaseWorld, data: dict[str, Any]) -> Any:
    where = {"id": case_world.names["farm"]}
    issue = case_world.wire.call("appendToIssues", data=data, where=where, selection="id")
    return case_world.read("issues", issue["id"], _ISSUE)


for _type, _make in (("IssueToCreate", _issue), ("AppendToIssuesData", _old_issue)):

    def _issues_with(make: Any, member: str, value: Any, read: dict[str, Any]) -> Case:
        def run(case_world: CaseWorld) -> None:
            plain = make(case_world, {})
            assert make(case_world, {member: value}) == {**plain, **read}
            assert plain != {**plain, **read}

        return run

    for _member, _value, _read in (
        ("objectMid", "m1", {"objectMid": "m1"}),
        ("text", "Why?", {"comments": [{"text": "Why?"}]}),
        ("type", "QUESTION", {"type": "QUESTION"}),
    ):
        case(f"{_type}.{_member}")(_issues_with(_make, _member, _value, _read))


@case("AppendToIssuesData.inReview")
def _(case_world: CaseWorld) -> None:
    where = {"id": case_world.names["farm"]}
    refusal = case_world.wire.refusal("appendToIssues", data={"inReview": True}, where=where)
    assert "send inReview: false" in refusal
    assert _old_issue(case_world, {"inReview": False})["assetId"] == case_world.names["farm"]


@case("IssueToCreate.assetId")
def _(case_world: CaseWorld) -> None:
    assert (
        _issue(case_world, {"assetId": case_world.names["pond"]})["assetId"]
        == case_world.names["pond"]
    )


@case("IssueToCreate.labelID", "createIssues(issues)")
def _(case_world: CaseWorld) -> None:
    row = {"assetId": None, "labelID": case_world.names["pond DEFAULT"]}
    assert _issue(case_world, row)["assetId"] == case_world.names["pond"]


@case("AppendToIssuesData.labelID", "appendToIssues(data)", "appendToIssues(where)")
def _(case_world: CaseWorld) -> None:
    assert _old_issue(case_world, {"labelID": case_world.names["farm DEFAULT"]})["assetId"]
    data, where = {"labelID": case_world.names["pond DEFAULT"]}, {"id": case_world.names["farm"]}
    assert "[accessDenied]" in case_world.wire.refusal("appendToIssues", data=data, where=where)


@case("createIssues(where)")
def _(case_world: CaseWorld) -> None:
    issues = [{"assetId": case_world.names["farm"]}]
    for where, is_allowed in (
        ({"project": {"id": case_world.names["project"]}}, True),
        ({"project": {"id": case_world.names["hidden project"]}}, False),
        ({"idIn": [case_world.names["farm"]]}, True),
        ({"idIn": [case_world.names["pond"]]}, False),
        ({"externalIdStrictlyIn": ["pond"]}, False),
    ):
        answer = case_world.wire.send("createIssues", issues=issues, where=where).json()
        assert ("errors" not in answer) == is_allowed


@case("AppendToCommentsData.text", "appendToComments(data)", "appendToComments(where)")
def _(case_world: CaseWorld) -> None:
    where = {"id": case_world.names["hidden issue"]}
    case_world.wire.call("appendToComments", data={"text": "Because."}, where=where)
    read = case_world.read("issues", "hidden issue", "comments { text }")
    assert read["comments"] == [{"text": "why?"}, {"text": "Because."}]


@case("AppendToCommentsData.inReview")
def _(case_world: CaseWorld) -> None:
    where = {"id": case_world.names["issue"]}
    data = {"text": "t", "inReview": True}
    assert "send inReview: false" in case_world.wire.refusal(
        "appendToComments", data=data, where=where
    )
    case_world.wire.call("appendToComments", data={"text": "t", "inReview": False}, where=where)


@case("IssueData.status", "updatePropertiesInIssue(data)", "updatePropertiesInIssue(where)")
def _(case_world: CaseWorld) -> None:
    for status in ("CANCELLED", "SOLVED", "OPEN"):
        where = {"id": case_world.names["issue"]}
        case_world.wire.call("updatePropertiesInIssue", data={"status": status}, where=where)
        assert case_world.read("issues", "issue", "status") == {"status": status}
    assert case_world.read("issues", "hidden issue", "status") == {"status": "OPEN"}


case(*(f"comments({each})" for each in ("where", "first", "skip")))(lists("comments"))
case("countComments(where)")(counts("countComments"))
