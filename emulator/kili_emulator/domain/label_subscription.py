"""GraphQL subscriptions to labels (contract/subscription.md#labels-created-or-updated)."""

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
    """A subscription to the labels of any type that the API creates or changes in a project."""

    project_id: str

    def accepts(self, event: Event) -> bool:
        """Return whether an event is to be sent to the subscriber."""
        subject: str = event["event"]
        is_label_event = is_about_new_label(subject) or subject == "label.workflow.edited"
        return is_label_event and bool(event["projectId"] == self.project_id)

    def check(self, access: Access) -> None:
        """Check that the actor may subscribe to the project.

        Raises:
            KiliError: the project is unknown or deleted, or the actor does not see it.
        """
        if not access.can_see(self.project_id):
            raise errors.access_denied()

    def value_for_event(self, access: Access, event: Event) -> LabelDoc | None:
        """Return the label that an event is about; ``None`` if the label is deleted already.

        Its response has no white space between its elements, as recorded from the platform.

        Raises:
            KiliError: the actor does not see the project any more.
        """
        self.check(access)
        label = access.view.labels.get(event["payload"]["labelId"])
        if not label:
            return None
        return {**label, "jsonResponse": compact_json(label["jsonResponse"])}
