"""The answer to a GraphQL request, as a value and as the body of a response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kili_emulator.rules.json_text import parse_json, write_json


@dataclass(frozen=True)
class Answer:
    """An answer: its content, or its body if that is already known.

    Attributes:
        is_valid: whether the document and its variables were valid.
        has_errors: whether the content has ``errors``.
    """

    is_valid: bool
    has_errors: bool
    _content: dict[str, Any] | None = None
    _body: bytes | None = None

    @classmethod
    def of(cls, content: dict[str, Any], *, is_valid: bool) -> Answer:
        """Return an answer with this content: ``data``, ``errors``, or both."""
        return cls(is_valid, "errors" in content, content)

    @property
    def content(self) -> dict[str, Any]:
        """The content as a new or stored value, which must not be changed."""
        return parse_json(self._body or b"{}") if self._content is None else self._content

    @property
    def body(self) -> bytes:
        """The content as compact JSON."""
        return write_json(self._content) if self._body is None else self._body
