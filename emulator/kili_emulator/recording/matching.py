"""Compare values of a request with recorded ones, whose names stand for values of the client.

A name matches any value of its kind when it is met first; from then on it stands for that value,
and no other name does. ``***``, the place of a secret, matches any text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kili_emulator.recording.placeholders import escape, map_texts, split
from kili_emulator.recording.text_matching import find_values
from kili_emulator.rules.graphql_text import tokens


class Bindings:
    """The values that names stand for.

    Args:
        values: the values, by name.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)
        self._names = {value: name for name, value in values.items()}

    def copy(self) -> Bindings:
        """Return bindings of their own with the same content."""
        return Bindings(self._values)

    def accept(self, recorded: Any, sent: Any) -> bool:
        """Return whether a sent value is the recorded one; only then bind the names in it."""
        before = dict(self._values), dict(self._names)
        if self._matches(recorded, sent):
            return True
        self._values, self._names = before
        return False

    def _bind(self, name: str, value: str) -> bool:
        """Let a name stand for a value; return ``False`` if one of them has another counterpart."""
        has_bound = self._values.setdefault(name, value) == value
        return has_bound and self._names.setdefault(value, name) == name

    def filled(self, value: Any) -> Any:
        """Return a recorded value as the client is to see it."""
        return map_texts(value, self._fill)

    def _matches(self, recorded: Any, sent: Any) -> bool:
        if isinstance(recorded, str) and isinstance(sent, str):
            return self._matches_text(recorded, sent)
        if isinstance(recorded, Mapping) and isinstance(sent, Mapping):
            return recorded.keys() == sent.keys() and all(
                self._matches(each, sent[name]) for name, each in recorded.items()
            )
        if isinstance(recorded, list) and isinstance(sent, list):
            return len(recorded) == len(sent) and all(map(self._matches, recorded, sent))
        same_type = isinstance(recorded, bool) == isinstance(sent, bool)
        return same_type and bool(recorded == sent)

    def aligned(self, recorded: Any, sent: Any) -> Any:
        """Return a sent value in recorded form, with the recorded parts where it matches them."""
        if isinstance(recorded, Mapping) and isinstance(sent, Mapping):
            first = [name for name in recorded if name in sent]
            rest = [name for name in sent if name not in recorded]
            return {
                **{name: self.aligned(recorded[name], sent[name]) for name in first},
                **{name: map_texts(sent[name], escape) for name in rest},
            }
        if isinstance(recorded, list) and isinstance(sent, list):
            pairs = [self.aligned(*pair) for pair in zip(recorded, sent, strict=False)]
            return pairs + [map_texts(each, escape) for each in sent[len(recorded) :]]
        return recorded if self.accept(recorded, sent) else map_texts(sent, escape)

    def _fill(self, template: str) -> str:
        return "".join(
            self._values.get(part, part) if is_name else part for part, is_name in split(template)
        )

    def _matches_text(self, template: str, text: str) -> bool:
        found = find_values(template, text, self._values)
        return found is not None and all(self._bind(*each) for each in found.items())


def same_document(first: str, second: str) -> bool:
    """Return whether two GraphQL documents have the same tokens, in any order.

    Some versions of the SDK select fields in an order that differs in each process.
    """
    return first == second or sorted(_texts(first)) == sorted(_texts(second))


def _texts(document: str) -> list[str]:
    return [match[0] for match in tokens(document) if not match[0].startswith(("#", ","))]
