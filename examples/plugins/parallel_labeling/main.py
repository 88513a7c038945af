"""Merges what several people, each with jobs of their own, say about an asset into one label."""

from kili.plugins import PluginCore
from parts import merged, unanswered

# Kili lets nobody submit a label without an answer to a required job. As each person answers some
# jobs only, none is required in the interface; these are the ones that nobody has to answer.
OPTIONAL = ("SIGN",)


class PluginHandler(PluginCore):
    """Looks after each submit whether all parts of an asset's label are there."""

    def on_submit(self, label, asset_id):
        """Called for each submitted label."""
        (project,) = self.kili.projects(
            project_id=self.project_id,
            fields=["minConsensusSize", "jsonInterface"],
            disable_tqdm=True,
        )
        parts = self.parts_of(asset_id)
        people = project["minConsensusSize"]
        # The merged label is a part more, which is why it is added only once, also where a
        # plugin's own labels call it again.
        if people < 2 or len(parts) != people:
            self.logger.info(f"Part {len(parts)} of {people}")
            return
        response = merged(parts)
        lacking = unanswered(project["jsonInterface"]["jobs"], response)
        missing = [name for name in lacking if name not in OPTIONAL]
        if missing:
            self.logger.warning(f"Nobody has answered {', '.join(missing)}")
            return
        self.add(asset_id, response)

    def parts_of(self, asset_id):
        """The newest json response of each person who labeled an asset."""
        labels = self.kili.labels(
            project_id=self.project_id,
            asset_id=asset_id,
            type_in=["DEFAULT"],
            fields=["jsonResponse", "isLatestDefaultLabelForUser"],
            disable_tqdm=True,
        )
        return [each["jsonResponse"] for each in labels if each["isLatestDefaultLabelForUser"]]

    def add(self, asset_id, response):
        """Add the whole label."""
        # Where a workflow has steps, an asset that is done takes no label that names no step. SDKs
        # that can name one would add the label as a correction, with step_name="Label".
        self.kili.send_back_to_queue(asset_ids=[asset_id])
        self.kili.append_labels(
            asset_id_array=[asset_id], json_response_array=[response], label_type="DEFAULT"
        )
        self.logger.info(f"Merged {', '.join(response)}")
