"""Prepared forms: JSON files that are read instead of files that take long to parse.

The first line of a prepared form is a digest of its source and of the JSON. If the source was
edited since, or the prepared form is missing or damaged, the source is parsed instead.
``python -m tests.kit.prepared_forms`` writes all of them.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

SUFFIX = ".prepared"


def make_form(source: str, body: str) -> str:
    """Return the text of a prepared form.

    Args:
        source: the text that takes long to parse.
        body: the JSON of its value.
    """
    return f"{_digest(source, body)}\n{body}"


def read_form(path: Path, source: str) -> Any | None:
    """Return the value of a prepared form; ``None`` if the form does not belong to the source."""
    try:
        digest, _, body = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return json.loads(body) if digest == _digest(source, body) else None


def _digest(source: str, body: str) -> str:
    text = source.replace("\r\n", "\n")  # Git may have changed the line ends of the source
    return hashlib.sha256(f"{len(text)}\n{text}{body}".encode()).hexdigest()
