"""The tokens of a GraphQL document, also of one that is not valid."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A text without its closing quotes is a token up to where it breaks off: else, each of its quotes
# would be tried as the beginning of another one.
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*(?:""")?|"(?:[^"\\\n]|\\.)*"?|#[^\n]*|[_A-Za-z][_0-9A-Za-z]*|\S',
    re.DOTALL,
)


def tokens(query: str) -> Iterator[re.Match[str]]:
    """Literals of texts, comments, names, and all else character by character, in their order."""
    return _TOKEN.finditer(query)
