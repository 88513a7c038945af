"""Tags."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType

from kili_emulator.api.context import Info
from kili_emulator.domain import tag as tags_of
from kili_emulator.domain.documents import TagDoc

query = QueryType()
mutation = MutationType()
tag = ObjectType("Tag")


@query.field("listTagsByOrg")
def list_tags_by_org(_: Any, info: Info) -> list[TagDoc]:
    return tags_of.organization_tags(info.context.view, info.context.actor)


@query.field("listTagsByProject")
def list_tags_by_project(_: Any, info: Info, projectId: str) -> list[TagDoc]:  # noqa: N803
    return tags_of.project_tags(info.context.access, projectId)


@mutation.field("createTag")
def create_tag(_: Any, info: Info, data: dict[str, Any]) -> TagDoc:
    with info.context.change() as tx:
        return tags_of.create_tag(tx, data["label"], data.get("color"))


@mutation.field("updateTag")
def update_tag(
    _: Any,
    info: Info,
    tagId: str,  # noqa: N803
    data: dict[str, Any],
) -> dict[str, Any]:
    with info.context.change() as tx:
        updated, count = tags_of.update_tag(tx, tagId, data.get("label"))
    return {"affectedRows": count, "updatedTag": updated}


@mutation.field("deleteTag")
def delete_tag(_: Any, info: Info, tagId: str) -> bool:  # noqa: N803
    with info.context.change() as tx:
        tags_of.delete_tag(tx, tagId)
    return True


@mutation.field("checkTag")
def check_tag(_: Any, info: Info, data: dict[str, Any]) -> TagDoc:
    with info.context.change() as tx:
        return tags_of.check_tag(tx, data["projectId"], data["tagId"])


@mutation.field("uncheckTag")
def uncheck_tag(
    _: Any,
    info: Info,
    projectId: str,  # noqa: N803
    tagId: str,  # noqa: N803
) -> TagDoc:
    with info.context.change() as tx:
        return tags_of.uncheck_tag(tx, projectId, tagId)


@tag.field("checkedForProjects")
def checked_for_projects(owner: TagDoc, info: Info) -> list[str]:
    return tags_of.checked_project_ids(info.context.access, owner)


BINDABLES = [query, mutation, tag]
