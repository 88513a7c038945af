"""Which values of a recorded document are secrets, and the document without them.

Secrets are found by the names of their members: passwords, API keys, tokens, signatures, cookies,
``Authorization`` headers, and the header of a webhook. In texts, they are the passwords and secret
query parameters of addresses, and the values of such headers. Everything else stays as it is, ids
included. The names are chosen: those of the platform's API, of HTTP, and of the signed addresses of
AWS, Google, Azure and the emulator.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from kili_emulator.rules.graphql_text import tokens

MASK = "***"

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
# Secret also with something before it, as in ``s3SecretKey`` or ``azureSASToken``.
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
# Secret as parameters of addresses only: members of that name are mostly something else.
_SECRET_PARAMETERS = frozenset({"key"})
# Secret in what is asked and answered about API keys.
API_KEY_SECRET_NAMES = frozenset({"key"})
# Secret beside the address of a webhook.
_WEBHOOK_SECRET_NAME = "header"
_ADDRESSES = frozenset({"url", "webhookUrl"})

_NOT_IN_NAME = re.compile(r"[^a-z0-9]")
_PASSWORD = re.compile(r"(?<=://)([^\s/?#:@\"'<>]*):([^\s/?#\"'<>]+)@")
_PARAMETER = re.compile(r"([?&#])([\w.%~-]+)=([^&#\s\"'<>\\)\]}]+)")
_HEADER = re.compile(
    r"\b((?:authorization|x-api-key)[\"']?[ \t]?[:=][ \t]?[\"']?)([^\"'\r\n\\]+)", re.IGNORECASE
)
_BEARER = re.compile(r"\b(Bearer )([\w.~+/=-]{8,})")


def is_secret(name: str, extra_names: Collection[str] = ()) -> bool:
    """Whether a value of that name is secret, however the name is written.

    Args:
        extra_names: further names, in lower case, without anything but letters and digits.
    """
    normalized = _normalize_name(name)
    return (
        normalized in _SECRET_NAMES
        or normalized in extra_names
        or normalized.endswith(_SECRET_SUFFIXES)
    )


def _normalize_name(name: str) -> str:
    """A name as it is compared: ``newPassword1`` is ``newpassword``."""
    return _NOT_IN_NAME.sub("", name.lower()).rstrip("0123456789")


def masked(document: Any, extra_names: Collection[str] = ()) -> Any:
    """A document of JSON without its secrets; what holds none is left as it is.

    Args:
        extra_names: further names of secrets, as :func:`is_secret` takes them.
    """
    if isinstance(document, str):
        return masked_text(document)
    if isinstance(document, Mapping):
        names = (
            {*extra_names, _WEBHOOK_SECRET_NAME} if _ADDRESSES & document.keys() else extra_names
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
    """What is shown for a member.

    Args:
        names: further names of secrets here.
        extra_names: the same, further down.
    """
    if is_secret(name, names):
        return _mask_value(value, extra_names)
    return masked(
        value, API_KEY_SECRET_NAMES if _normalize_name(name) == "apikeys" else extra_names
    )


def _mask_value(value: Any, extra_names: Collection[str]) -> Any:
    """What is shown for a secret: that there is one; what is nested in it has names of its own."""
    if isinstance(value, list | tuple):
        return [_mask_value(each, extra_names) for each in value]
    if isinstance(value, Mapping):
        return masked(value, extra_names)
    return value if value is None or isinstance(value, bool) or value == "" else MASK


def masked_text(text: str) -> str:
    """A text without the secrets of addresses and headers in it."""
    if "://" in text:
        text = _PASSWORD.sub(rf"\1:{MASK}@", text)
    if "=" in text:
        text = _PARAMETER.sub(_mask_parameter, text)
    text = _BEARER.sub(rf"\1{MASK}", text)
    return _HEADER.sub(rf"\1{MASK}", text)


def _mask_parameter(match: re.Match[str]) -> str:
    begin, name, _ = match.groups()
    return f"{begin}{name}={MASK}" if is_secret(name, _SECRET_PARAMETERS) else match[0]


def masked_query(query: str, extra_names: Collection[str] = ()) -> str:
    """A GraphQL document without the secrets that stand in it as literals.

    Args:
        extra_names: further names of secrets, as :func:`is_secret` takes them.
    """
    names = {*extra_names, _WEBHOOK_SECRET_NAME}
    parts, end = [], 0
    name = previous = ""  # the name that the next literal is given for, and the token before
    for match in tokens(query):
        token = match[0]
        if token == ":":
            name = previous
        elif token.startswith('"'):
            parts += [query[end : match.start()], _mask_literal(token, is_secret(name, names))]
            end = match.end()
            if token == '"' and is_secret(name, names):  # its end is missing
                return "".join(parts)
        previous = token
    return "".join([*parts, query[end:]])


def _mask_literal(literal: str, is_hidden: bool) -> str:
    return f'"{MASK}"' if is_hidden else masked_text(literal)
