"""Take the secrets of recorded traffic out of it.

Members, headers and query parameters are masked by their names (:mod:`kili_emulator.rules.masking`)
with ``***``. The secret parameters of URLs in answers, such as upload tokens, become
``redacted-1``, ``redacted-2`` and so on, so that a replay knows which URL a client uses. Each
secret that was found is also masked wherever else it occurs, as in texts and files.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote, unquote

from kili_emulator.recording.placeholders import map_texts
from kili_emulator.rules.masking import MASK, hidden_name, masked, secret_parameters

_MIN_LENGTH = 6  # a shorter text occurs by chance


class HiddenSecrets:
    """The secrets that a recording has met."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}  # the text in place of each secret
        self._count = 0

    def add(self, secret: str) -> None:
        """Hide a secret in all of the recording."""
        if len(secret) >= _MIN_LENGTH:
            for form in {secret, quote(secret, safe=""), quote(secret), unquote(secret)}:
                self._names.setdefault(form, MASK)

    def name_parameters(self, answer: Any) -> None:
        """Name the secret parameters in the URLs of an answer."""
        map_texts(answer, self._name_text)

    def _name_text(self, text: str) -> str:
        for value in secret_parameters(text) if "=" in text else ():
            if value not in self._names:
                self._count += 1
                for form in {value, unquote(value)}:
                    self._names[form] = hidden_name(self._count)
        return text

    def masked(self, value: Any, names: Collection[str] = ()) -> Any:
        """Return a JSON value with masked secrets; note them.

        Args:
            names: additional secret names of members.
        """
        named = map_texts(value, lambda text: self._masked_json_text(self.replaced(text)))
        result = masked(named, names)
        self._note(named, result)
        return result

    def _masked_json_text(self, text: str) -> str:
        """Mask the members of a text with JSON; a text without secrets stays as it is."""
        if text[:1] not in ("{", "["):
            return text
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return text
        result = self.masked(value)
        return text if result == value else json.dumps(result)

    def _note(self, value: Any, result: Any) -> None:
        if isinstance(value, str) and result == MASK:
            self.add(value)
        elif isinstance(value, Mapping) and isinstance(result, Mapping):
            for name, each in value.items():
                self._note(each, result[name])
        elif isinstance(value, list) and isinstance(result, list):
            for pair in zip(value, result, strict=True):
                self._note(*pair)

    def replaced(self, text: str) -> str:
        """Return a text without the secrets that are known so far."""
        if not self._names:
            return text
        for secret in self._longest_first():
            text = text.replace(secret, self._names[secret])
        return text

    def replaced_bytes(self, content: bytes) -> bytes:
        """Return the content of a file without the secrets that are known."""
        for secret in self._longest_first():
            content = content.replace(secret.encode(), self._names[secret].encode())
        return content

    def _longest_first(self) -> list[str]:
        """Return the secrets in an order for replacements: a secret may begin with another one."""
        return sorted(self._names, key=len, reverse=True)
