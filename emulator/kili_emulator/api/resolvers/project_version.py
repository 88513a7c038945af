"""Versions of projects."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType

from kili_emulator.api.context import Info
from kili_emulator.api.resolvers.arguments import required_id
from kili_emulator.domain import project_version as versions_of
from kili_emulator.domain.documents import ProjectDoc, ProjectVersionDoc
from kili_emulator.domain.filters import Where

query = QueryType()
mutation = MutationType()
project_version = ObjectType("ProjectVersion")


@query.field("projectVersions")
def project_versions(
    _: Any, info: Info, where: Where, first: int, skip: int
) -> list[ProjectVersionDoc]:
    return info.context.selection.project_versions(where).page(first, skip)


@query.field("countProjectVersions")
def count_project_versions(_: Any, info: Info, where: Where) -> int:
    return info.context.selection.project_versions(where).count()


@mutation.field("updatePropertiesInProjectVersion")
def update_version(_: Any, info: Info, data: dict[str, Any], where: Where) -> ProjectVersionDoc:
    version_id = required_id("updatePropertiesInProjectVersion", where)
    with info.context.change() as tx:
        return versions_of.update_version(tx, version_id, data)


@project_version.field("project")
def project(owner: ProjectVersionDoc, info: Info) -> ProjectDoc:
    return info.context.view.projects.require(owner["projectId"])


BINDABLES = [query, mutation, project_version]
