"""The request log: one JSON line for each GraphQL request or subscription: who asked what.

SDKs say in headers who they are and which of their methods is at work
(contract/http.md#request-headers).
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from flask import Request

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
    """The file cannot be written; the message says why and what to do."""


logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RequestLogEntry:
    """A request and how it was answered.

    Attributes:
        session: the world and the user of its key; ``None`` where nobody has the key.
        operations: its root fields, as ``Query.assets``.
        errors: whether the answer holds errors.
    """

    request: Request
    session: tuple[World, Actor] | None
    operations: list[str]
    errors: bool

    def line(self) -> str:
        """The entry as JSON; what is not known is null."""
        world, actor = self.session or (None, None)
        clock = world.clock if world else Clock()
        content: dict[str, Any] = {
            "time": format_time(clock.now()),
            "world": world.name if world else None,
            "user": actor.user.get("email") if actor else None,
            "run": actor.run_id if actor else None,
            **{name: _header(self.request, headers) for name, headers in _CLIENT_HEADERS.items()},
            "operations": self.operations,
            "errors": self.errors,
        }
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _header(request: Request, names: tuple[str, ...]) -> str | None:
    header_values = (request.headers.get(name) for name in names)
    return next((value for value in header_values if value), None)


class RequestLog:
    """Appends entries to a file; a line is there before its request is answered.

    Args:
        path: the file, which is made where there is none; ``None`` writes nothing.

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
            if not path.exists():  # one that is there has the mode that its owner gave it
                private_files.make_file(path)
            self._file = path.open("a", encoding="utf-8", errors="backslashreplace", buffering=1)
        except OSError as error:
            raise RequestLogError(
                f"the request log {path} cannot be written ({error.strerror}): give another file"
            ) from None

    def add(self, entry: RequestLogEntry) -> None:
        """Write an entry down, if there is a file."""
        if self._file is None:
            return
        line = entry.line()
        with self._lock:
            if self._file.closed:
                return
            try:
                self._file.write(line + "\n")
            except OSError as error:  # which is no reason to refuse the request
                logger.warning(messages.REQUEST_LOG_FAILED.format(reason=error.strerror))

    def close(self) -> None:
        """Write nothing from now on."""
        with self._lock:
            if self._file is not None:
                with contextlib.suppress(OSError):  # of a line that the disk did not take
                    self._file.close()
