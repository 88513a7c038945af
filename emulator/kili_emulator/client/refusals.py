"""The errors of requests that an emulator refuses: those that its services raised."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kili_emulator.client.transport import Answer
from kili_emulator.printable import one_line, shorten

if TYPE_CHECKING:
    from kili_emulator.errors import KiliError

_UNAUTHORIZED = 401
# The statuses of refusals that an emulator answers as plain text: no administrator, or it stops.
_PLAIN_STATUSES = (403, 503)


class RequestRefusedError(Exception):
    """The emulator refused a request, for a reason that has no error of its own.

    Attributes:
        status: the HTTP status of the answer.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class NotAnEmulatorError(RequestRefusedError):
    """The server at an address is not an emulator; no key was sent to it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=0)


def refusal_of(answer: Answer) -> Exception:
    """Return the error of an answer: the one that the service raised in the emulator."""
    text = answer.content.decode("utf-8", "replace")
    error = _json_object(text) if "json" in answer.headers.get("content-type", "") else {}
    message = str(error.get("error", text))
    if answer.status == _UNAUTHORIZED:
        return RequestRefusedError(
            "the API key is not valid in any world of the emulator: give the key of an "
            "administrator of the world, as `kili-emulator env` prints it",
            answer.status,
        )
    if not error and answer.status not in _PLAIN_STATUSES:
        return no_emulator(text, answer.status)
    return _error_of_kind(str(error.get("kind")), message, error, answer.status)


def no_emulator(text: str, status: int) -> RequestRefusedError:
    """Return the error for an answer that is not one of an emulator."""
    answer = shorten(one_line(text), 100)
    message = f"no emulator answers at the address, but another server: status {status}, {answer!r}"
    return RequestRefusedError(message, status)


def _error_of_kind(kind: str, message: str, error: dict[str, Any], status: int) -> Exception:
    # Imported here because they take longer to import than most commands run.
    if kind == "world":
        from kili_emulator.domain.registry import WorldError

        return WorldError(message)
    if kind == "scenario":
        from kili_emulator.scenario import ScenarioError

        return ScenarioError(message.split("\n"))
    if kind == "api":
        return _api_error(message, error)
    if kind == "storage":
        from kili_emulator.errors import StorageError

        return StorageError(_api_error(message, error), status)
    return RequestRefusedError(message or f"the emulator answered the status {status}", status)


def _api_error(message: str, error: dict[str, Any]) -> KiliError:
    from kili_emulator.errors import KiliError

    return KiliError(message, str(error["code"]))


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
