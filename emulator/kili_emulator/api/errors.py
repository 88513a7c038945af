"""The wire format of errors (contract/errors.md#format).

Every error has ``extensions``, because clients crash without them. Messages of the GraphQL library
get the double quotes of the platform's messages.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError

from kili_emulator import errors
from kili_emulator.errors import KiliError

logger = logging.getLogger(__name__)

_QUOTED = re.compile(r"'([^']*)'")
# A type, a field, an argument, a member of an input, or a value of an enumeration.
_UNKNOWN_NAME = re.compile(
    r'^(Unknown type|Cannot query field|Unknown argument) "'
    r'|" is not defined by type "|" does not exist in "[^"]*" enum'
)


def format_error(error: GraphQLError, _debug: bool = False) -> dict[str, Any]:
    """Return an error as an element of ``errors`` in an answer; log it if it is a defect."""
    cause = _root_cause(error)
    if isinstance(cause, OSError) and errors.is_disk_full(cause):
        cause = errors.not_stored(cause)
    answer: dict[str, Any] = {"message": _add_hint(_QUOTED.sub(r'"\1"', error.message))}
    extensions: dict[str, Any] = {"code": _error_code(error)}
    if isinstance(cause, KiliError):
        answer["message"] = cause.message
        extensions["code"] = cause.code
        if cause.context is not None:
            extensions["context"] = cause.context
    elif cause is not None:
        logger.error("%s failed", error.path, exc_info=cause)
        answer["message"] = errors.UNEXPECTED_FAILURE.format(
            detail=f"{type(cause).__name__}: {cause}"
        )
        extensions["code"] = errors.INTERNAL_ERROR
    if error.locations:
        answer["locations"] = [
            {"line": location.line, "column": location.column} for location in error.locations
        ]
    if error.path:
        answer["path"] = error.path
    return {**answer, "extensions": extensions}


def _add_hint(message: str) -> str:
    """Add a hint to a message about a name that the schema does not have."""
    return f"{message} {errors.SCHEMA_NAME_HINT}" if _UNKNOWN_NAME.search(message) else message


def plain_error(message: str, code: str) -> dict[str, Any]:
    """Return the answer to a request that is refused before its execution."""
    return {"errors": [{"message": message, "extensions": {"code": code}}]}


def _root_cause(error: GraphQLError) -> Exception | None:
    cause: Exception | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _error_code(error: GraphQLError) -> str:
    if isinstance(error, GraphQLSyntaxError):
        return errors.PARSE_FAILED
    if error.extensions and "code" in error.extensions:
        return str(error.extensions["code"])
    if error.message.startswith("Variable "):  # see contract/errors.md#format
        return errors.INTERNAL_ERROR
    return errors.VALIDATION_FAILED
