"""Take secrets out of a bundle: by the names of members, and by the values that the world has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from kili_emulator.domain.world import View
from kili_emulator.rules.masking import MASK, RUN_KEY

_MIN_LENGTH = 4  # a shorter text occurs by chance
# A part of each name and text that is masked (:mod:`kili_emulator.rules.masking`), in lower case.
_SECRET_WORDS = (
    *(b"token", b"pass", b"pwd", b"secret", b"key", b"signature", b"cookie", b"credential"),
    *(b"authorization", b"connectionstring", b"bearer", b"://", b"webhook", b"header"),
    *(prefix + b"sig" for prefix in (b'"', b"_", b"-", b"?", b"&", b"#")),
)
# The keys of runs are not stored; a plugin can have printed one.
_RUN_KEY = re.compile(RUN_KEY.encode())


def secrets_of(*views: View) -> list[bytes]:
    """Return the secrets of a world in all forms in which texts may have them, longest first.

    Args:
        views: views of the world at several moments.
    """
    values: set[str] = set()
    for view in views:
        values |= {each["key"] for each in view.api_keys.all()}
        values |= {each["password"] for each in view.users.all() if each["password"]}
        headers = [
            each["webhook"]["header"] for each in view.plugin_versions.all() if each["webhook"]
        ]
        values |= {each for each in headers if each}
    forms = {form for each in values if len(each) >= _MIN_LENGTH for form in _forms(each)}
    return sorted(forms, key=len, reverse=True)


def _forms(secret: str) -> Iterable[bytes]:
    for text in (
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    ):
        yield text.encode()


def redact(content: bytes, secrets: Iterable[bytes]) -> bytes:
    """Return a text in which each secret is masked."""
    for each in secrets:
        content = content.replace(each, MASK.encode())
    return _RUN_KEY.sub(MASK.encode(), content)


def may_have_secrets(line: bytes) -> bool:
    """Return whether :func:`kili_emulator.rules.masking.masked` can change a JSON text.

    Most documents have no name or text that it looks for; masking them would take most of the time
    of a bundle.
    """
    lower = line.lower()
    return any(each in lower for each in _SECRET_WORDS)


def has_secret(content: bytes, secrets: Iterable[bytes]) -> bool:
    """Return whether a file has a secret."""
    return any(each in content for each in secrets) or _RUN_KEY.search(content) is not None
