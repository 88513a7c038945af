"""Sees to what reviewers reject and what labelers skip."""

from kili.plugins import PluginCore, on_kili_event
from kili_events import (
    AssetSkippedEvent,
    LabelWorkflowCreatedDefaultEvent,
    LabelWorkflowRejectedEvent,
)

URGENT = 10


class PluginHandler(PluginCore):
    """Each method is called for the events that its parameter's annotation names."""

    @on_kili_event
    def on_rejection(self, event: LabelWorkflowRejectedEvent):
        """What a review sent back comes before anything else."""
        self.logger.info(f"{event.payload.external_id} was rejected")
        self.kili.set_assets_priority(URGENT, asset_ids=[event.payload.asset_id])

    @on_kili_event
    def on_label(self, event: LabelWorkflowCreatedDefaultEvent):
        """What is labeled is not urgent any more, for its reviewer neither."""
        self.kili.set_assets_priority(0, asset_ids=[event.payload.asset_id])

    @on_kili_event
    def on_skip(self, event: AssetSkippedEvent):
        """Who skipped an asset is kept with it."""
        self.logger.info(f"{event.payload.external_id} was skipped")
        (asset,) = self.kili.assets(
            self.project_id, event.payload.asset_id, fields=["jsonMetadata"], disable_tqdm=True
        )
        metadata = {**asset["jsonMetadata"], "skippedBy": event.user_id}
        self.kili.update_properties_in_assets(
            asset_ids=[event.payload.asset_id], json_metadatas=[metadata]
        )
