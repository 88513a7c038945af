"""The way of a request to the control plane of an emulator, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

# The longest wait of the server for plugins, and some time to answer.
ANSWER_SECONDS = 60.0


class Request(NamedTuple):
    """A request to the control plane.

    Attributes:
        path: the path below ``/_emulator``, with escaped names.
        parameters: the parameters of the URL.
        body: the JSON text of the body; ``None`` without a body.
        seconds: how long to wait for the answer.
    """

    method: str
    path: str
    parameters: Mapping[str, str] = {}
    body: bytes | None = None
    seconds: float = ANSWER_SECONDS


class Answer(NamedTuple):
    """An answer of the control plane; the names of ``headers`` are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class UnreachableError(ConnectionError):
    """No emulator answers at the address, or it ended before it answered."""


class AnswerTimeoutError(UnreachableError):
    """The emulator did not answer in time; it may have carried the request out."""


class Transport(Protocol):
    """Carries requests to one emulator."""

    def send(self, request: Request) -> Answer:
        """Send a request and return its answer, whatever its status.

        Raises:
            UnreachableError: the emulator did not answer.
        """
