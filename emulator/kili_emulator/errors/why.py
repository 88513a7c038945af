"""What is refused of those who ask why a plugin was not called (the control plane's)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError

WHY_QUESTION = (
    "ask about one of label (an id), asset (an id, or with project an external id) or event (an id "
    "of the audit trail), and where wanted name a plugin"
)


def why_question() -> KiliError:
    """It is not said, or not clearly, about what."""
    return KiliError(WHY_QUESTION)


def label_not_known(label_id: str) -> KiliError:
    """There is no such label, and nothing tells of one."""
    return KiliError(
        f'there is no label "{label_id}" in this world, and none that was deleted had this id: '
        "append_labels answers the ids of labels, and `kili-emulator world list` the worlds"
    )


def asset_not_known(name: str) -> KiliError:
    """There is no such asset, and nothing tells of one."""
    return KiliError(
        f'there is no asset with the id "{name}" in this world: for an external id, name the '
        "project, too"
    )


def event_not_known(event_id: str) -> KiliError:
    """There is no such event."""
    return KiliError(
        f'there is no event "{event_id}" in this world: kili.events.list shows those of a project'
    )


def event_without_project(event_id: str) -> KiliError:
    """The event belongs to no project."""
    return KiliError(
        f'the event "{event_id}" belongs to no project: plugins are only called for events of a '
        "project, so ask about one of those"
    )
