"""The version that a client states in its requests, as numbers."""

from __future__ import annotations

import re
from functools import lru_cache

_CACHED_VERSIONS = 64

# Versions such as 2.146.1 and 26.2.4; a number with more than six digits is not a version.
_VERSION = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})(?:\.([0-9]{1,6}))?(?![0-9])")


@lru_cache(_CACHED_VERSIONS)
def version_numbers(text: str | None) -> tuple[int, ...]:
    """Return the first two or three numbers of a version; an empty tuple if it cannot be read.

    Args:
        text: the value of the header ``apollographql-client-version``
            (contract/http.md#request-headers).
    """
    found = _VERSION.match(text or "")
    return tuple(int(each) for each in found.groups() if each) if found else ()
