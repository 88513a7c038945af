"""The version that a client says it has, as numbers."""

from __future__ import annotations

import re

# Versions such as 2.146.1 and 26.2.4; more digits are no version.
_VERSION = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})(?:\.([0-9]{1,6}))?(?![0-9])")


def version_numbers(text: str | None) -> tuple[int, ...]:
    """The two or three numbers that a version begins with; none where it cannot be read.

    Args:
        text: as in the header ``apollographql-client-version`` (contract/http.md#request-headers).
    """
    found = _VERSION.match(text or "")
    return tuple(int(each) for each in found.groups() if each) if found else ()
