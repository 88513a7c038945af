"""The names of ``kili_events``: a class for each event, and one for each family of events.

``AssetSkippedEvent`` is of ``asset.skipped``, and ``AssetWorkflowEvent`` of all that begins
``asset.workflow.``. The names follow from the subjects, so that the package itself is not needed.
"""

from __future__ import annotations

from collections.abc import Iterator

from kili_emulator.rules.subjects import SENT_TO_PLUGINS

_ANY = "AnyEvent"
_ENDING = "Event"


def patterns_of(name: str) -> list[str]:
    """The patterns of the events that a name stands for; none, if plugins are sent none of them."""
    return _PATTERNS.get(name, [])


def _all_patterns() -> Iterator[tuple[str, list[str]]]:
    families: set[str] = set()
    for subject in SENT_TO_PLUGINS:
        yield _name_of(subject), [subject]
        parts = subject.split(".")
        families.update(".".join(parts[:count]) for count in range(1, len(parts)))
    for family in families:
        yield _name_of(family), [f"{family}.*"]
    yield _ANY, sorted(f"{each}.*" for each in families if "." not in each)


def _name_of(subject: str) -> str:
    return "".join(each[:1].upper() + each[1:] for each in subject.split(".")) + _ENDING


_PATTERNS = dict(_all_patterns())
