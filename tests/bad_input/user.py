"""Refused requests about users, organizations and API keys."""

from __future__ import annotations

import json
from typing import Any

from tests.bad_input.refused_request import (
    UNKNOWN_ID,
    RefusedRequest,
    denied,
    invalid,
    not_admin,
    refused,
)

_NEW = {"email": "new@example.com"}
_LEO = {"email": "labeler@example.com"}
_RITA = {"email": "reviewer@example.com"}
_NOBODY = {"email": "nobody@example.com"}
_PASSWORDS = {"oldPassword": "a", "newPassword1": "password 1", "newPassword2": "password 1"}
_HERE = {"id": "<organization>"}
_KEY = {"key": "my-own-secret", "name": "second"}


def _license(situation: str, says: str, text: Any) -> RefusedRequest:
    sent = text if isinstance(text, str) else json.dumps(text)
    return refused("updatePropertiesInOrganization", situation, f"license: {says}",
                   where=_HERE, data={"license": sent, "name": "not this either"})  # fmt: skip


CASES = [
    not_admin("createUser", data=_NEW),
    not_admin("createUser", "manager", data={**_NEW, "password": "password 1"}),
    refused("createUser", "taken address", "exists already", data={"email": "Admin@example.com"}),
    refused("createUser", "no address", '"new" is not an e-mail address', data={"email": "new"}),
    refused("createUser", "short password", "a password must have 8 to 128 characters",
            data={**_NEW, "password": "short 1"}),
    refused("createUser", "long password", "a password must have 8 to 128 characters",
            data={**_NEW, "password": "x" * 129}),
    invalid("createUser", "unknown role", 'Value "LABELER" does not exist',
            data={**_NEW, "organizationRole": "LABELER"}),
    denied("updatePropertiesInUser", "unknown user", where=_NOBODY, data={"firstname": "X"}),
    denied("updatePropertiesInUser", "to an unknown organization",
           where=_LEO, data={"organizationId": UNKNOWN_ID}),
    not_admin("updatePropertiesInUser", where=_RITA, data={"firstname": "X"}),
    not_admin("updatePropertiesInUser", where=_LEO, data={"organizationRole": "ADMIN"}),
    not_admin("updatePropertiesInUser", where=_LEO, data={"activated": False}),
    not_admin("updatePropertiesInUser", where=_LEO, data={"organizationId": UNKNOWN_ID}),
    refused("updatePropertiesInUser", "nobody named", "where must identify the user",
            where={"activated": True}, data={"firstname": "X"}),
    refused("updatePropertiesInUser", "taken address", "exists already",
            where=_LEO, data=_RITA),
    refused("updatePropertiesInUser", "no address", "is not an e-mail address",
            where=_LEO, data={"email": ""}),
    refused("updatePropertiesInUser", "the last administrator's role", "an active administrator",
            where={"email": "admin@example.com"}, data={"organizationRole": "USER"}),
    refused("updatePropertiesInUser", "the last administrator", "an active administrator",
            where={"email": "admin@example.com"}, data={"activated": False}),
    invalid("updatePropertiesInUser", "activated is a text", "Boolean cannot represent",
            where=_LEO, data={"activated": "no"}),
    denied("updatePassword", "unknown user", where=_NOBODY, data=_PASSWORDS),
    not_admin("updatePassword", where=_RITA, data=_PASSWORDS),
    refused("updatePassword", "who has none", "the old password is wrong",
            where=_LEO, data=_PASSWORDS),
    invalid("updatePassword", "without the old one", 'Field "oldPassword" of required type',
            where=_LEO, data={"newPassword1": "a", "newPassword2": "a"}),
    denied("resetPassword", "unknown user", where=_NOBODY),
    not_admin("resetPassword", where=_RITA),
    refused("resetPassword", "nobody named", "where must identify the user", where={}),
    invalid("resetPassword", "unknown condition", 'Field "emaiel" is not defined',
            where={"emaiel": "x"}),
    not_admin("createOrganization", data={"name": "Mine"}),
    refused("createOrganization", "empty name", "name cannot be empty", data={"name": " "}),
    invalid("createOrganization", "no name", 'Field "name" of required type', data={}),
    denied("updatePropertiesInOrganization", "unknown",
           where={"id": UNKNOWN_ID}, data={"name": "X"}),
    not_admin("updatePropertiesInOrganization", where=_HERE, data={"name": "Mine"}),
    refused("updatePropertiesInOrganization", "no id", "where.id is missing",
            where={}, data={"name": "X"}),
    refused("updatePropertiesInOrganization", "empty name", "name cannot be empty",
            where=_HERE, data={"name": ""}),
    _license("not JSON", "it is not valid JSON", "{"),
    _license("no object", "it must be a JSON object", [1]),
    _license("unknown member", "it has no member wings", {"wings": True}),
    _license("flag as a text", 'api cannot be "yes"', {"api": "yes"}),
    _license("flag as nothing", "api cannot be null", {"api": None}),
    _license("negative number", "seats cannot be -1", {"seats": -1}),
    _license("number as a flag", "seats cannot be true", {"seats": True}),
    _license("unknown type", 'type cannot be "GOLD"', {"type": "GOLD"}),
    _license("no date", 'expiryDate cannot be "soon"', {"expiryDate": "soon"}),
    _license("date as a number", "startDate cannot be 5", {"startDate": 5}),
    _license("unknown input type", 'inputType cannot be ["SMELL"]', {"inputType": ["SMELL"]}),
    _license("input type as an object", "inputType cannot be [{}]", {"inputType": [{}]}),
    invalid("updatePropertiesInOrganization", "license as an object", "String cannot represent",
            where=_HERE, data={"license": {"seats": 1}}),
    denied("appendToApiKeys", "unknown user", where=_NOBODY, data=_KEY),
    not_admin("appendToApiKeys", where=_RITA, data=_KEY),
    refused("appendToApiKeys", "an emulator's key", "must not begin with emulator-",
            where=_LEO, data={**_KEY, "key": "emulator-reviewer"}),
    refused("appendToApiKeys", "short key", "must have at least 8 characters",
            where=_LEO, data={**_KEY, "key": "secret"}),
    invalid("appendToApiKeys", "no name", 'Field "name" of required type',
            where=_LEO, data={"key": "my-own-secret"}),
]  # fmt: skip
