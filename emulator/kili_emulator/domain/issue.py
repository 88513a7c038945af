"""Issues, questions and the comments on both (contract/issue.md#issues).

A reviewer opens an issue about work; a labeler opens a question. An issue about a label is assigned
to the author of the label. An issue or question counts as seen when a user other than its author
has commented on it or changed its status.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kili_emulator import errors
from kili_emulator.domain import member
from kili_emulator.domain.documents import AssetDoc, CommentDoc, IssueDoc, IssueType, MemberDoc
from kili_emulator.domain.payloads import asset_payload
from kili_emulator.domain.world import Transaction, View
from kili_emulator.rules import permissions
from kili_emulator.rules.workflow import MODEL_TYPES

# project id and type → the last issue number that was assigned
LastNumbers = dict[tuple[str, str], int]


def create_issues(
    tx: Transaction, operation: str, rows: list[dict[str, Any]], *, project_id: str | None = None
) -> list[IssueDoc]:
    """Open issues and questions, in the order of ``rows``.

    The emulator numbers issues per project and type, starting at 0, and ignores the numbers that
    clients send.

    Args:
        rows: the optional members ``type`` (default ISSUE), ``labelID``, ``assetId``,
            ``objectMid``, ``text`` and ``inReview``.
        project_id: the project to which all assets must belong, if the request names one.

    Raises:
        KiliError: a label or asset is unknown, a label is not a label of the asset, or the actor
            may not open issues of the type.
    """
    last_numbers: LastNumbers = {}
    return [_create_issue(tx, operation, row, project_id, last_numbers) for row in rows]


def _create_issue(
    tx: Transaction,
    operation: str,
    row: dict[str, Any],
    project_id: str | None,
    last_numbers: LastNumbers,
) -> IssueDoc:
    if row.get("inReview"):
        raise errors.in_review_not_emulated(operation)
    asset = _require_asset(tx, operation, row)
    type_: IssueType = row.get("type") or "ISSUE"
    if project_id and asset["projectId"] != project_id:
        raise errors.access_denied()
    tx.access.require_project(operation, asset["projectId"], permissions.ISSUE_TYPE_ROLES[type_])
    issue = tx.issues.insert(
        {
            "id": tx.new_id(),
            "projectId": asset["projectId"],
            "assetId": asset["id"],
            "labelId": row.get("labelID"),
            "authorId": tx.actor.user_id,
            "assigneeId": _find_assignee_id(tx, type_, row.get("labelID")),
            "hasBeenSeen": False,
            "objectMid": row.get("objectMid"),
            "type": type_,
            "status": "OPEN",
            "issueNumber": _next_number(tx, last_numbers, asset["projectId"], type_),
            "createdAt": tx.now,
            "updatedAt": tx.now,
        }
    )
    if row.get("text"):
        _insert_comment(tx, issue, row["text"])
    tx.emit(*_build_created_event(asset, issue), project_id=asset["projectId"])
    return issue


def _require_asset(tx: Transaction, operation: str, row: dict[str, Any]) -> AssetDoc:
    """Return the asset of a new issue, by its id or by the id of one of its labels."""
    label_id, asset_id = row.get("labelID"), row.get("assetId")
    if not label_id and not asset_id:
        raise errors.issue_without_target(operation)
    if label_id:
        label = tx.labels.get(label_id)
        if not label or asset_id not in (None, label["assetId"]):
            raise errors.access_denied()
        return tx.assets.require(label["assetId"])
    asset = tx.assets.get(str(asset_id))
    if not asset:
        raise errors.access_denied()
    return asset


def _find_assignee_id(tx: Transaction, type_: str, label_id: str | None) -> str | None:
    """Return the author of the label that an issue is about.

    Questions, and issues about labels of models or plugins, have no assignee.
    """
    if not label_id or type_ != "ISSUE":
        return None
    label = tx.labels.require(label_id)
    author = tx.users.require(label["authorId"])
    is_work = label["labelType"] not in MODEL_TYPES and not author["isServiceAccount"]
    return str(author["id"]) if is_work else None


def _next_number(tx: Transaction, last_numbers: LastNumbers, project_id: str, type_: str) -> int:
    """Return the number of a new issue; search the project for the last number only once."""
    project_and_type = (project_id, type_)
    if project_and_type not in last_numbers:
        issues = tx.issues.find("project", project_id)
        used_numbers = (each["issueNumber"] for each in issues if each["type"] == type_)
        last_numbers[project_and_type] = max(used_numbers, default=-1)
    last_numbers[project_and_type] += 1
    return last_numbers[project_and_type]


def _build_created_event(asset: AssetDoc, issue: IssueDoc) -> tuple[str, dict[str, Any]]:
    noun = issue["type"].lower()
    payload = {**asset_payload(asset), f"{noun}Id": issue["id"]}
    optional = {name: issue[name] for name in ("assigneeId", "objectMid") if issue[name]}
    payload.update(optional)
    return f"asset.{noun}.created", payload


def append_comment(
    tx: Transaction, issue_id: str, text: str, *, in_review: bool = False
) -> CommentDoc:
    """Add a comment to an issue.

    Raises:
        KiliError: the issue is unknown, or ``in_review`` is set, which is not emulated.
    """
    if in_review:
        raise errors.in_review_not_emulated("appendToComments")
    issue = tx.issues.get(issue_id)
    if not issue:
        raise errors.access_denied()
    tx.access.require_project("appendToComments", issue["projectId"])
    _mark_as_seen(tx, issue)
    return _insert_comment(tx, issue, text)


def _mark_as_seen(tx: Transaction, issue: IssueDoc) -> IssueDoc:
    if issue["hasBeenSeen"] or issue["authorId"] == tx.actor.user_id:
        return issue
    return tx.issues.change(issue, hasBeenSeen=True)


def _insert_comment(tx: Transaction, issue: IssueDoc, text: str) -> CommentDoc:
    return tx.comments.insert(
        {
            "id": tx.new_id(),
            "issueId": issue["id"],
            "authorId": tx.actor.user_id,
            "text": text,
            "createdAt": tx.now,
            "updatedAt": tx.now,
        }
    )


def comment_author(view: View, comment: CommentDoc) -> MemberDoc | None:
    """Return the author of a comment as a member of the project."""
    project = view.projects.require(view.issues.require(comment["issueId"])["projectId"])
    return member.find_acting_member(view, view.users.require(comment["authorId"]), project)


def update_issue(tx: Transaction, issue_id: str, status: str | None) -> IssueDoc:
    """Change the status of an issue; all transitions are allowed (contract/issue.md#issues).

    Reviewers, the author of the issue and its assignee may do this.

    Raises:
        KiliError: the issue is unknown, or the actor may not change it.
    """
    issue = tx.issues.get(issue_id)
    if not issue:
        raise errors.access_denied()
    is_author_or_assignee = tx.actor.user_id in (issue["authorId"], issue["assigneeId"])
    roles = permissions.OWN_ISSUE_ROLES if is_author_or_assignee else None
    tx.access.require_project("updatePropertiesInIssue", issue["projectId"], roles)
    if status is None or status == issue["status"]:
        return issue
    issue = _mark_as_seen(tx, issue)
    issue = tx.issues.change(issue, status=status, updatedAt=tx.now)
    verb = {"SOLVED": "resolved", "CANCELLED": "cancelled"}.get(status)
    if verb:
        noun = issue["type"].lower()
        asset = tx.assets.require(issue["assetId"])
        payload = {**asset_payload(asset), f"{noun}Id": issue["id"]}
        tx.emit(f"asset.{noun}.{verb}", payload, project_id=issue["projectId"])
    return issue


def open_object_mids(issues: list[IssueDoc]) -> list[str]:
    """Return the distinct mids of the objects that open issues are about."""
    return _distinct(each["objectMid"] for each in _open_issues(issues, "ISSUE"))


def open_assignee_ids(issues: list[IssueDoc]) -> list[str]:
    """Return the distinct ids of the users to whom open issues are assigned."""
    return _distinct(each["assigneeId"] for each in _open_issues(issues, "ISSUE"))


def open_question_author_ids(issues: list[IssueDoc]) -> list[str]:
    """Return the distinct ids of the users who asked open questions."""
    return _distinct(each["authorId"] for each in _open_issues(issues, "QUESTION"))


def _open_issues(issues: list[IssueDoc], type_: IssueType) -> list[IssueDoc]:
    return [each for each in issues if (each["type"], each["status"]) == (type_, "OPEN")]


def _distinct(values: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(filter(None, values)))
