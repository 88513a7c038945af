"""Send an asset back when its label has more boxes than allowed, with an issue that says why."""

from collections import Counter

from kili.plugins import PluginCore

JOB = "JOB_0"
AT_MOST = 1  # of each class


def count_boxes(label):
    """Count the boxes of each class in a label."""
    annotations = label["jsonResponse"].get(JOB, {}).get("annotations", [])
    return Counter(each["categories"][0]["name"] for each in annotations)


class PluginHandler(PluginCore):
    """Checks each label when it is submitted."""

    def on_submit(self, label, asset_id):
        """Check a submitted label."""
        print("On submit called")
        self.check_number_of_boxes(label, asset_id)

    def check_number_of_boxes(self, label, asset_id):
        """Create an issue for each class with too many boxes, and send the asset back."""
        self.logger.info("Custom method - checking number of bboxes")
        texts = [
            f"There are {count} bounding boxes of {name}, and at most {AT_MOST} is allowed"
            for name, count in count_boxes(label).items()
            if count > AT_MOST
        ]
        if not texts:
            return
        self.logger.info("Creating an issue...")
        self.kili.create_issues(
            project_id=self.project_id,
            label_id_array=[label["id"]] * len(texts),
            text_array=texts,
        )
        self.kili.send_back_to_queue(asset_ids=[asset_id])
        self.logger.info("Issue created!")
