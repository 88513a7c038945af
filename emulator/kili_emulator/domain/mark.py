"""Marks: points in the history of a world."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from kili_emulator.clock import ClockState, StoredClock


@dataclass(frozen=True)
class Mark:
    """A point in a world's history, to which the world can be rolled back."""

    sequence: int
    ids: list[Any]
    clock: StoredClock
    epoch: int = 0

    @classmethod
    def parse(cls, members: Mapping[str, Any]) -> Mark:
        """Return the mark with these members, as :func:`dataclasses.asdict` returns them.

        Marks of earlier versions have ``clock_offset`` in place of ``clock``: a number of seconds.

        Raises:
            TypeError: members are missing or unknown.
            ValueError: the member ``clock`` is not the state of a clock.
        """
        renamed = {"clock" if name == "clock_offset" else name: members[name] for name in members}
        mark = cls(**renamed)
        return replace(mark, clock=ClockState.parse(mark.clock).stored())

    def to_token(self, world: str) -> str:
        """Return the mark as one word of letters, digits, ``-`` and ``_``.

        Args:
            world: the name of the world of the mark.
        """
        text = json.dumps({"world": world, **asdict(self)}, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse_token(cls, token: str) -> tuple[str, Mark]:
        """Return the world and the mark of a token.

        Raises:
            ValueError: it is not a token that :meth:`to_token` returned.
        """
        try:
            padded = token.encode("ascii") + b"=" * (-len(token) % 4)
            members = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            return str(members.pop("world")), cls.parse(members)
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
            raise ValueError(f"not a mark: {error}") from None
