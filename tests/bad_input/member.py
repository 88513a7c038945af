"""Refused requests about members of projects."""

from __future__ import annotations

from typing import Any

from tests.bad_input.refused_request import UNKNOWN_ID, denied, forbidden, invalid, refused


def _of(user: str, project: str = "<project>") -> dict[str, Any]:
    return {"project": {"id": project}, "user": {"email": f"{user}@example.com"}}


_NEW = {"userEmail": "new@example.com", "role": "LABELER"}

CASES = [
    denied("appendToRoles", "unknown project", where={"id": UNKNOWN_ID}, data=_NEW),
    denied("appendToRoles", "foreign project", "labeler",
           where={"id": "<hidden project>"}, data=_NEW),
    forbidden("appendToRoles", "ADMIN or TEAM_MANAGER", where={"id": "<project>"}, data=_NEW),
    forbidden("appendToRoles", "ADMIN or TEAM_MANAGER", "reviewer",
              where={"id": "<project>"}, data=_NEW),
    forbidden("appendToRoles", "ADMIN", "manager",
              where={"id": "<project>"}, data={**_NEW, "role": "TEAM_MANAGER"}),
    forbidden("appendToRoles", "ADMIN", "manager",
              where={"id": "<project>"}, data={"userEmail": "admin@example.com",
                                               "role": "LABELER"}),
    refused("appendToRoles", "no id", "where.id is missing", where={}, data=_NEW),
    refused("appendToRoles", "no address", '"new" is not an e-mail address',
            where={"id": "<project>"}, data={**_NEW, "userEmail": "new"}),
    invalid("appendToRoles", "unknown role", 'Value "OWNER" does not exist',
            where={"id": "<project>"}, data={**_NEW, "role": "OWNER"}),
    denied("updatePropertiesInRole", "unknown role",
           where={"id": UNKNOWN_ID}, data={"role": "LABELER"}),
    denied("updatePropertiesInRole", "foreign project", "labeler",
           where=_of("admin", "<hidden project>"), data={"role": "LABELER"}),
    denied("updatePropertiesInRole", "no member",
           where=_of("labeler", "<hidden project>"), data={"role": "LABELER"}),
    forbidden("updatePropertiesInRole", "ADMIN or TEAM_MANAGER",
              where=_of("labeler"), data={"role": "ADMIN"}),
    forbidden("updatePropertiesInRole", "ADMIN", "manager",
              where=_of("labeler"), data={"role": "ADMIN"}),
    forbidden("updatePropertiesInRole", "ADMIN", "manager",
              where=_of("manager"), data={"role": "LABELER"}),
    refused("updatePropertiesInRole", "nobody named", "where must have an id, or",
            where={"project": {"id": "<project>"}}, data={"role": "LABELER"}),
    refused("updatePropertiesInRole", "another project", "not that of this user",
            where=_of("labeler"), data={"role": "LABELER", "projectID": UNKNOWN_ID}),
    invalid("updatePropertiesInRole", "no role", 'Field "role" of required type',
            where=_of("labeler"), data={}),
    denied("deleteFromRoles", "unknown role", where={"id": UNKNOWN_ID}),
    denied("deleteFromRoles", "foreign project", "labeler",
           where=_of("admin", "<hidden project>")),
    forbidden("deleteFromRoles", "ADMIN or TEAM_MANAGER", where=_of("reviewer")),
    forbidden("deleteFromRoles", "ADMIN", "manager", where=_of("admin")),
    refused("deleteFromRoles", "nobody named", "where must have an id, or",
            where={"user": {"email": "labeler@example.com"}}),
    invalid("deleteFromRoles", "unknown status", 'Value "GONE" does not exist',
            where={"status": "GONE"}),
    denied("updatePropertiesInProjectUser", "unknown role",
           where={"id": UNKNOWN_ID}, data={"starred": True}),
    forbidden("updatePropertiesInProjectUser", "ADMIN",
              where=_of("reviewer"), data={"starred": True}),
    refused("updatePropertiesInProjectUser", "mark out of range", "between 0 and 1",
            where=_of("reviewer"), data={"starred": True, "honeypotMark": 1.5}),
    forbidden("updatePropertiesInProjectUser", "ADMIN", "reviewer",
              where=_of("reviewer"), data={"totalDuration": 3}),
    refused("updatePropertiesInProjectUser", "nobody named", "where must have an id, or",
            where={}, data={"starred": True}),
    invalid("updatePropertiesInProjectUser", "a star is a text", "Boolean cannot represent",
            where=_of("labeler"), data={"starred": "yes"}),
]  # fmt: skip
