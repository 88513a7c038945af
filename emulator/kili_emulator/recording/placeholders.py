"""Names for values that differ in each run, such as ``${id-1}`` and ``${time-1}``.

An id that a client makes (an asset's ``cuid``, an external id, a UUID) is recorded as a name when
it first appears: in the variables of a mutation outside of ``where``, or in the paths of an upload.
An id that an answer or a query has had before is the server's, or stands in the script; it stays as
it is. A time in such variables is recorded as a name if it is near the time of the request. Later
requests and answers have the same name for the same value.

``${server}`` is the address of the server, and ``${key-2}`` the second API key. A ``${`` of the
traffic itself is written ``$${``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

SERVER = "server"
KEY = "key"
ID = r"(?:c[0-9a-z]{24}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"

_VALUE = re.compile(rf"(?<![0-9A-Za-z])(?:(?P<id>{ID})|(?P<time>{TIME}))(?![0-9A-Za-z])")
_PLACEHOLDER = re.compile(r"\$\$\{|\$\{(server|(?:id|time|key)-\d+)\}")
# The clocks of a client and of this machine differ, and a time may be made before other work.
_PRESENT = timedelta(minutes=10)
_CLIENT_MADE = frozenset({"filePaths"})
_SELECTION = "where"


def split(template: str) -> list[tuple[str, bool]]:
    """Return the parts of a recorded text: literal texts, and names (``True``)."""
    parts, end, literal = [], 0, ""
    for match in _PLACEHOLDER.finditer(template):
        literal += template[end : match.start()]
        end = match.end()
        if match[1] is None:
            literal += "${"
        else:
            parts += [(literal, False), (match[1], True)]
            literal = ""
    return [*parts, (literal + template[end:], False)]


def escape(text: str) -> str:
    """Return a text of the traffic in the form of recorded texts."""
    return text.replace("${", "$${")


def map_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return a JSON value with changed texts; names of members stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: map_texts(each, change) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [map_texts(each, change) for each in value]
    return value


class ClientNames:
    """The names of the values in one recording.

    Args:
        now: returns the present time.
        server: the address under which clients reach the recorder, without a path.
    """

    def __init__(self, now: Callable[[], datetime], server: str) -> None:
        self._now = now
        self._server = server
        self._names: dict[str, str] = {}
        self._known: set[str] = set()
        self._counts: dict[str, int] = {}

    def name(self, kind: str, value: str) -> str:
        """Return the name of a value; give it the next one of its kind if it has none."""
        if value not in self._names:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._names[value] = f"{kind}-{self._counts[kind]}"
        return f"${{{self._names[value]}}}"

    def note_answer(self, value: Any) -> None:
        """Take note of the ids in an answer, which are the server's."""
        map_texts(value, self._note_ids)

    def note_request(self, variables: Any, *, is_mutation: bool) -> None:
        """Name the values in the variables of a request that the client has made."""
        if is_mutation:
            self._name_members(variables)
        elif isinstance(variables, Mapping):
            for member, each in variables.items():
                if member in _CLIENT_MADE:
                    map_texts(each, self._name_values)
        map_texts(variables, self._note_ids)

    def recorded(self, value: Any) -> Any:
        """Return a value of the traffic in the form of recorded ones."""
        return map_texts(value, self._recorded_text)

    def _name_members(self, value: Any) -> None:
        if isinstance(value, Mapping):
            for member, each in value.items():
                if member != _SELECTION:
                    self._name_members(each)
        elif isinstance(value, list | tuple):
            for each in value:
                self._name_members(each)
        elif isinstance(value, str):
            self._name_values(value)

    def _name_values(self, text: str) -> str:
        for match in _VALUE.finditer(text):
            value = match[0]
            if value in self._names or value in self._known:
                continue
            if match["id"] or self._is_present(value):
                self.name("id" if match["id"] else "time", value)
        return text

    def _note_ids(self, text: str) -> str:
        self._known.update(
            each[0] for each in _VALUE.finditer(text) if each["id"] and each[0] not in self._names
        )
        return text

    def _is_present(self, text: str) -> bool:
        try:
            # Python 3.10 reads neither a Z nor a fraction of other lengths than 3 and 6.
            time = datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace("Z", "+00:00"))
        except ValueError:
            return False
        now = self._now()
        readings = [time] if time.tzinfo else [time.replace(tzinfo=timezone.utc), time.astimezone()]
        return any(abs(each - now) <= _PRESENT for each in readings)

    def _recorded_text(self, text: str) -> str:
        text = escape(text).replace(self._server, f"${{{SERVER}}}")
        return _VALUE.sub(lambda match: self._recorded_value(match[0]), text)

    def _recorded_value(self, value: str) -> str:
        name = self._names.get(value)
        return f"${{{name}}}" if name else value
