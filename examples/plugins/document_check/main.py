"""Check the entities of a document: create an issue about each wrong one, and ask for a review."""

from checks import problem
from kili.plugins import PluginCore

JOB = "ENTITIES"


class PluginHandler(PluginCore):
    """Checks each label when it is submitted."""

    def on_submit(self, label, asset_id):
        """Check the entities of a submitted label."""
        entities = label["jsonResponse"].get(JOB, {}).get("annotations", [])
        problems = [(each.get("mid"), text) for each in entities if (text := problem(each))]
        right = len(entities) - len(problems)
        self.logger.info(f"{right} of {len(entities)} entities are right")
        # Metadata can be any text; the SDK reads a text that is not JSON back as {}.
        self.kili.update_properties_in_assets(
            asset_ids=[asset_id], json_metadatas=[f"{right} of {len(entities)} entities are right"]
        )
        if problems:
            self.request_review(label, asset_id, problems)

    def request_review(self, label, asset_id, problems):
        """Create an issue about each wrong entity, and send the document to review.

        Args:
            problems: for each wrong annotation, its ``mid`` and the text of the issue.
        """
        self.kili.create_issues(
            project_id=self.project_id,
            label_id_array=[label["id"]] * len(problems),
            object_mid_array=[mid for mid, _ in problems],
            text_array=[text for _, text in problems],
        )
        self.kili.add_to_review(asset_ids=[asset_id])
        self.logger.warning(f"{len(problems)} issues: sent to review")
