"""What a plugin's code raised: in one line, and as a traceback with all causes.

Loaded by workers under other interpreters, too: nothing but the standard library is needed.
"""

from __future__ import annotations

import builtins
from typing import Iterator, NamedTuple, Optional  # noqa: UP035  (loaded by old interpreters, too)

from kili_emulator.plugins.guest.tracebacks import CodeLocation, format_error

_MAX_LENGTH = 1000
_MAX_MEMBERS = 3


class ExceptionText(NamedTuple):
    """An error for the plugin's author.

    Attributes:
        headline: the error in one line of at most 1000 characters.
        text: its traceback with all causes. Python lists causes first, and a group in a frame;
            the headline goes before these.
    """

    headline: str
    text: str


def describe_exception(error: BaseException, location: CodeLocation) -> ExceptionText:
    """Describe an error of a plugin whose files are at a place."""
    line, trace = headline(error, location), format_error(error, location)
    is_single = _find_cause(error) is None and not list(_group_members(error))
    return ExceptionText(line, trace if is_single else f"{line}\n\n{trace}")


def headline(error: BaseException, location: CodeLocation) -> str:
    """Class and message of an error, and the error behind it where that helps.

    It does where the plugin itself raised it: ``ValueError: no box (from KeyError: 'bbox')``.
    Libraries put what matters into their own message: the SDK's ``GraphQLError`` has the server's
    message, and the error behind it is only the form in which that arrived.
    """
    summary, cause = _summarize(error), _find_cause(error)
    if cause is not None and _is_raised_by_plugin(error, location):
        relation = "from" if cause is error.__cause__ else "while handling"
        summary += f" ({relation} {_summarize(cause)})"
    return _truncate(location.strip_package(summary))


def _find_cause(error: BaseException) -> Optional[BaseException]:  # noqa: UP045
    """The error that another was raised from, or else while handling, as tracebacks show it."""
    if error.__cause__ is not None:
        return error.__cause__
    return None if error.__suppress_context__ else error.__context__


def _summarize(error: BaseException) -> str:
    """Class and first line of the message; of a group, also the first errors in it."""
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
    except BaseException:  # Python's own tracebacks say the same
        return "<exception str() failed>"


def _group_members(error: BaseException) -> Iterator[BaseException]:
    group: Optional[type] = getattr(builtins, "BaseExceptionGroup", None)  # noqa: UP045
    if group is not None and isinstance(error, group):
        yield from error.exceptions  # type: ignore[attr-defined]


def _is_raised_by_plugin(error: BaseException, location: CodeLocation) -> bool:
    """Whether the statement that raised it is the plugin's own."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return (
        trace is not None and location.unpacked_path(trace.tb_frame.f_code.co_filename) is not None
    )


def _truncate(text: str) -> str:
    return text if len(text) <= _MAX_LENGTH else f"{text[: _MAX_LENGTH - 1]}…"
