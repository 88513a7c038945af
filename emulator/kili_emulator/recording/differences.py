"""The texts that say how requests differ from recorded ones."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from kili_emulator import errors
from kili_emulator.recording.cassette import RequestEntry
from kili_emulator.recording.matching import Bindings, same_document
from kili_emulator.recording.yaml_form import write_yaml
from kili_emulator.rules.masking import MASK

_MOST_LEFT_OVER = 20


def describe_request(
    sent: RequestEntry, recorded: Sequence[RequestEntry], bindings: Bindings
) -> str:
    """Describe a request that equals none of the recorded ones.

    Args:
        recorded: the recorded requests of the same operation that are not used yet, in order.
        bindings: the values of the names; names are added to them.
    """
    name = sent["request"]
    if not recorded:
        shown = write_yaml(_shown(bindings.aligned({}, sent), None))
        return errors.CASSETTE_REQUEST_UNEXPECTED.format(name=name, request=shown.rstrip())
    nearest = recorded[0]
    document = nearest.get("document", "")
    is_same_document = same_document(document, sent.get("document", ""))
    aligned = bindings.aligned(nearest, sent)
    if is_same_document and "document" in aligned:
        aligned["document"] = document
    hidden = document if is_same_document else None
    before, after = (write_yaml(_shown(each, hidden)).splitlines() for each in (nearest, aligned))
    diff = difflib.unified_diff(before, after, "recorded", "sent", lineterm="")
    return errors.CASSETTE_REQUEST_DIFFERS.format(name=name, diff="\n".join(diff))


def describe_left_over(recorded: Sequence[RequestEntry]) -> str:
    """Describe the recorded requests that were not sent."""
    counts = Counter(each["request"] for each in recorded)
    lines = [
        f"  - {name}" + (f" ({count} times)" if count > 1 else "") for name, count in counts.items()
    ]
    if len(lines) > _MOST_LEFT_OVER:
        lines[_MOST_LEFT_OVER:] = [f"  - and {len(lines) - _MOST_LEFT_OVER} more operations"]
    return errors.CASSETTE_LEFT_OVER.format(count=len(recorded), names="\n".join(lines))


def _shown(entry: Any, hidden_document: str | None) -> dict[str, Any]:
    """Return the members of a request that a reader needs; a key is shown as a name or not."""
    shown = dict(entry)
    if hidden_document is not None:
        shown.pop("document", None)
    if not shown.get("key", "").startswith("${"):
        shown["key"] = MASK
    return shown
