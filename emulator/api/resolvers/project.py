"""Projects and their members."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType

from emulator.api.context import Info
from emulator.api.resolvers.arguments import required_id
from emulator.domain import project as projects_of
from emulator.domain.filters import Where, page
from emulator.rules import workflow
from emulator.storage.snapshot import Document

query = QueryType()
mutation = MutationType()
project = ObjectType("Project")
project_user = ObjectType("ProjectUser")


@query.field("projects")
def projects(_: Any, info: Info, where: Where, first: int, skip: int) -> list[Document]:
    return page(info.context.selection.projects(where), first, skip)


@query.field("countProjects")
def count_projects(_: Any, info: Info, where: Where) -> int:
    return len(info.context.selection.projects(where))


@mutation.field("createProject")
def create_project(_: Any, info: Info, data: dict[str, Any]) -> Document:
    with info.context.change() as tx:
        return projects_of.create_project(
            tx,
            title=data["title"],
            description=data.get("description"),
            input_type=data.get("inputType"),
            json_interface=data.get("jsonInterface"),
        )


@mutation.field("updatePropertiesInProject")
def update_project(_: Any, info: Info, data: dict[str, Any], where: Where) -> Document:
    project_id = required_id("updatePropertiesInProject", where)
    members = {name: value for name, value in data.items() if value is not None}
    with info.context.change() as tx:
        return projects_of.update_project(tx, project_id, members)


@mutation.field("deleteProject")
def delete_project(_: Any, info: Info, where: Where) -> Document:
    project_id = required_id("deleteProject", where)
    with info.context.change() as tx:
        return projects_of.delete_project(tx, project_id, "deleteProject")


@mutation.field("deleteProjectAsynchronously")
def delete_project_asynchronously(_: Any, info: Info, where: Where) -> str:
    operation = "deleteProjectAsynchronously"
    project_id = required_id(operation, where)
    with info.context.change() as tx:
        return str(projects_of.delete_project(tx, project_id, operation)["id"])


@project.field("author")
def author(owned: Document, info: Info) -> Document:
    return info.context.view.users.the(owned["authorId"])


@project.field("metadataTypes")
def metadata_types(owner: Document, _: Info) -> dict[str, str]:
    return {name: each["type"] for name, each in owner["metadataProperties"].items()}


@project.field("roles")
def roles(owner: Document, info: Info) -> list[Document]:
    return projects_of.members(info.context.view, owner)


@project.field("steps")
def steps(_: Document, __: Info) -> list[Document]:
    return []


@project.field("numberOfAssets")
def number_of_assets(owner: Document, info: Info) -> int:
    return info.context.view.assets.count("project", owner["id"])


@project.field("numberOfRemainingAssets")
def number_of_remaining_assets(owner: Document, info: Info) -> int:
    return _count_assets(owner, info, lambda asset: asset["status"] in workflow.REMAINING)


@project.field("numberOfReviewedAssets")
def number_of_reviewed_assets(owner: Document, info: Info) -> int:
    return _count_assets(owner, info, lambda asset: asset["status"] in workflow.REVIEWED)


@project.field("numberOfSkippedAssets")
def number_of_skipped_assets(owner: Document, info: Info) -> int:
    return _count_assets(owner, info, lambda asset: asset["skipped"])


def _count_assets(owner: Document, info: Info, counts: Any) -> int:
    return sum(map(counts, info.context.view.assets.find("project", owner["id"])))


def _count_issues(type_: str, status: str) -> Any:
    def resolve(owner: Document, info: Info) -> int:
        issues = info.context.view.issues.find("project", owner["id"])
        return sum((each["type"], each["status"]) == (type_, status) for each in issues)

    return resolve


project.set_field("numberOfOpenIssues", _count_issues("ISSUE", "OPEN"))
project.set_field("numberOfSolvedIssues", _count_issues("ISSUE", "SOLVED"))
project.set_field("numberOfOpenQuestions", _count_issues("QUESTION", "OPEN"))
project.set_field("numberOfSolvedQuestions", _count_issues("QUESTION", "SOLVED"))


@project_user.field("project")
def project_of(member: Document, info: Info) -> Document:
    return info.context.view.projects.the(member["projectId"])


@project_user.field("user")
def user_of(member: Document, info: Info) -> Document:
    return info.context.view.users.the(member["userId"])


BINDABLES = [query, mutation, project, project_user]
