"""The format of the platform's errors (contract/errors.md#format)."""

from __future__ import annotations

from typing import Any

RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
BAD_USER_INPUT = "BAD_USER_INPUT"
INTERNAL_ERROR = "INTERNAL_SERVER_ERROR"


class KiliError(Exception):
    """An error in the platform's own format.

    Attributes:
        message: the full text that clients show.
        code: ``extensions.code``.
        context: ``extensions.context``; ``None`` for an error without context.
    """

    def __init__(
        self, message: str, code: str = RESOLUTION_FAILURE, context: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.context = context


def business_error(
    key: str, sentence: str, detail: str, code: str = RESOLUTION_FAILURE
) -> KiliError:
    """Make an error in the format of business errors."""
    return KiliError(f"[{key}] {sentence} -- This can be due to: {detail} | trace : false", code)


def invalid_input(operation: str, detail: str) -> KiliError:
    """An argument has a value that the operation does not accept."""
    return business_error("invalidInput", f"{operation} was not carried out.", detail)


def not_emulated(operation: str, member: str, remedy: str) -> KiliError:
    """A value asks for a feature that this version does not emulate."""
    return business_error(
        "notEmulated",
        f"{operation} was not carried out.",
        f"{member} is not emulated by this version of Kili Emulator; {remedy}",
    )


def invalid_argument(operation: str, detail: str) -> KiliError:
    return invalid_input(operation, detail)
