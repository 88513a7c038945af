"""The reasons why a plugin is not called for an event.

Dispatch decides with these rules and stores the decision. ``why`` applies the rules again to find
out whether the plugin would be called now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kili_emulator.rules import handlers, subjects

# Why a plugin was called for an event, or was not called, as a code for programs.
ReasonCode = Literal[
    # The plugin was called, or will be called soon.
    "RAN",
    "METHOD_MISSING",
    "RUNNING",
    "QUEUED",
    "INTERRUPTED",
    # The run was refused.
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
    # The plugin was not active on the project.
    "NEVER_ACTIVE",
    "NOT_ACTIVE_YET",
    "DEACTIVATED",
    # The plugin does not subscribe to the event.
    "LABEL_TYPE",
    "NO_HANDLER",
    "HANDLER_MISSING",
    "NOT_MATCHED",
    # No decision was stored.
    "LOST",
]
Activity = Literal["ACTIVE", "NEVER_ACTIVE", "DEACTIVATED"]
Deployment = Literal["BUILT", "NOTHING_DEPLOYED", "DEPLOYING", "BUILD_FAILED"]
Kind = Literal["activity", "deployment", "subscription"]


@dataclass(frozen=True)
class PluginVersion:
    """A version of a plugin; it exists from the request for its deployment on.

    Attributes:
        handlers: the handler types that the version subscribes to.
        patterns: the event patterns that the version subscribes to.
        client: the version of the SDK that requested the deployment, if the SDK sent its version.
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
        since: the time when the plugin was activated or deactivated on the project.
        deployment: ``BUILT`` if a version can be called; otherwise why no version can be called.
        version: the version that events call; if there is none, the newest version.
        newest: the newest version. Events call an older version until the newest one is deployed.
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
    """The reasons why a plugin is not called, one of each kind; ``None`` if a kind has no reason.

    Attributes:
        activity: why the plugin is not active on the project.
        deployment: why no version of the plugin can be called.
        subscription: why the version does not subscribe to the event.
    """

    activity: ReasonCode | None = None
    deployment: ReasonCode | None = None
    subscription: ReasonCode | None = None

    def codes(self) -> list[ReasonCode]:
        """Return the codes of all blockers, the most basic one first."""
        return [each for each in (self.activity, self.deployment, self.subscription) if each]


def find_blockers(subject: str, state: PluginState) -> Blockers:
    """Find the blockers of a plugin for an event with this subject."""
    return Blockers(
        activity=None if state.activity == "ACTIVE" else state.activity,
        deployment=None if state.deployment == "BUILT" else state.deployment,
        subscription=None
        if _has_unknown_subscriptions(state)
        else _explain_not_subscribed(subject, state.version),
    )


def kind_of_blocker(code: ReasonCode) -> Kind:
    """Return the kind of a blocker."""
    if code in ("NEVER_ACTIVE", "NOT_ACTIVE_YET", "DEACTIVATED"):
        return "activity"
    if code in ("NOTHING_DEPLOYED", "DEPLOYING", "BUILD_FAILED"):
        return "deployment"
    return "subscription"


def called_handlers(version: PluginVersion, subject: str) -> list[str]:
    """Return the types of the handlers that events with this subject call, in order."""
    handler = handlers.handler_type_for(subject)
    handler_type = [handler] if handler and handler in version.handlers else []
    is_sent = subjects.subscribes_to(version.patterns, subject)
    return [*handler_type, handlers.ON_EVENT.type] if is_sent else handler_type


def subscribes_to(version: PluginVersion, subject: str) -> bool:
    """Return whether a version asks for events with this subject."""
    return bool(called_handlers(version, subject))


def _has_unknown_subscriptions(state: PluginState) -> bool:
    """Return whether the build failed before the subscriptions of the version were known."""
    version = state.version
    has_subscriptions = version is not None and bool(version.handlers or version.patterns)
    return state.deployment == "BUILD_FAILED" and not has_subscriptions


def _explain_not_subscribed(subject: str, version: PluginVersion | None) -> ReasonCode | None:
    """Return why a version does not subscribe to an event; ``None`` if it does.

    A plugin without a version may still get a version that subscribes to any event.
    """
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
