"""Organizations: what users and projects belong to.

See contract/organization.md#rights-in-an-organization.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kili_emulator import clock, errors
from kili_emulator.domain import license_terms
from kili_emulator.domain.documents import LabelDoc, OrganizationDoc, UserDoc
from kili_emulator.domain.world import Actor, Transaction, View
from kili_emulator.rules.workflow import SUBMITTED

_SECONDS_PER_HOUR = 3600


def insert_organization(
    tx: Transaction, name: str, license_: dict[str, Any], address: dict[str, str] | None = None
) -> OrganizationDoc:
    """Add an organization.

    Args:
        license_: the members of the license that are not as usual.
        address: ``address``, ``city``, ``country``, ``zipCode``, where given.
    """
    address_members = address or {}
    return tx.organizations.insert(
        {
            "id": tx.new_id(),
            "name": name,
            "address": address_members.get("address", ""),
            "city": address_members.get("city", ""),
            "country": address_members.get("country", ""),
            "zipCode": address_members.get("zipCode", ""),
            "license": {**license_terms.DEFAULTS, **license_},
            "creatorId": tx.actor.user_id or None,
            "createdAt": tx.now,
        }
    )


def create_organization(tx: Transaction, data: dict[str, Any]) -> OrganizationDoc:
    """Add an organization, which its creator sees beside their own.

    Raises:
        KiliError: the actor is no administrator, or the name is empty.
    """
    operation = "createOrganization"
    tx.access.require_organization_role(operation)
    _check_name(operation, data)
    return insert_organization(tx, data["name"], {}, data)


def update_organization(
    tx: Transaction, organization: OrganizationDoc, data: dict[str, Any]
) -> OrganizationDoc:
    """Change an organization; of its license, what is given.

    Raises:
        KiliError: the actor is no administrator, or a value is refused.
    """
    operation = "updatePropertiesInOrganization"
    tx.access.require_organization_role(operation)
    _check_name(operation, data)
    changes = dict(data)
    if "license" in changes:
        license_changes = license_terms.parse_license(operation, changes["license"])
        changes["license"] = {**organization["license"], **license_changes}
    return tx.organizations.change(organization, **changes)


def _check_name(operation: str, data: dict[str, Any]) -> None:
    if "name" in data and not data["name"].strip():
        raise errors.name_empty(operation, "name")


def visible_organizations(view: View, actor: Actor) -> list[OrganizationDoc]:
    """The actor's own organization, and those that they created."""
    return [each for each in view.organizations.all() if can_see(actor, each)]


def can_see(actor: Actor, organization: OrganizationDoc) -> bool:
    """Whether an organization is the actor's own, or one that they created."""
    is_own = organization["id"] == actor.user["organizationId"]
    return is_own or bool(organization["creatorId"] == actor.user_id)


def users_of(view: View, owner: OrganizationDoc, *, hidden: bool = False) -> list[UserDoc]:
    """The organization's users; plugins' own ones only when ``hidden``."""
    users = view.users.find("organization", owner["id"])
    return [user for user in users if hidden or not user["isServiceAccount"]]


@dataclass(frozen=True)
class Metrics:
    """What the people of an organization did: the DEFAULT and REVIEW labels they submitted."""

    annotations: int
    hours: float
    assets: int


def metrics(
    view: View, owner: OrganizationDoc, start: str | None = None, end: str | None = None
) -> Metrics:
    """What was done in the organization's projects, from ``start`` to ``end``, both included."""
    first = clock.format_time(clock.parse_time(start)) if start else ""
    last = clock.format_time(clock.parse_end_time(end)) if end else "~"
    labels = [each for each in _submitted_labels(view, owner) if first <= each["createdAt"] <= last]
    return Metrics(
        annotations=sum(each["numberOfAnnotations"] for each in labels),
        hours=sum(each["secondsToLabel"] for each in labels) / _SECONDS_PER_HOUR,
        assets=len({each["assetId"] for each in labels}),
    )


def _submitted_labels(view: View, owner: OrganizationDoc) -> Iterable[LabelDoc]:
    for project in view.projects.find("organization", owner["id"]):
        for label in view.labels.find("project", project["id"]):
            if label["labelType"] in SUBMITTED:
                yield label
