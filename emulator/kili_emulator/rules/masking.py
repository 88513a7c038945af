"""The masking of secrets in recorded documents.

A value is a secret if its member has the name of a password, an API key, a token, a signature, a
cookie, an ``Authorization`` header or the header of a webhook. Secrets in texts are the passwords
and secret query parameters of URLs, the values of such headers, and the keys of plugin runs. All
other values, including ids, stay unchanged. The list of names is chosen: it holds the names of the
platform's API, of HTTP, and of the signed URLs of AWS, Google, Azure and the emulator.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from kili_emulator.rules.graphql_text import tokens

MASK = "***"
# The key of a plugin run is not stored, so that a text is searched for its form.
RUN_KEY_PREFIX = "kili-run-"
RUN_KEY = rf"{RUN_KEY_PREFIX}[\w-]{{20,}}"
# A secret parameter with such a value is masked already, by a name that tells secrets apart.
_HIDDEN = re.compile(r"redacted-[0-9]+")

_SECRET_NAMES = frozenset(
    {
        "authorization",
        "connectionstring",
        "cookie",
        "credentials",
        "dynamictilertokens",
        "proxyauthorization",
        "pwd",
        "setcookie",
        "sig",
        "signature",
        "token",
        "xamzsignature",
        "xgoogsignature",
    }
)
# A name that ends like this is secret, too, such as ``s3SecretKey`` or ``azureSASToken``.
_SECRET_SUFFIXES = (
    "accesskey",
    "accesstoken",
    "apikey",
    "apitoken",
    "authtoken",
    "bearertoken",
    "idtoken",
    "passphrase",
    "passwd",
    "password",
    "passwordconfirmation",
    "privatekey",
    "refreshtoken",
    "sastoken",
    "secret",
    "secretkey",
    "securitytoken",
    "sessiontoken",
)
# Secret only as query parameters of URLs: members with this name are mostly not secret.
_SECRET_PARAMETERS = frozenset({"key"})
# Secret in requests and answers about API keys.
API_KEY_SECRET_NAMES = frozenset({"key"})
# Secret in an object that also has the URL of a webhook.
_WEBHOOK_SECRET_NAME = "header"
_URL_NAMES = frozenset({"url", "webhookUrl"})

_NOT_IN_NAME = re.compile(r"[^a-z0-9]")
_PASSWORD = re.compile(r"(?<=://)([^\s/?#:@\"'<>]*):([^\s/?#\"'<>]+)@")
_PARAMETER = re.compile(r"([?&#])([\w.%~-]+)=([^&#\s\"'<>\\)\]}]+)")
_HEADER = re.compile(
    r"\b((?:authorization|x-api-key)[\"']?[ \t]?[:=][ \t]?[\"']?)([^\"'\r\n\\]+)", re.IGNORECASE
)
_RUN_KEY = re.compile(RUN_KEY)
_BEARER = re.compile(r"\b(Bearer )([\w.~+/=-]{8,})")


def is_secret(name: str, extra_names: Collection[str] = ()) -> bool:
    """Return whether a value with this name is secret.

    The case of the name does not matter, nor do characters such as ``_`` and ``-``, nor digits at
    the end.

    Args:
        extra_names: additional secret names, of lower-case letters and digits only.
    """
    normalized = _normalize_name(name)
    return (
        normalized in _SECRET_NAMES
        or normalized in extra_names
        or normalized.endswith(_SECRET_SUFFIXES)
    )


def _normalize_name(name: str) -> str:
    """Return a name in the form for comparison: ``newPassword1`` becomes ``newpassword``."""
    return _NOT_IN_NAME.sub("", name.lower()).rstrip("0123456789")


def secret_names_of(operations: Iterable[str]) -> Collection[str]:
    """Return the additional secret names in requests of these operations, and in their answers."""
    return API_KEY_SECRET_NAMES if any("apikey" in each.lower() for each in operations) else ()


def masked(document: Any, extra_names: Collection[str] = ()) -> Any:
    """Return a JSON document with masked secrets.

    Args:
        extra_names: additional secret names, in the form that :func:`is_secret` takes.
    """
    if isinstance(document, str):
        return masked_text(document)
    if isinstance(document, Mapping):
        names = (
            {*extra_names, _WEBHOOK_SECRET_NAME} if _URL_NAMES & document.keys() else extra_names
        )
        return {
            name: _mask_member(str(name), value, names, extra_names)
            for name, value in document.items()
        }
    if isinstance(document, list | tuple):
        return [masked(each, extra_names) for each in document]
    return document


def _mask_member(
    name: str, value: Any, names: Collection[str], extra_names: Collection[str]
) -> Any:
    """Return the value of a member with masked secrets.

    Args:
        names: additional secret names among the members of this object.
        extra_names: additional secret names in the objects nested in the value.
    """
    if is_secret(name, names):
        return _mask_value(value, extra_names)
    return masked(
        value, API_KEY_SECRET_NAMES if _normalize_name(name) == "apikeys" else extra_names
    )


def _mask_value(value: Any, extra_names: Collection[str]) -> Any:
    """Mask a secret value; the members of a nested object are masked by their own names.

    ``None``, booleans and empty texts stay visible.
    """
    if isinstance(value, list | tuple):
        return [_mask_value(each, extra_names) for each in value]
    if isinstance(value, Mapping):
        return masked(value, extra_names)
    return value if value is None or isinstance(value, bool) or value == "" else MASK


def masked_text(text: str) -> str:
    """Return a text with masked secrets of URLs and headers, and masked keys of runs."""
    if RUN_KEY_PREFIX in text:
        text = _RUN_KEY.sub(MASK, text)
    if "://" in text:
        text = _PASSWORD.sub(rf"\1:{MASK}@", text)
    if "=" in text:
        text = _PARAMETER.sub(_mask_parameter, text)
    text = _BEARER.sub(rf"\1{MASK}", text)
    return _HEADER.sub(rf"\1{MASK}", text)


def _mask_parameter(match: re.Match[str]) -> str:
    begin, name, value = match.groups()
    is_hidden = is_secret(name, _SECRET_PARAMETERS) and not _HIDDEN.fullmatch(value)
    return f"{begin}{name}={MASK}" if is_hidden else match[0]


def secret_parameters(text: str) -> list[str]:
    """Return the values of the secret query parameters of the URLs in a text."""
    return [
        value
        for _, name, value in _PARAMETER.findall(text)
        if is_secret(name, _SECRET_PARAMETERS) and not _HIDDEN.fullmatch(value)
    ]


def hidden_name(number: int) -> str:
    """Return the name that a secret parameter may have instead of its value."""
    return f"redacted-{number}"


def masked_query(query: str, extra_names: Collection[str] = ()) -> str:
    """Return a GraphQL document whose literals have masked secrets.

    Args:
        extra_names: additional secret names, in the form that :func:`is_secret` takes.
    """
    names = {*extra_names, _WEBHOOK_SECRET_NAME}
    parts, end = [], 0
    name = previous = ""  # the name before the last colon, and the previous token
    for match in tokens(query):
        token = match[0]
        if token == ":":
            name = previous
        elif token.startswith('"'):
            parts += [query[end : match.start()], _mask_literal(token, is_secret(name, names))]
            end = match.end()
            if token == '"' and is_secret(name, names):  # the literal has no closing quote
                return "".join(parts)
        previous = token
    return "".join([*parts, query[end:]])


def _mask_literal(literal: str, is_hidden: bool) -> str:
    return f'"{MASK}"' if is_hidden else masked_text(literal)
