"""Match a text of a request against a recorded one, in a time that does not explode.

A recorded text is a sequence of segments with gaps between them. A gap, of ``***`` or of a key
whose value is not known yet, is any text of at least one character, and as short as possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from kili_emulator.recording.placeholders import ID, KEY, SERVER, TIME, split
from kili_emulator.rules.masking import MASK

# As where names are given to values: a longer word is no value.
_ID = re.compile(rf"{ID}(?![0-9A-Za-z])")
_TIME = re.compile(rf"{TIME}(?![0-9A-Za-z])")
_SERVER = re.compile(r"https?://[^/\s]+")

Part = tuple[str, bool]  # a literal text, or a name (True)
Segment = list[Part]


def find_values(template: str, text: str, known: Mapping[str, str]) -> dict[str, str] | None:
    """Return the values of the names in a recorded text; ``None`` if a text does not match it.

    Args:
        template: the recorded text.
        known: the values of names that have one already.

    Returns:
        name → value, without the known names.
    """
    segments, gaps = _segments(template, known)
    found: dict[str, str] = {}
    end = _match_at(segments[0], text, 0, known, found)
    if end is None:
        return None
    for number, (name, segment) in enumerate(zip(gaps, segments[1:], strict=True), 1):
        is_last = number == len(gaps)
        for start in _starts(segment, text, end + 1):
            trial = dict(found)
            stop = _match_at(segment, text, start, known, trial)
            if stop is not None and (not is_last or stop == len(text)):
                break
        else:
            return None
        if name and trial.setdefault(name, text[end:start]) != text[end:start]:
            return None
        found, end = trial, stop
    return found if end == len(text) else None


def _segments(template: str, known: Mapping[str, str]) -> tuple[list[Segment], list[str]]:
    """Return the segments of a recorded text, and the names of the gaps between them.

    The name of ``***`` is empty.
    """
    segments: list[Segment] = [[]]
    gaps = []
    for part, is_name in split(template):
        if is_name and _kind(part) == KEY and part not in known:
            gaps.append(part)
            segments.append([])
        elif is_name:
            segments[-1].append((part, True))
        else:
            first, *others = part.split(MASK)
            segments[-1].append((first, False))
            for each in others:
                gaps.append("")
                segments.append([(each, False)])
    return segments, gaps


def _starts(segment: Segment, text: str, begin: int) -> Iterator[int]:
    """Yield the places at which a segment may begin."""
    literal = segment[0][0] if segment and not segment[0][1] else ""
    place = text.find(literal, begin) if begin <= len(text) else -1
    while place >= 0:
        yield place
        place = text.find(literal, place + 1) if place < len(text) else -1


def _match_at(
    segment: Sequence[Part],
    text: str,
    place: int,
    known: Mapping[str, str],
    found: dict[str, str],
) -> int | None:
    """Return the end of a segment that begins at a place; ``None`` if it does not match there.

    Args:
        found: gets the values of the names in the segment.
    """
    for part, is_name in segment:
        value = known.get(part, found.get(part)) if is_name else part
        if value is None:
            match = _match_kind(_kind(part), text, place)
            if match is None:
                return None
            value = found[part] = match[0]
        if not text.startswith(value, place):
            return None
        place += len(value)
    return place


def _kind(name: str) -> str:
    return name.partition("-")[0]


def _match_kind(kind: str, text: str, place: int) -> re.Match[str] | None:
    """Match a value of a kind of names at a place."""
    if kind == SERVER:
        return _SERVER.match(text, place)
    return _ID.match(text, place) if kind == "id" else _TIME.match(text, place)
