"""The request log: one JSON line for each GraphQL request or subscription.

The line has the client, the user and the operations. SDKs send their name, their version and the
called method in headers (contract/http.md#request-headers).
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from werkzeug.wrappers import Request

from kili_emulator import messages, private_files
from kili_emulator.clock import Clock, format_time
from kili_emulator.domain.world import Actor, World

_CLIENT_HEADERS = {
    "client": ("kili-client-name", "apollographql-client-name"),
    "version": ("kili-client-version", "apollographql-client-version"),
    "method": ("kili-client-method-name",),
    "call": ("kili-client-call-uuid",),
}


class RequestLogError(Exception):
    """The error of a file that cannot be written; the message has the reason and a remedy."""


logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RequestLogEntry:
    """An entry: a request and the result of its answer.

    Attributes:
        session: the world and the user of the API key; ``None`` for an unknown key.
        operations: the root fields, such as ``Query.assets``.
        errors: whether the answer has errors.
        fault: the effect of the fault that the request meets; the line of the request itself
            follows if the platform carries it out.
    """

    request: Request
    session: tuple[World, Actor] | None
    operations: list[str]
    errors: bool
    fault: str | None = None

    def line(self) -> str:
        """Format the entry as JSON; unknown values are null."""
        world, actor = self.session or (None, None)
        clock = world.clock if world else Clock()
        content: dict[str, Any] = {
            "time": format_time(clock.now()),
            "world": world.name if world else None,
            "user": (actor.user.get("email") or None) if actor else None,
            "run": actor.run_id if actor else None,
            **{name: _header(self.request, headers) for name, headers in _CLIENT_HEADERS.items()},
            "operations": self.operations,
            "errors": self.errors,
        }
        if self.fault is not None:
            content["fault"] = self.fault
        return json.dumps(content, separators=(",", ":"))  # ASCII, without control characters


def _header(request: Request, names: tuple[str, ...]) -> str | None:
    header_values = (request.headers.get(name) for name in names)
    return next((value for value in header_values if value), None)


class RequestLog:
    """A file of entries; each line is written before its request is answered.

    Args:
        path: the file, which is created if it does not exist; ``None`` to write nothing.

    Raises:
        RequestLogError: the file cannot be opened.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._file: TextIO | None = None
        if path is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():  # an existing file keeps its mode
                private_files.make_file(path)
            self._file = path.open("a", encoding="utf-8", errors="backslashreplace", buffering=1)
        except OSError as error:
            raise RequestLogError(
                f"the request log {path} cannot be written ({error.strerror}): give another file"
            ) from None

    def add(self, entry: RequestLogEntry) -> None:
        """Write an entry, if there is a file."""
        if self._file is None:
            return
        line = entry.line()
        with self._lock:
            if self._file.closed:
                return
            try:
                self._file.write(line + "\n")
            except OSError as error:  # no reason to refuse the request
                logger.warning(messages.REQUEST_LOG_FAILED.format(reason=error.strerror))

    def close(self) -> None:
        """Close the file; later entries are dropped."""
        with self._lock:
            if self._file is not None:
                with contextlib.suppress(OSError):  # the disk did not accept a line
                    self._file.close()
