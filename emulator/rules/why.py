"""Why a plugin is not called for something that happened: decided on plain facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from emulator.rules import subjects
from emulator.rules.plugin_history import Standing, Version

# Where something comes from: it happened before the eyes of the plugins, or it did not.
Origin = Literal["HAPPENED", "FROM_SCENARIO", "COPIED", "OTHER_ORGANIZATION"]

# What can be said of a plugin and something that happened, for programs.
Word = Literal[
    # It was called, or is going to be.
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
    # Nothing happened before its eyes.
    "FROM_SCENARIO",
    "COPIED",
    "OTHER_ORGANIZATION",
    "NOT_CREATED_YET",
    # It was not active there.
    "NEVER_ACTIVE",
    "NOT_ACTIVE_YET",
    "DEACTIVATED",
    # It did not ask for it.
    "LABEL_TYPE",
    "NO_HANDLER",
    "HANDLER_MISSING",
    "NOT_MATCHED",
    # Nothing stood in the way.
    "LOST",
]


@dataclass(frozen=True)
class Happened:
    """What a plugin might have been called for.

    Attributes:
        subject: the event's; ``None`` where there is a label, and no event tells of it.
        handler: the handler type that it calls, if any.
        label_type: the type of the label that was made with it, if one was.
        origin: towards the plugin.
    """

    subject: str | None
    handler: str | None = None
    label_type: str | None = None
    origin: Origin = "HAPPENED"


@dataclass(frozen=True)
class Hindrances:
    """What stood in the way of a call, each of its kind; ``None`` where nothing of it did.

    Attributes:
        origin: where it came from; with this, nothing else counts.
        activity: whether the plugin was at work on the project.
        deployment: whether there was something to call.
        asked: whether that asks for it.
    """

    origin: Word | None = None
    activity: Word | None = None
    deployment: Word | None = None
    asked: Word | None = None

    def words(self) -> list[Word]:
        """All of them, the most basic one first."""
        every = (self.origin, self.activity, self.deployment, self.asked)
        return [each for each in every if each]


def hindrances(happened: Happened, standing: Standing) -> Hindrances:
    """What stands in the way of calling a plugin for something.

    Args:
        standing: of the plugin, at the moment.
    """
    if happened.origin != "HAPPENED":
        return Hindrances(origin=happened.origin)
    if not standing.is_created:
        return Hindrances(origin="NOT_CREATED_YET")
    return Hindrances(
        activity=None if standing.activity == "ACTIVE" else standing.activity,
        deployment=None if standing.deployment == "BUILT" else standing.deployment,
        asked=None if _is_unread(standing) else _not_asked(happened, standing.version),
    )


def _is_unread(standing: Standing) -> bool:
    """Whether it cannot be told what a version asks for: its build failed before that was read."""
    version = standing.version
    asks = version is not None and bool(version.handlers or version.patterns)
    return standing.deployment == "BUILD_FAILED" and not asks


def is_asked_for(happened: Happened, version: Version) -> bool:
    """Whether a version asks for what happened."""
    return _not_asked(happened, version) is None


def _not_asked(happened: Happened, version: Version | None) -> Word | None:
    """How a version does not ask for what happened; what is not there yet may ask for anything."""
    subject = happened.subject or ""
    is_sent = subject in subjects.SENT_TO_PLUGINS
    if version is None:
        return None if happened.handler or is_sent else "LABEL_TYPE"
    if happened.handler in version.handlers or subjects.asks_for(version.patterns, subject):
        return None
    if version.patterns and is_sent:
        return "NOT_MATCHED"
    if happened.handler:
        return "HANDLER_MISSING"
    return "LABEL_TYPE" if happened.label_type else "NO_HANDLER"
