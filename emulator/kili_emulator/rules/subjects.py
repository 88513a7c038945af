"""The subjects of events, and the patterns by which plugins subscribe to them.

See contract/event.md#subjects-and-payloads, contract/event.md#patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kili_emulator.rules.client_version import version_numbers

# The prefix of the subjects about a new label; the label type in lower case follows.
LABEL_CREATED = "label.workflow.created."

# The emulator's own events: some of them call handlers, but no pattern of a plugin matches them.
LABEL_AUTOSAVED = "emulator.label.autosaved"
CUSTOM_INTERFACE_CLICKED = "emulator.customInterface.clicked"
SENT_BACK = "emulator.asset.sentBackToQueue"
SETTINGS_CHANGED = "emulator.project.settingsChanged"

_SUBMITTED_TYPES = ("DEFAULT", "REVIEW", "PREDICTION", "INFERENCE")
_TOKEN = re.compile(r"[A-Za-z0-9]+|\*")

# The events that the emulator emits and sends to plugins. Not among them: the events that the
# platform does not send to plugins, and events outside a project.
EMITTED = frozenset(
    (
        "asset.analytics.consensus.computed",
        "asset.analytics.honeypot.computed",
        "asset.analytics.reviewScore.computed",
        "asset.created",
        "asset.deleted",
        "asset.issue.cancelled",
        "asset.issue.created",
        "asset.issue.resolved",
        "asset.question.cancelled",
        "asset.question.created",
        "asset.question.resolved",
        "asset.skipped",
        "asset.unskipped",
        "asset.updated",
        "asset.workflow.assigned",
        "asset.workflow.currentStep.changed",
        "asset.workflow.currentStep.statusChanged",
        "asset.workflow.lock.created",
        "asset.workflow.lock.deleted",
        "asset.workflow.setToNextStep",
        "asset.workflow.step.consensus.activated",
        "asset.workflow.step.consensus.deactivated",
        "label.workflow.created.default",
        "label.workflow.created.honeypot",
        "label.workflow.created.inference",
        "label.workflow.created.prediction",
        "label.workflow.created.review",
        "label.workflow.edited",
        "label.workflow.rejected",
        "label.workflow.revisionStarted",
        "project.archived",
        "project.created",
        "project.deleted",
        "project.exported",
        "project.interface.updated",
        "project.member.created",
        "project.member.deleted",
        "project.member.updated",
        "project.settings.updated",
        "project.workflow.settings.updated",
        "project.workflow.step.created",
        "project.workflow.step.deleted",
        "project.workflow.step.updated",
    )
)

# The events that the platform sends to plugins, and the emulator never emits: their cause is not
# public, or their feature is not emulated (contract/event.md#subjects-and-payloads).
NOT_EMITTED = frozenset(
    (
        "asset.destroyed",
        "assetStorage.connection.created",
        "assetStorage.connection.data.synchronized",
        "assetStorage.connection.deleted",
        "assetStorage.connection.filter.updated",
        "label.workflow.validated",
        "project.auditTrail.export.requested",
        "project.workflow.bulkAction.addToConsensus.started",
        "project.workflow.bulkAction.assign.started",
        "project.workflow.bulkAction.delete.started",
        "project.workflow.bulkAction.prioritize.started",
        "project.workflow.bulkAction.removeFromConsensus.started",
        "project.workflow.bulkAction.sendBackToQueue.started",
        "project.workflow.bulkAction.setToNextStep.started",
        "project.workflow.stepGroup.created",
        "project.workflow.stepGroup.deleted",
        "project.workflow.stepGroup.updated",
        "smartTool.interactiveSegmentation.created",
        "smartTool.videoTracking.created",
    )
)

SENT_TO_PLUGINS = EMITTED | NOT_EMITTED


def new_label_subject(label_type: str) -> str:
    """Return the subject of the event about a new label of this type."""
    is_public = label_type in _SUBMITTED_TYPES
    return f"{LABEL_CREATED}{label_type.lower()}" if is_public else LABEL_AUTOSAVED


def label_type_of(subject: str) -> str | None:
    """Return the type of the new label that an event is about; ``None`` for other events.

    The result is also ``None`` for the event of a honeypot, whose label is the ground truth of the
    asset, not a submitted label.
    """
    if subject == LABEL_AUTOSAVED:
        return "AUTOSAVE"
    types = (each for each in _SUBMITTED_TYPES if new_label_subject(each) == subject)
    return next(types, None)


def is_about_new_label(subject: str) -> bool:
    """Return whether an event is about the creation of a label, including that of a honeypot."""
    return subject.startswith(LABEL_CREATED) or subject == LABEL_AUTOSAVED


def is_pattern(text: str) -> bool:
    """Return whether a text is a valid pattern: names separated by dots, ``*`` for some of them.

    The first part must be a name; a ``*`` stands for one or more names.
    """
    tokens = text.split(".")
    return tokens[0] != "*" and all(_TOKEN.fullmatch(each) for each in tokens)


def matches(pattern: str, subject: str) -> bool:
    """Return whether a pattern matches a subject: ``asset.*`` matches all that begin ``asset.``."""
    names = subject.split(".")
    positions = {0}
    for token in pattern.split("."):
        if token == "*":
            positions = set(range(min(positions, default=len(names)) + 1, len(names) + 1))
        else:
            positions = {
                position + 1
                for position in positions
                if position < len(names) and names[position] == token
            }
    return len(names) in positions


def subscribes_to(patterns: Iterable[str], subject: str) -> bool:
    """Return whether a subscriber to these patterns is sent an event with this subject."""
    return subject in SENT_TO_PLUGINS and any(matches(each, subject) for each in patterns)


def never_matches(pattern: str) -> bool:
    """Return whether a pattern matches no event that is sent to plugins."""
    return not any(matches(pattern, each) for each in SENT_TO_PLUGINS)


def matches_platform_only(pattern: str) -> bool:
    """Return whether a pattern matches only events that the platform sends, not the emulator."""
    matched = {each for each in SENT_TO_PLUGINS if matches(pattern, each)}
    return bool(matched) and matched <= NOT_EMITTED


def gets_envelope(client_version: str | None) -> bool:
    """Return whether ``on_event`` gets the whole event; otherwise it gets only its ``payload``.

    Plugins deployed by a client from 26.2 on get the whole event (documented).

    Args:
        client_version: the version of the client that deployed the plugin; a client that states no
            version counts as new.
    """
    numbers = version_numbers(client_version)
    return not numbers or numbers >= (26, 2)
