"""What subscribers are told (contract/subscription.md#labels-created-or-updated)."""

from __future__ import annotations

from dataclasses import dataclass

from kili_emulator import errors
from kili_emulator.domain.access import Access
from kili_emulator.domain.documents import LabelDoc
from kili_emulator.domain.event_bus import Event
from kili_emulator.rules.json_text import compact_json
from kili_emulator.rules.subjects import is_about_new_label


@dataclass(frozen=True)
class ProjectLabelSubscription:
    """The labels of a project that the API creates or changes, whatever their type."""

    project_id: str

    def accepts(self, event: Event) -> bool:
        """Whether an event is to be told."""
        subject: str = event["event"]
        is_label_event = is_about_new_label(subject) or subject == "label.workflow.edited"
        return is_label_event and bool(event["projectId"] == self.project_id)

    def check(self, access: Access) -> None:
        """Check that somebody may follow the project.

        Raises:
            KiliError: they do not see it, or it is unknown or deleted.
        """
        if not access.can_see(self.project_id):
            raise errors.access_denied()

    def value_for_event(self, access: Access, event: Event) -> LabelDoc | None:
        """The label that an event is about; ``None`` when it is gone already.

        Its response has no white space between its elements, as recorded.

        Raises:
            KiliError: the actor does not see the project any more.
        """
        self.check(access)
        label = access.view.labels.get(event["payload"]["labelId"])
        if not label:
            return None
        return {**label, "jsonResponse": compact_json(label["jsonResponse"])}
