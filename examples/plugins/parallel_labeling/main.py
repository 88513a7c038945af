"""Merge the labels of several people, who each answer other jobs, into one label."""

from kili.plugins import PluginCore
from parts import merged, unanswered

# The app accepts no label without an answer to each required job. As each person answers only some
# jobs, no job is required in the interface. The merged label may lack the jobs listed here.
OPTIONAL = ("SIGN",)


class PluginHandler(PluginCore):
    """Merges the parts of an asset's label when a submit completes them."""

    def on_submit(self, label, asset_id):
        """Merge the parts if all expected people have labeled the asset."""
        (project,) = self.kili.projects(
            project_id=self.project_id,
            fields=["minConsensusSize", "jsonInterface"],
            disable_tqdm=True,
        )
        parts = self.parts_of(asset_id)
        people = project["minConsensusSize"]
        # The merged label counts as a part, too, so that it is added only once, even on a platform
        # that calls a plugin for its own labels.
        if people < 2 or len(parts) != people:
            self.logger.info(f"Part {len(parts)} of {people}")
            return
        response = merged(parts)
        unanswered_jobs = unanswered(project["jsonInterface"]["jobs"], response)
        missing = [name for name in unanswered_jobs if name not in OPTIONAL]
        if missing:
            self.logger.warning(f"Nobody has answered {', '.join(missing)}")
            return
        self.add(asset_id, response)

    def parts_of(self, asset_id):
        """Return the newest json response of each person who labeled an asset."""
        labels = self.kili.labels(
            project_id=self.project_id,
            asset_id=asset_id,
            type_in=["DEFAULT"],
            fields=["jsonResponse", "isLatestDefaultLabelForUser"],
            disable_tqdm=True,
        )
        return [each["jsonResponse"] for each in labels if each["isLatestDefaultLabelForUser"]]

    def add(self, asset_id, response):
        """Add the merged label."""
        # In a workflow with steps, a finished asset refuses a label that names no step. With newer
        # SDKs, step_name="Label" would add the label as a correction instead.
        self.kili.send_back_to_queue(asset_ids=[asset_id])
        self.kili.append_labels(
            asset_id_array=[asset_id], json_response_array=[response], label_type="DEFAULT"
        )
        self.logger.info(f"Merged {', '.join(response)}")
