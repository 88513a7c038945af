"""The messages that a worker may send; any other message is forged."""

from __future__ import annotations

from typing import Any

from kili_emulator.plugins.guest.sealed_messages import Message

_NUMBER = (int, float)
_LOG_TYPES = ("info", "warning", "error", "debug")
_ENDS = ("well", "exit", "memory", "error")
_HANDLERS = (None, "class", "other")

# The allowed values, or types of values, of each member of an answer.
_IMPORT_MEMBERS: dict[str, tuple[Any, ...]] = {
    "request": (int,),
    "ended": _ENDS,
    "text": (str,),
    "headline": (str, None),
    "handler": _HANDLERS,
    "neverRan": (str, None),
    "missing": (str, None),
}
_CALL_MEMBERS: dict[str, tuple[Any, ...]] = {
    **_IMPORT_MEMBERS,
    "duration": _NUMBER,
    "memory": (*_NUMBER, None),
    "changed": (str,),
    "threads": (str,),
}


def is_ready_message(message: Message) -> bool:
    """Return whether a message reports that the worker has imported the SDK."""
    return message == {"ready": True}


def is_position_message(message: Message) -> bool:
    """Return whether a message has the current stack of the plugin."""
    return message.keys() == {"where"} and isinstance(message["where"], str)


def is_log_message(message: Message) -> bool:
    """Return whether a message is a line for the run's log."""
    content = message.get("content")
    return message.keys() == {"log", "content"} and (
        message["log"] in _LOG_TYPES and isinstance(content, str)
    )


def is_answer(message: Message, request: Message) -> bool:
    """Return whether a message answers a request to import a version or to call a handler."""
    members = _IMPORT_MEMBERS if "folder" in request else _CALL_MEMBERS
    return (
        message.keys() == members.keys()
        and message["request"] == request["request"]
        and all(_is_allowed(message[name], allowed) for name, allowed in members.items())
    )


def _is_allowed(value: Any, allowed: tuple[Any, ...]) -> bool:
    return any(
        isinstance(value, each) if isinstance(each, type) else value is each or value == each
        for each in allowed
    )
