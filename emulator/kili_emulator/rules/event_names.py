"""The class names of the package ``kili_events``: one class per event and per family of events.

``AssetSkippedEvent`` stands for ``asset.skipped``, and ``AssetWorkflowEvent`` for all subjects that
begin with ``asset.workflow.``. The names are derived from the subjects; the package is not needed.
"""

from __future__ import annotations

from collections.abc import Iterator

from kili_emulator.rules.subjects import SENT_TO_PLUGINS

_ANY_EVENT_NAME = "AnyEvent"
_SUFFIX = "Event"


def patterns_of(name: str) -> list[str]:
    """Return the patterns of the events that a class stands for.

    The list is empty if none of these events is sent to plugins.
    """
    return _PATTERNS.get(name, [])


def _all_patterns() -> Iterator[tuple[str, list[str]]]:
    families: set[str] = set()
    for subject in SENT_TO_PLUGINS:
        yield _name_of(subject), [subject]
        parts = subject.split(".")
        families.update(".".join(parts[:count]) for count in range(1, len(parts)))
    for family in families:
        yield _name_of(family), [f"{family}.*"]
    yield _ANY_EVENT_NAME, sorted(f"{each}.*" for each in families if "." not in each)


def _name_of(subject: str) -> str:
    return "".join(each[:1].upper() + each[1:] for each in subject.split(".")) + _SUFFIX


_PATTERNS = dict(_all_patterns())
