"""Refused requests about versions of projects."""

from __future__ import annotations

from tests.bad_input.refused_request import UNKNOWN_ID, denied, forbidden, invalid, refused

_OPERATION = "updatePropertiesInProjectVersion"

CASES = [
    denied(_OPERATION, "unknown version", where={"id": UNKNOWN_ID}, data={"content": "x"}),
    denied(_OPERATION, "foreign project", "labeler",
           where={"id": "<hidden version>"}, data={"content": "x"}),
    forbidden(_OPERATION, "ADMIN", "manager", where={"id": "<version>"}, data={"content": "x"}),
    refused(_OPERATION, "no id", "where.id is missing",
            where={"projectId": "<project>"}, data={"content": "x"}),
    invalid(_OPERATION, "the name", 'Field "name" is not defined',
            where={"id": "<version>"}, data={"name": "x"}),
]  # fmt: skip
