"""What keeps a plugin from being called for an event.

Dispatch decides with these rules and stores the decision; ``why`` applies them once more to say
whether the plugin would be called now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kili_emulator.rules import handlers, subjects

# Why a plugin was called for an event, or was not: a word for programs.
ReasonCode = Literal[
    # It was called, or is about to be.
    "RAN",
    "METHOD_MISSING",
    "RUNNING",
    "QUEUED",
    "INTERRUPTED",
    # Its run was refused.
    "SELF_TRIGGERED",
    "TOO_DEEP",
    "NOTHING_DEPLOYED",
    "DEPLOYING",
    "BUILD_FAILED",
    # The event was not delivered to the plugin.
    "FROM_SCENARIO",
    "COPIED",
    "OTHER_ORGANIZATION",
    "NOT_CREATED_YET",
    "NOT_RECORDED",
    # It was not active on the project.
    "NEVER_ACTIVE",
    "NOT_ACTIVE_YET",
    "DEACTIVATED",
    # It did not ask for the event.
    "LABEL_TYPE",
    "NO_HANDLER",
    "HANDLER_MISSING",
    "NOT_MATCHED",
    # Nothing was decided.
    "LOST",
]
Activity = Literal["ACTIVE", "NEVER_ACTIVE", "DEACTIVATED"]
Deployment = Literal["BUILT", "NOTHING_DEPLOYED", "DEPLOYING", "BUILD_FAILED"]
Kind = Literal["activity", "deployment", "asked"]


@dataclass(frozen=True)
class PluginVersion:
    """A version of a plugin, from the request for its deployment on.

    Attributes:
        handlers: the handler types that it asks for.
        patterns: the patterns of events that it asks for.
        client: the version of the SDK that asked for the deployment, if the SDK gave it.
    """

    id: str
    number: int
    handlers: Sequence[str] = ()
    patterns: Sequence[str] = ()
    client: str | None = None


@dataclass(frozen=True)
class PluginState:
    """The state of a plugin on a project.

    Attributes:
        since: the time when the plugin was activated or deactivated there.
        deployment: whether there is a version that can be called, or why there is none.
        version: the version that is called, or else the newest one.
        newest: the newest version, which may still be deployed while another one is called.
        newest_deployment: the deployment of the newest version.
        first_active: the time when the plugin was first activated on the project.
    """

    activity: Activity
    since: str | None
    deployment: Deployment
    version: PluginVersion | None
    newest: PluginVersion | None = None
    newest_deployment: Deployment = "NOTHING_DEPLOYED"
    first_active: str | None = None


@dataclass(frozen=True)
class Blockers:
    """What keeps a plugin from being called, one word of each kind; ``None`` where nothing does.

    Attributes:
        activity: the plugin is not active on the project.
        deployment: no version of the plugin can be called.
        asked: its version does not ask for the event.
    """

    activity: ReasonCode | None = None
    deployment: ReasonCode | None = None
    asked: ReasonCode | None = None

    def words(self) -> list[ReasonCode]:
        """All of them, the most basic one first."""
        return [each for each in (self.activity, self.deployment, self.asked) if each]


def blockers(subject: str, state: PluginState) -> Blockers:
    """What keeps a plugin from being called for an event with this subject."""
    return Blockers(
        activity=None if state.activity == "ACTIVE" else state.activity,
        deployment=None if state.deployment == "BUILT" else state.deployment,
        asked=None
        if _has_unknown_events(state)
        else _explain_not_subscribed(subject, state.version),
    )


def kind_of_blocker(word: ReasonCode) -> Kind:
    """The kind of a blocker."""
    if word in ("NEVER_ACTIVE", "NOT_ACTIVE_YET", "DEACTIVATED"):
        return "activity"
    return "deployment" if word in ("NOTHING_DEPLOYED", "DEPLOYING", "BUILD_FAILED") else "asked"


def called_handlers(version: PluginVersion, subject: str) -> list[str]:
    """The types of the handlers of a version that events with this subject call, in this order."""
    handler = handlers.handler_type_for(subject)
    handler_type = [handler] if handler and handler in version.handlers else []
    is_sent = subjects.subscribes_to(version.patterns, subject)
    return [*handler_type, handlers.ON_EVENT.type] if is_sent else handler_type


def subscribes_to(version: PluginVersion, subject: str) -> bool:
    """Whether a version asks for events with this subject."""
    return bool(called_handlers(version, subject))


def _has_unknown_events(state: PluginState) -> bool:
    """Whether the build failed before it was known which events the version asks for."""
    version = state.version
    has_subscriptions = version is not None and bool(version.handlers or version.patterns)
    return state.deployment == "BUILD_FAILED" and not has_subscriptions


def _explain_not_subscribed(subject: str, version: PluginVersion | None) -> ReasonCode | None:
    """Why a version is not called for an event; a version to come may still ask for any."""
    handler = handlers.handler_type_for(subject)
    is_sent = subject in subjects.SENT_TO_PLUGINS
    if version is None:
        return None if handler or is_sent else "LABEL_TYPE"
    if subscribes_to(version, subject):
        return None
    if version.patterns and is_sent:
        return "NOT_MATCHED"
    if handler:
        return "HANDLER_MISSING"
    return "LABEL_TYPE" if subjects.label_type_of(subject) else "NO_HANDLER"
