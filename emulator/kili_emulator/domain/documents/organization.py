"""Documents of an organization and its users."""

from __future__ import annotations

from typing import Any, TypedDict

from kili_emulator.rules.permissions import OrganizationRole


class OrganizationDoc(TypedDict):
    """An organization; ``license`` has the keys of ``license_terms.DEFAULTS``."""

    id: str
    name: str
    address: str
    city: str
    country: str
    zipCode: str
    license: dict[str, Any]
    creatorId: str | None
    createdAt: str


class UserDoc(TypedDict):
    """A user of an organization; ``password`` is a hash, or ``None`` if no password was set."""

    id: str
    email: str
    firstname: str
    lastname: str
    organizationId: str
    organizationRole: OrganizationRole
    activated: bool
    hasCompletedLabelingTour: bool
    hubspotSubscriptionStatus: str | None
    isServiceAccount: bool
    isInvited: bool
    password: str | None
    createdAt: str
    updatedAt: str


class ApiKeyDoc(TypedDict):
    """An API key of a user."""

    id: str
    name: str
    key: str
    userId: str
    createdAt: str
    expiryDate: str
    revoked: bool


class NotificationDoc(TypedDict):
    """A notification to a user; ``progress`` is in percent."""

    id: str
    userID: str
    status: str
    message: str
    hasBeenSeen: bool
    url: str | None
    progress: int | None
    taskId: str | None
    createdAt: str


class MailDoc(TypedDict):
    """A mail to a user: the emulator stores mails and does not send them."""

    id: str
    userId: str
    to: str
    subject: str
    text: str
    createdAt: str


class TagDoc(TypedDict):
    """A tag of an organization; ``projectIds`` are the projects that have the tag."""

    id: str
    organizationId: str
    label: str
    color: str
    projectIds: list[str]
    createdAt: str
