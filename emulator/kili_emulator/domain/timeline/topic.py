"""The topic of a timeline: a run, an asset, or a project."""

from __future__ import annotations

from typing import NamedTuple

from kili_emulator.domain.documents import EventDoc, RunDoc
from kili_emulator.domain.timeline.requests import TracedRequest
from kili_emulator.rules.named_ids import named_ids


class Topic(NamedTuple):
    """What a timeline is about; without a member, the whole world.

    Attributes:
        run: the id of a run.
        asset: the id of an asset.
        project: the id of a project.
    """

    run: str | None = None
    asset: str | None = None
    project: str | None = None

    def has_run(self, run: RunDoc) -> bool:
        """Return whether a run is about the topic."""
        if self.run is not None:
            return run["id"] == self.run
        return self._has(run["metadata"]["assetId"], run["projectId"])

    def has_event(self, event: EventDoc) -> bool:
        """Return whether an event is about the topic."""
        asset_id = event["payload"].get("assetId")
        return self.run is None and self._has(asset_id, event["projectId"])

    def has_request(self, request: TracedRequest) -> bool:
        """Return whether a request names the topic, or changed its document."""
        wanted = self.asset or self.project
        if wanted is None:
            return False
        if any(wanted in change["ids"] for change in request.changes):
            return True
        if request.record is not None:
            return wanted in named_ids(request.record.variables, request.record.query)
        return request.call is not None and wanted in named_ids(request.call["arguments"])

    def _has(self, asset_id: str | None, project_id: str) -> bool:
        return self.asset in (None, asset_id) and self.project in (None, project_id)


WHOLE_WORLD = Topic()
