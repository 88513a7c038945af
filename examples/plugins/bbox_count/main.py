"""Sends an asset back when its label has more boxes than allowed, and says why in an issue."""

from kili.plugins import PluginCore

MAXIMUM = 1


def count_boxes(label):
    """How many boxes a label has in the job ``JOB_0``."""
    return len(label["jsonResponse"].get("JOB_0", {}).get("annotations", []))


class PluginHandler(PluginCore):
    """Checks each label as it is submitted."""

    def on_submit(self, label, asset_id):
        """Called for each submitted label."""
        print("On submit called")
        self.check_number_of_boxes(label, asset_id)

    def check_number_of_boxes(self, label, asset_id):
        """Create an issue and send the asset back, where there are too many boxes."""
        self.logger.info("Custom method - checking number of bboxes")
        count = count_boxes(label)
        if count <= MAXIMUM:
            return
        self.logger.info("Creating an issue...")
        self.kili.create_issues(
            project_id=self.project_id,
            label_id_array=[label["id"]],
            text_array=[f"There are {count} bounding boxes, and at most {MAXIMUM} is allowed"],
        )
        self.kili.send_back_to_queue(asset_ids=[asset_id])
        self.logger.info("Issue created!")
