"""A refused request and its expected error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kili_emulator import errors

DENIED = (
    "[accessDenied] Access denied. Please verify your credentials or contact Kili support. -- "
    "This can be due to: The data you are trying to mutate does not exist or is not accessible"
    " | trace : false"
)
NOT_ADMIN = (
    "[noOrganizationRights] You cannot use this function because it seems that you do not have "
    "access to this organization. Please contact you organization admin. -- This can be due to: "
    "User isn't admin from the organization | trace : false"
)
MALFORMED = "[jsonResponseMalformed] The jsonResponse of the label is malformed."
MISSING_ARGUMENT = (
    'Field "projects" argument "where" of type "ProjectWhere!" is required,'
    " but it was not provided."
)
UNKNOWN_ID = "cl00000000000000000000000"


@dataclass(frozen=True)
class RefusedRequest:
    """One refused request.

    Attributes:
        arguments: of the mutation; ``<name>`` stands for the id of the object with this name.
        says: a part of the message; the whole message if it is recorded.
        key: the name of the API key.
        code: ``extensions.code``.
        status: of the HTTP answer.
    """

    mutation: str
    situation: str
    arguments: dict[str, Any]
    says: str
    key: str = "admin"
    code: str = errors.RESOLUTION_FAILURE
    status: int = 200

    def __str__(self) -> str:
        return f"{self.mutation}: {self.situation}"


PLUGIN_CHANGES = (
    "deletePlugin",
    "generateUpdateUrl",
    "createPluginRunner",
    "updatePluginRunner",
    "updateWebhook",
)


def denied(mutation: str, situation: str, key: str = "admin", **arguments: Any) -> RefusedRequest:
    """Create a request whose object does not exist or is invisible to the user."""
    return RefusedRequest(mutation, situation, arguments, DENIED, key, "401")


def forbidden(mutation: str, needed: str, key: str = "labeler", **arguments: Any) -> RefusedRequest:
    """Create a request of a user who sees the object but may not act on it."""
    by_role = f"the role {needed} in "
    says = f"{mutation} needs {by_role}"
    if mutation in PLUGIN_CHANGES:
        says = f"{mutation} needs to be its creator, or {by_role}each project where it is active"
    return RefusedRequest(mutation, f"as {key}", arguments, says, key)


def not_admin(mutation: str, key: str = "labeler", **arguments: Any) -> RefusedRequest:
    """Create a request that needs an administrator of the organization."""
    return RefusedRequest(mutation, f"as {key}", arguments, NOT_ADMIN, key)


def refused(mutation: str, situation: str, says: str, **arguments: Any) -> RefusedRequest:
    """Create a request with a value that the mutation does not accept."""
    return RefusedRequest(mutation, situation, arguments, says)


def invalid(mutation: str, situation: str, says: str, **arguments: Any) -> RefusedRequest:
    """Create a request with a value that does not fit the schema."""
    return RefusedRequest(
        mutation, situation, arguments, says, code=errors.INTERNAL_ERROR, status=400
    )
