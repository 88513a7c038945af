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

_NAMES = frozenset(
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
_ENDS = (
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
_PARAMETERS = frozenset({"key"})
# Secret in what is asked and answered about API keys.
OF_API_KEYS = frozenset({"key"})
# Secret beside the address of a webhook.
_OF_WEBHOOK = "header"
_ADDRESSES = frozenset({"url", "webhookUrl"})

_NOT_IN_NAME = re.compile(r"[^a-z0-9]")
_PASSWORD = re.compile(r"(?<=://)([^\s/?#:@\"'<>]*):([^\s/?#\"'<>]+)@")
_PARAMETER = re.compile(r"([?&#])([\w.%~-]+)=([^&#\s\"'<>\\)\]}]+)")
_HEADER = re.compile(
    r"\b((?:authorization|x-api-key)[\"']?[ \t]?[:=][ \t]?[\"']?)([^\"'\r\n\\]+)", re.IGNORECASE
)
_BEARER = re.compile(r"\b(Bearer )([\w.~+/=-]{8,})")


def is_secret(name: str, more: Collection[str] = ()) -> bool:
    """Whether a value of that name is secret, however the name is written.

    Args:
        more: further names, in lower case, without anything but letters and digits.
    """
    plain = _plain(name)
    return plain in _NAMES or plain in more or plain.endswith(_ENDS)


def _plain(name: str) -> str:
    """A name as it is compared: ``newPassword1`` is ``newpassword``."""
    return _NOT_IN_NAME.sub("", name.lower()).rstrip("0123456789")


def masked(document: Any, more: Collection[str] = ()) -> Any:
    """A document of JSON without its secrets; what holds none is left as it is.

    Args:
        more: further names of secrets, as :func:`is_secret` takes them.
    """
    if isinstance(document, str):
        return masked_text(document)
    if isinstance(document, Mapping):
        names = {*more, _OF_WEBHOOK} if _ADDRESSES & document.keys() else more
        return {name: _member(str(name), value, names, more) for name, value in document.items()}
    if isinstance(document, list | tuple):
        return [masked(each, more) for each in document]
    return document


def _member(name: str, value: Any, names: Collection[str], more: Collection[str]) -> Any:
    """What is shown for a member.

    Args:
        names: further names of secrets here.
        more: the same, further down.
    """
    if is_secret(name, names):
        return _hidden(value, more)
    return masked(value, OF_API_KEYS if _plain(name) == "apikeys" else more)


def _hidden(value: Any, more: Collection[str]) -> Any:
    """What is shown for a secret: that there is one; what is nested in it has names of its own."""
    if isinstance(value, list | tuple):
        return [_hidden(each, more) for each in value]
    if isinstance(value, Mapping):
        return masked(value, more)
    return value if value is None or isinstance(value, bool) or value == "" else MASK


def masked_text(text: str) -> str:
    """A text without the secrets of addresses and headers in it."""
    if "://" in text:
        text = _PASSWORD.sub(rf"\1:{MASK}@", text)
    if "=" in text:
        text = _PARAMETER.sub(_parameter, text)
    text = _BEARER.sub(rf"\1{MASK}", text)
    return _HEADER.sub(rf"\1{MASK}", text)


def _parameter(match: re.Match[str]) -> str:
    begin, name, _ = match.groups()
    return f"{begin}{name}={MASK}" if is_secret(name, _PARAMETERS) else match[0]


def masked_query(query: str, more: Collection[str] = ()) -> str:
    """A GraphQL document without the secrets that stand in it as literals.

    Args:
        more: further names of secrets, as :func:`is_secret` takes them.
    """
    names = {*more, _OF_WEBHOOK}
    parts, end = [], 0
    name = before = ""  # the name that the next literal is given for, and the token before
    for match in tokens(query):
        token = match[0]
        if token == ":":
            name = before
        elif token.startswith('"'):
            parts += [query[end : match.start()], _literal(token, is_secret(name, names))]
            end = match.end()
            if token == '"' and is_secret(name, names):  # its end is missing
                return "".join(parts)
        before = token
    return "".join([*parts, query[end:]])


def _literal(literal: str, is_hidden: bool) -> str:
    return f'"{MASK}"' if is_hidden else masked_text(literal)
