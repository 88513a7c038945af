"""Members of projects."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType

from kili_emulator import errors
from kili_emulator.api.context import Info
from kili_emulator.api.resolvers.arguments import required_id
from kili_emulator.domain import invitation, member, statistics
from kili_emulator.domain.documents import MemberDoc, ProjectDoc, UserDoc
from kili_emulator.domain.filters import Selection, Where
from kili_emulator.domain.world import Transaction

query = QueryType()
mutation = MutationType()
project_user = ObjectType("ProjectUser")


@query.field("projectUsers")
def project_users(_: Any, info: Info, where: Where, first: int, skip: int) -> list[MemberDoc]:
    return info.context.selection.members(where).page(first, skip)


@query.field("countProjectUsers")
def count_project_users(_: Any, info: Info, where: Where) -> int:
    return info.context.selection.members(where).count()


@mutation.field("appendToRoles")
def append_to_roles(_: Any, info: Info, data: dict[str, Any], where: Where) -> ProjectDoc:
    project_id = required_id("appendToRoles", where)
    with info.context.change() as tx:
        return invitation.invite(tx, project_id, data["userEmail"], data["role"])


@mutation.field("updatePropertiesInRole")
def update_role(_: Any, info: Info, data: dict[str, Any], where: Where) -> MemberDoc:
    with info.context.change() as tx:
        found = _named_member(tx, "updatePropertiesInRole", where)
        return member.change_role(tx, found, data["role"], data)


@mutation.field("deleteFromRoles")
def delete_from_roles(_: Any, info: Info, where: Where) -> ProjectDoc:
    with info.context.change() as tx:
        return member.remove(tx, _named_member(tx, "deleteFromRoles", where))


@mutation.field("updatePropertiesInProjectUser")
def update_project_user(_: Any, info: Info, data: dict[str, Any], where: Where) -> MemberDoc:
    with info.context.change() as tx:
        found = _named_member(tx, "updatePropertiesInProjectUser", where)
        return member.update(tx, found, data)


def _named_member(tx: Transaction, operation: str, where: Where) -> MemberDoc:
    """Return the active member that the ``where`` of a mutation names.

    Raises:
        KiliError: it names no member, or one that does not exist or is not visible.
    """
    project, user = where.get("project") or {}, where.get("user") or {}
    names_both = project.get("id") and (user.get("id") or user.get("email"))
    if not where.get("id") and not names_both:
        raise errors.member_not_identified(operation)
    found = list(Selection(tx.access).members({**where, "deleted": False}))
    if len(found) != 1:
        raise errors.access_denied()
    return found[0]


@project_user.field("project")
def project_of(owner: MemberDoc, info: Info) -> ProjectDoc:
    return info.context.view.projects.require(owner["projectId"])


@project_user.field("user")
def user_of(owner: MemberDoc, info: Info) -> UserDoc:
    return info.context.anonymized_user(owner["userId"], owner["projectId"])


@project_user.field("activated")
def activated(owner: MemberDoc, info: Info) -> bool:
    return member.is_activated(info.context.view, owner)


@project_user.field("invitationStatus")
def invitation_status(owner: MemberDoc, info: Info) -> str:
    return member.invitation_status(info.context.view, owner)


@project_user.field("isAuthor")
def is_author(owner: MemberDoc, info: Info) -> bool:
    return bool(project_of(owner, info)["authorId"] == owner["userId"])


@project_user.field("status")
def status(owner: MemberDoc, info: Info) -> str:
    return member.status(info.context.view, owner)


@project_user.field("lastLabelingAt")
def last_labeling_at(owner: MemberDoc, info: Info) -> str | None:
    return statistics.work_totals(info.context.view, owner).last


@project_user.field("numberOfAnnotations")
def number_of_annotations(owner: MemberDoc, info: Info) -> int:
    return statistics.work_totals(info.context.view, owner).annotations


@project_user.field("numberOfLabels")
def number_of_labels(owner: MemberDoc, info: Info) -> int:
    return statistics.work_totals(info.context.view, owner).labels


BINDABLES = [query, mutation, project_user]
