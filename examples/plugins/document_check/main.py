"""Checks the entities of a document: an issue on each wrong one, and the document to review."""

from checks import problem
from kili.plugins import PluginCore

JOB = "ENTITIES"


class PluginHandler(PluginCore):
    """Checks each label as it is submitted."""

    def on_submit(self, label, asset_id):
        """Called for each submitted label."""
        entities = label["jsonResponse"].get(JOB, {}).get("annotations", [])
        problems = [(each.get("mid"), text) for each in entities if (text := problem(each))]
        right = len(entities) - len(problems)
        self.logger.info(f"{right} of {len(entities)} entities are right")
        # Metadata can be any text; one that is no JSON is read back as {} by the SDK.
        self.kili.update_properties_in_assets(
            asset_ids=[asset_id], json_metadatas=[f"{right} of {len(entities)} entities are right"]
        )
        if problems:
            self.have_reviewed(label, asset_id, problems)

    def have_reviewed(self, label, asset_id, problems):
        """Point at each entity that is wrong, and put the document up for review.

        Args:
            problems: the ``mid`` of an annotation and what is wrong with it.
        """
        self.kili.create_issues(
            project_id=self.project_id,
            label_id_array=[label["id"]] * len(problems),
            object_mid_array=[mid for mid, _ in problems],
            text_array=[text for _, text in problems],
        )
        self.kili.add_to_review(asset_ids=[asset_id])
        self.logger.warning(f"{len(problems)} issues: sent to review")
