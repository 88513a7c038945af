"""Prioritize the assets that reviewers reject, and record who skipped an asset."""

from kili.plugins import PluginCore, on_kili_event
from kili_events import (
    AssetSkippedEvent,
    LabelWorkflowCreatedDefaultEvent,
    LabelWorkflowRejectedEvent,
)

URGENT = 10


class PluginHandler(PluginCore):
    """Handlers of typed events, each for the event that its parameter's annotation names."""

    @on_kili_event
    def on_rejection(self, event: LabelWorkflowRejectedEvent):
        """Give a rejected asset a high priority, so that it is labeled again first."""
        self.logger.info(f"{event.payload.external_id} was rejected")
        self.kili.set_assets_priority(URGENT, asset_ids=[event.payload.asset_id])

    @on_kili_event
    def on_label(self, event: LabelWorkflowCreatedDefaultEvent):
        """Reset the priority of an asset once it is labeled."""
        self.kili.set_assets_priority(0, asset_ids=[event.payload.asset_id])

    @on_kili_event
    def on_skip(self, event: AssetSkippedEvent):
        """Write the id of the user who skipped an asset into its metadata."""
        self.logger.info(f"{event.payload.external_id} was skipped")
        (asset,) = self.kili.assets(
            self.project_id, event.payload.asset_id, fields=["jsonMetadata"], disable_tqdm=True
        )
        metadata = {**asset["jsonMetadata"], "skippedBy": event.user_id}
        self.kili.update_properties_in_assets(
            asset_ids=[event.payload.asset_id], json_metadatas=[metadata]
        )
