"""Issues, questions and comments."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType

from kili_emulator.api.context import Info
from kili_emulator.api.resolvers.arguments import check_selected, required_id
from kili_emulator.domain import issue as issues_of
from kili_emulator.domain.documents import (
    AssetDoc,
    CommentDoc,
    IssueDoc,
    LabelDoc,
    MemberDoc,
    ProjectDoc,
    UserDoc,
)
from kili_emulator.domain.filters import Where

query = QueryType()
mutation = MutationType()
issue = ObjectType("Issue")
comment = ObjectType("Comment")
asset_type = ObjectType("Asset")
label_type = ObjectType("Label")


@query.field("issues")
def issues(_: Any, info: Info, where: Where, first: int, skip: int) -> list[IssueDoc]:
    return info.context.selection.issues(where).page(first, skip)


@query.field("countIssues")
def count_issues(_: Any, info: Info, where: Where) -> int:
    return info.context.selection.issues(where).count()


@query.field("comments")
def list_comments(_: Any, info: Info, where: Where, first: int, skip: int) -> list[CommentDoc]:
    return info.context.selection.comments(where).page(first, skip)


@query.field("countComments")
def count_comments(_: Any, info: Info, where: Where) -> int:
    return info.context.selection.comments(where).count()


@mutation.field("createIssues")
def create_issues(
    _: Any,
    info: Info,
    issues: list[dict[str, Any]],
    where: Where,
) -> list[IssueDoc]:
    with info.context.change() as tx:
        project_id = (where.get("project") or {}).get("id")
        created = issues_of.create_issues(tx, "createIssues", issues, project_id=project_id)
        check_selected(tx, where, [each["assetId"] for each in created])
        return created


@mutation.field("appendToIssues")
def append_to_issues(_: Any, info: Info, data: dict[str, Any], where: Where) -> IssueDoc:
    operation = "appendToIssues"
    asset_id = required_id(operation, where)
    row = {**data, "assetId": asset_id}
    with info.context.change() as tx:
        (created,) = issues_of.create_issues(tx, operation, [row])
        return created


@mutation.field("appendToComments")
def append_to_comments(_: Any, info: Info, data: dict[str, Any], where: Where) -> CommentDoc:
    issue_id = required_id("appendToComments", where)
    in_review = bool(data.get("inReview"))
    with info.context.change() as tx:
        return issues_of.append_comment(tx, issue_id, data["text"], in_review=in_review)


@mutation.field("updatePropertiesInIssue")
def update_issue(_: Any, info: Info, data: dict[str, Any], where: Where) -> IssueDoc:
    issue_id = required_id("updatePropertiesInIssue", where)
    with info.context.change() as tx:
        return issues_of.update_issue(tx, issue_id, data.get("status"))


@issue.field("asset")
def asset(owner: IssueDoc, info: Info) -> AssetDoc:
    return info.context.view.assets.require(owner["assetId"])


@issue.field("assignee")
def assignee(owner: IssueDoc, info: Info) -> UserDoc | None:
    if not owner["assigneeId"]:
        return None
    return info.context.anonymized_user(owner["assigneeId"], owner["projectId"])


@issue.field("author")
def author(owner: IssueDoc, info: Info) -> UserDoc:
    return info.context.anonymized_user(owner["authorId"], owner["projectId"])


@issue.field("comments")
def comments(owner: IssueDoc, info: Info) -> list[CommentDoc]:
    return info.context.view.comments.find("issue", owner["id"])


@issue.field("project")
def project(owner: IssueDoc, info: Info) -> ProjectDoc:
    return info.context.view.projects.require(owner["projectId"])


@comment.field("author")
def comment_author(owner: CommentDoc, info: Info) -> MemberDoc | None:
    return issues_of.comment_author(info.context.view, owner)


@comment.field("authorId")
def comment_author_id(owner: CommentDoc, info: Info) -> str | None:
    member = issues_of.comment_author(info.context.view, owner)
    return member["id"] if member else None


comment.set_alias("authorIdUser", "authorId")


@comment.field("issue")
def comment_issue(owner: CommentDoc, info: Info) -> IssueDoc:
    return info.context.view.issues.require(owner["issueId"])


@asset_type.field("openIssuesObjectMids")
def open_issues_object_mids(owner: AssetDoc, info: Info) -> list[str]:
    return issues_of.open_object_mids(info.context.view.issues.find("asset", owner["id"]))


@asset_type.field("openIssuesAssigneeIds")
def open_issues_assignee_ids(owner: AssetDoc, info: Info) -> list[str]:
    return issues_of.open_assignee_ids(info.context.view.issues.find("asset", owner["id"]))


@asset_type.field("openQuestionsAuthorIds")
def open_questions_author_ids(owner: AssetDoc, info: Info) -> list[str]:
    return issues_of.open_question_author_ids(info.context.view.issues.find("asset", owner["id"]))


@label_type.field("openIssuesObjectMids")
def open_issues_of_label(owner: LabelDoc, info: Info) -> list[str]:
    issues = info.context.view.issues.find("asset", owner["assetId"])
    return issues_of.open_object_mids([each for each in issues if each["labelId"] == owner["id"]])


BINDABLES = [query, mutation, issue, comment, asset_type, label_type]
