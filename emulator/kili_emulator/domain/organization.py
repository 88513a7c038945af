"""Organizations, to which users and projects belong.

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
        license_: the license terms that differ from ``license_terms.DEFAULTS``.
        address: the optional members ``address``, ``city``, ``country``, ``zipCode``.
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
    """Create an organization, on behalf of an administrator.

    The actor stays in their own organization, and sees the new one, too.

    Raises:
        KiliError: the actor is not an administrator, or the name is empty.
    """
    operation = "createOrganization"
    tx.access.require_organization_role(operation)
    _check_name(operation, data)
    return insert_organization(tx, data["name"], {}, data)


def update_organization(
    tx: Transaction, organization: OrganizationDoc, data: dict[str, Any]
) -> OrganizationDoc:
    """Change an organization, on behalf of an administrator.

    Args:
        data: the members to change; ``license`` is a JSON text with the license terms to change.

    Raises:
        KiliError: the actor is not an administrator, or a value is refused.
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
    """Return the actor's own organization, and the organizations that they created."""
    return [each for each in view.organizations.all() if can_see(actor, each)]


def can_see(actor: Actor, organization: OrganizationDoc) -> bool:
    """Return whether an organization is the actor's own, or was created by the actor."""
    is_own = organization["id"] == actor.user["organizationId"]
    return is_own or bool(organization["creatorId"] == actor.user_id)


def users_of(view: View, owner: OrganizationDoc, *, hidden: bool = False) -> list[UserDoc]:
    """Return the users of an organization.

    Args:
        hidden: include the users of plugins.
    """
    users = view.users.find("organization", owner["id"])
    return [user for user in users if hidden or not user["isServiceAccount"]]


@dataclass(frozen=True)
class Metrics:
    """Totals of the DEFAULT and REVIEW labels that were submitted in an organization.

    Attributes:
        annotations: the number of annotations in these labels.
        hours: the labeling time.
        assets: the number of labeled assets.
    """

    annotations: int
    hours: float
    assets: int


def metrics(
    view: View, owner: OrganizationDoc, start: str | None = None, end: str | None = None
) -> Metrics:
    """Return the totals of an organization's projects from ``start`` to ``end``, inclusive."""
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
