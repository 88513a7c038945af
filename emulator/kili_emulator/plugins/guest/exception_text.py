"""Describe an exception of a plugin: in one line, and as a traceback with all causes.

Workers under other interpreters load this module, so it imports only the standard library.
"""

from __future__ import annotations

import builtins
from typing import Iterator, NamedTuple, Optional  # noqa: UP035  (loaded by old interpreters, too)

from kili_emulator.plugins.guest.tracebacks import CodeLocation, format_error

_MAX_LENGTH = 1000
_MAX_MEMBERS = 3


class ExceptionText(NamedTuple):
    """The description of an error for the plugin's author.

    Attributes:
        headline: the error in one line of at most 1000 characters.
        text: its traceback with all causes. The headline is put before the traceback if the error
            is not at its end: Python lists causes first, and shows a group in a frame.
    """

    headline: str
    text: str


def describe_exception(error: BaseException, location: CodeLocation) -> ExceptionText:
    """Describe an error of a plugin.

    Args:
        location: where the files of the plugin are.
    """
    line, trace = headline(error, location), format_error(error, location)
    is_single = _find_cause(error) is None and not list(_group_members(error))
    return ExceptionText(line, trace if is_single else f"{line}\n\n{trace}")


def headline(error: BaseException, location: CodeLocation) -> str:
    """Return class and message of an error, and its cause if the plugin itself raised the error.

    For example: ``ValueError: no box (from KeyError: 'bbox')``. The cause is left out if a library
    raised the error, as libraries repeat the cause in their message: the SDK's ``GraphQLError`` has
    the message of the server.
    """
    summary, cause = _summarize(error), _find_cause(error)
    if cause is not None and _is_raised_by_plugin(error, location):
        relation = "from" if cause is error.__cause__ else "while handling"
        summary += f" ({relation} {_summarize(cause)})"
    return _truncate(location.strip_package(summary))


def _find_cause(error: BaseException) -> Optional[BaseException]:  # noqa: UP045
    """Return the cause or the context of an error, whichever its traceback shows."""
    if error.__cause__ is not None:
        return error.__cause__
    return None if error.__suppress_context__ else error.__context__


def _summarize(error: BaseException) -> str:
    """Return class and first line of the message; for a group, also its first errors."""
    lines = _message(error).strip().splitlines()
    parts = [type(error).__name__]
    if lines:
        parts.append(lines[0].strip() + (" …" if len(lines) > 1 else ""))
    members = list(_group_members(error))
    if members:
        more = ["…"] * (len(members) > _MAX_MEMBERS)
        parts.append("; ".join([*map(_summarize, members[:_MAX_MEMBERS]), *more]))
    return _truncate(": ".join(parts))


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:  # the same text as in tracebacks of Python
        return "<exception str() failed>"


def _group_members(error: BaseException) -> Iterator[BaseException]:
    group: Optional[type] = getattr(builtins, "BaseExceptionGroup", None)  # noqa: UP045
    if group is not None and isinstance(error, group):
        yield from error.exceptions  # type: ignore[attr-defined]


def _is_raised_by_plugin(error: BaseException, location: CodeLocation) -> bool:
    """Return whether a statement of the plugin's own code raised the error."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return (
        trace is not None and location.unpacked_path(trace.tb_frame.f_code.co_filename) is not None
    )


def _truncate(text: str) -> str:
    return text if len(text) <= _MAX_LENGTH else f"{text[: _MAX_LENGTH - 1]}…"
