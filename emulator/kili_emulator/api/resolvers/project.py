"""Projects."""

from __future__ import annotations

import json
from typing import Any

from ariadne import MutationType, ObjectType, QueryType

from kili_emulator.api.context import Info
from kili_emulator.api.resolvers.arguments import required_id
from kili_emulator.domain import demo, member
from kili_emulator.domain import project as projects_of
from kili_emulator.domain.documents import AssetDoc, MemberDoc, ProjectDoc, UserDoc
from kili_emulator.domain.filters import Where
from kili_emulator.rules.workflow import NewWorkflow

query = QueryType()
mutation = MutationType()
project = ObjectType("Project")


@query.field("projects")
def projects(_: Any, info: Info, where: Where, first: int, skip: int) -> list[ProjectDoc]:
    return info.context.selection.projects(where).page(first, skip)


@query.field("countProjects")
def count_projects(_: Any, info: Info, where: Where) -> int:
    return info.context.selection.projects(where).count()


@mutation.field("createProject")
def create_project(_: Any, info: Info, data: dict[str, Any]) -> ProjectDoc:
    kind = data.pop("fromDemoProject", None)
    chosen = NewWorkflow(info.context.workflow_version)
    with info.context.change() as tx:
        if kind:
            return demo.create_demo_project(tx, kind, data, chosen)
        return projects_of.create_project(
            tx,
            title=data.pop("title"),
            description=data.pop("description", None),
            input_type=data.pop("inputType", None),
            json_interface=data.pop("jsonInterface", None),
            settings=data,
            workflow=chosen,
        )


@mutation.field("updatePropertiesInProject")
def update_project(_: Any, info: Info, data: dict[str, Any], where: Where) -> ProjectDoc:
    project_id = required_id("updatePropertiesInProject", where)
    members = {name: value for name, value in data.items() if value is not None}
    with info.context.change() as tx:
        return projects_of.update_project(tx, project_id, members)


@mutation.field("updateProjectAnonymization")
def update_anonymization(_: Any, info: Info, input: dict[str, Any]) -> ProjectDoc:  # noqa: A002
    with info.context.change() as tx:
        return projects_of.set_anonymization(tx, input["id"], anonymous=input["shouldAnonymize"])


@mutation.field("deleteProject")
def delete_project(_: Any, info: Info, where: Where) -> ProjectDoc:
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
def author(owned: ProjectDoc, info: Info) -> UserDoc:
    return info.context.anonymized_user(owned["authorId"], owned["id"])


@query.field("dataConnections")
@project.field("dataConnections")
def data_connections(_: ProjectDoc | None, __: Info, **___: Any) -> list[dict[str, Any]]:
    """Return no connection, because the emulator has no cloud storage."""
    return []


@project.field("dataset")
def dataset(owner: ProjectDoc, info: Info) -> list[AssetDoc]:
    return list(info.context.selection.assets({"project": {"id": owner["id"]}}))


@project.field("interface")
@project.field("interfaceCompute")
def interface(owner: ProjectDoc, _: Info) -> Any:
    return json.loads(owner["jsonInterface"])


@project.field("mlTasks")
@project.field("mlTasksCompute")
def ml_tasks(owner: ProjectDoc, _: Info) -> list[str]:
    return projects_of.ml_tasks(owner)


@project.field("readPermissionsForAssetsAndLabels")
def can_read(owner: ProjectDoc, info: Info) -> bool:
    return info.context.access.can_see(owner["id"])


@project.field("rights")
def rights(owner: ProjectDoc, info: Info) -> list[str]:
    return projects_of.actor_rights(info.context.access, owner)


@project.field("metadataTypes")
def metadata_types(owner: ProjectDoc, _: Info) -> dict[str, str]:
    return {name: each["type"] for name, each in owner["metadataProperties"].items()}


@project.field("roles")
def roles(owner: ProjectDoc, info: Info) -> list[MemberDoc]:
    return member.list_joined_members(info.context.view, owner)


def _count_issues(type_: str, status: str) -> Any:
    def resolve(owner: ProjectDoc, info: Info) -> int:
        issues = info.context.view.issues.find("project", owner["id"])
        return sum((each["type"], each["status"]) == (type_, status) for each in issues)

    return resolve


project.set_field("numberOfOpenIssues", _count_issues("ISSUE", "OPEN"))
project.set_field("numberOfSolvedIssues", _count_issues("ISSUE", "SOLVED"))
project.set_field("numberOfOpenQuestions", _count_issues("QUESTION", "OPEN"))
project.set_field("numberOfSolvedQuestions", _count_issues("QUESTION", "SOLVED"))


BINDABLES = [query, mutation, project]
