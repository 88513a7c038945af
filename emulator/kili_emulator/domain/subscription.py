"""What subscribers are told (contract/subscription.md#labels-created-or-updated)."""

from __future__ import annotations

from dataclasses import dataclass

from kili_emulator import errors
from kili_emulator.domain import access
from kili_emulator.domain.documents import LabelDoc
from kili_emulator.domain.event_bus import Event
from kili_emulator.domain.world import Actor, View
from kili_emulator.rules.json_text import compact
from kili_emulator.rules.subjects import is_about_new_label


@dataclass(frozen=True)
class ProjectLabels:
    """The labels of a project that the API creates or changes, whatever their type."""

    project_id: str

    def concerns(self, event: Event) -> bool:
        """Whether an event is to be told."""
        subject: str = event["event"]
        is_told = is_about_new_label(subject) or subject == "label.workflow.edited"
        return is_told and bool(event["projectId"] == self.project_id)

    def check(self, view: View, actor: Actor) -> None:
        """Check that somebody may follow the project.

        Raises:
            KiliError: they do not see it, or it is unknown or deleted.
        """
        if not access.sees(view, actor, self.project_id):
            raise errors.access_denied()

    def told(self, view: View, actor: Actor, event: Event) -> LabelDoc | None:
        """The label that an event is about; ``None`` when it is gone already.

        Its response has no white space between its elements, as recorded.

        Raises:
            KiliError: the actor does not see the project any more.
        """
        self.check(view, actor)
        found = view.labels.get(event["payload"]["labelId"])
        if not found:
            return None
        return {**found, "jsonResponse": compact(found["jsonResponse"])}
