"""Organizations."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType

from kili_emulator.api.context import Info
from kili_emulator.api.resolvers.arguments import one_organization
from kili_emulator.domain import organization as organizations_of
from kili_emulator.domain.documents import OrganizationDoc, UserDoc
from kili_emulator.domain.filters import Where

query = QueryType()
mutation = MutationType()
organization = ObjectType("Organization")


@query.field("organizations")
def organizations(_: Any, info: Info, where: Where, first: int, skip: int) -> list[OrganizationDoc]:
    return info.context.selection.organizations(where).page(first, skip)


@query.field("countOrganizations")
def count_organizations(_: Any, info: Info, where: Where) -> int:
    return info.context.selection.organizations(where).count()


@query.field("organizationMetrics")
def organization_metrics(_: Any, info: Info, where: Where) -> dict[str, Any] | None:
    found = list(info.context.selection.organizations({"id": where["organizationId"]}))
    if not found:
        return None
    start, end = where.get("startDate"), where.get("endDate")
    done = organizations_of.metrics(info.context.view, found[0], start, end)
    return {
        "numberOfAnnotations": done.annotations,
        "numberOfHours": done.hours,
        "numberOfLabeledAssets": done.assets,
    }


@mutation.field("createOrganization")
def create_organization(_: Any, info: Info, data: dict[str, Any]) -> OrganizationDoc:
    with info.context.change() as tx:
        return organizations_of.create_organization(tx, data)


@mutation.field("updatePropertiesInOrganization")
def update_organization(_: Any, info: Info, data: dict[str, Any], where: Where) -> OrganizationDoc:
    with info.context.change() as tx:
        found = one_organization(tx, "updatePropertiesInOrganization", where)
        return organizations_of.update_organization(tx, found, data)


@organization.field("license")
def license_(owner: OrganizationDoc, _: Info) -> dict[str, Any]:
    return {**owner["license"], "organizationId": owner["id"]}


@organization.field("users")
def users(owner: OrganizationDoc, info: Info) -> list[UserDoc]:
    return organizations_of.users_of(info.context.view, owner)


@organization.field("activeUsersCount")
def active_users_count(owner: OrganizationDoc, info: Info) -> int:
    return sum(each["activated"] for each in users(owner, info))


@organization.field("numberOfAnnotations")
def number_of_annotations(owner: OrganizationDoc, info: Info) -> int:
    return organizations_of.metrics(info.context.view, owner).annotations


@organization.field("numberOfHours")
def number_of_hours(owner: OrganizationDoc, info: Info) -> float:
    return organizations_of.metrics(info.context.view, owner).hours


@organization.field("numberOfLabeledAssets")
def number_of_labeled_assets(owner: OrganizationDoc, info: Info) -> int:
    return organizations_of.metrics(info.context.view, owner).assets


BINDABLES = [query, mutation, organization]
