"""The handlers of plugins: the events that call them, their arguments, and their first SDK.

:data:`HANDLERS` holds all that the emulator knows about a handler; everything else is derived from
it. The sources are contract/plugin.md#handlers, contract/what-calls-plugins.md#actions,
contract/what-calls-plugins.md#arguments-of-handlers, and ``POSSIBLE_HANDLERS`` of
``kili.services.plugins.upload``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kili_emulator.rules import subjects

ALL_SDKS = None  # as the first SDK of a handler: all versions of the SDK can subscribe to it


@dataclass(frozen=True)
class Handler:
    """A method of ``PluginHandler`` that the platform calls.

    Attributes:
        type: the handler type as clients send it, such as ``onSubmit``.
        method: the name of the method.
        arguments: the names of its arguments.
        first_sdk: the first version of the SDK that can subscribe to the handler, or ``ALL_SDKS``.
        events: the subjects of the events that call the handler; empty for ``on_event``, which is
            called for the events that a pattern of the plugin matches.
        label_types: the types of labels whose submission calls the handler.
        last_sdk: the last minor version of the SDK that can subscribe to the handler; ``None`` if
            the newest version can.
    """

    type: str
    method: str
    arguments: tuple[str, ...]
    first_sdk: str | None = field(kw_only=True)
    events: tuple[str, ...] = ()
    label_types: tuple[str, ...] = ()
    last_sdk: str | None = None


def _label_handler(handler_type: str, method: str, label_type: str) -> Handler:
    return Handler(
        handler_type,
        method,
        ("label", "asset_id"),
        (subjects.new_label_subject(label_type),),
        (label_type,),
        first_sdk=ALL_SDKS,
    )


ON_EVENT = Handler("onEvent", "on_event", ("payload",), first_sdk="2.170")

# The handlers that clients subscribe to by their type.
BY_TYPE = {
    each.type: each
    for each in (
        _label_handler("onSubmit", "on_submit", "DEFAULT"),
        _label_handler("onReview", "on_review", "REVIEW"),
        Handler(
            "onCustomInterfaceClick",
            "on_custom_interface_click",
            ("label", "asset_id"),
            (subjects.CUSTOM_INTERFACE_CLICKED,),
            first_sdk="2.129.7",
        ),
        Handler(
            "onSendBackToQueue",
            "on_send_back_to_queue",
            ("asset_id",),
            (subjects.SENT_BACK,),
            first_sdk="2.156.1",
        ),
        Handler(
            "onProjectUpdated",
            "on_project_updated",
            ("settings_updated",),
            (subjects.SETTINGS_CHANGED,),
            first_sdk="2.141",
            last_sdk="26.1",
        ),
    )
}

HANDLERS = (*BY_TYPE.values(), ON_EVENT)
BY_METHOD = {each.method: each for each in HANDLERS}

# The handlers that are called if the client named none: clients before 2.129.7 cannot name any.
DEFAULT_TYPES = [each.type for each in BY_TYPE.values() if each.first_sdk is ALL_SDKS]

_METHODS = {each.type: each.method for each in HANDLERS}
_BY_EVENT = {subject: each.type for each in HANDLERS for subject in each.events}


def method_of(handler_type: str) -> str:
    """Return the name of the method that a handler type calls.

    Raises:
        KeyError: the handler type is unknown.
    """
    return _METHODS[handler_type]


def handler_type_for(subject: str) -> str | None:
    """Return the handler type that an event with this subject calls, if any."""
    return _BY_EVENT.get(subject)
