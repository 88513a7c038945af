"""Errors about questions why a plugin was not called (the control plane's)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError

WHY_QUESTION = (
    "give exactly one of label (an id), asset (an id, or an external id together with project) and "
    "event (an id of the audit trail); plugin (a name or id) is optional"
)


def why_question() -> KiliError:
    """The question names no subject, or more than one."""
    return KiliError(WHY_QUESTION)


def label_not_known(label_id: str) -> KiliError:
    """No label, and no deleted label, has this id."""
    return KiliError(
        f'no label in this world, and no deleted one, has the id "{label_id}": append_labels '
        "returns the ids of labels, and `kili-emulator world list` lists the worlds"
    )


def asset_not_known(name: str) -> KiliError:
    """No asset, and no deleted asset, has this id or external id."""
    return KiliError(
        f'no asset in this world has the id "{name}": for an external id, give the project too'
    )


def event_not_known(event_id: str) -> KiliError:
    """No event has this id."""
    return KiliError(
        f'no event in this world has the id "{event_id}": kili.events.list lists those of a project'
    )


def event_without_project(event_id: str) -> KiliError:
    """The event belongs to no project."""
    return KiliError(
        f'the event "{event_id}" belongs to no project: plugins are only called for events of a '
        "project, so ask about one of those"
    )
