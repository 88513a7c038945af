"""The tokens of a GraphQL document, which need not be valid."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A string without closing quotes is one token up to its last valid character. Otherwise the
# expression would try each quote in the string as the beginning of another string.
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*(?:""")?|"(?:[^"\\\n]|\\.)*"?|#[^\n]*|[_A-Za-z][_0-9A-Za-z]*|\S',
    re.DOTALL,
)


def tokens(query: str) -> Iterator[re.Match[str]]:
    """Return the tokens of a document in order.

    A string literal, a comment and a name are one token each; any other character is a token.
    """
    return _TOKEN.finditer(query)


def operation_name(query: str) -> str | None:
    """Return the name of the first operation of a document; ``None`` if it has none."""
    found = (match[0] for match in tokens(query) if not match[0].startswith("#"))
    keyword, name = next(found, ""), next(found, "")
    is_named = keyword in ("query", "mutation", "subscription") and name.isidentifier()
    return name if is_named else None
