"""Situations of assets: skipping, sending back, adding to review and assignment."""

from __future__ import annotations

from tests.contract.plugin_calls.situations.registry import SteppedProject, for_each_way, situation

WAYS_BACK = ("sendAssetsBackToQueue", "sendBackAssetsToQueue")
WAYS_TO_REVIEW = ("addAssetsToReview", "addAllLabeledAssetsToReview")


@situation
def an_open_asset_is_skipped(steps: SteppedProject) -> None:
    steps.label("appendManyLabels", "waiting", "labeler", "AUTOSAVE")
    steps.call("skipAsset", "labeler", reason="", where={"id": steps.names["waiting"]})


@for_each_way("AUTOSAVE", "DEFAULT", "REVIEW", "PREDICTION", "INFERENCE")
def an_open_asset_is_skipped_with_a_label(steps: SteppedProject, way: str) -> None:
    """Skip an asset with a label, as older clients do."""
    asset = "in review" if way == "REVIEW" else "waiting"
    if way == "REVIEW":
        steps.call("sendAssetsBackToQueue", where={"id": steps.names["in review"]})
        steps.label("appendManyLabels", asset, "labeler")
        steps.call("addAssetsToReview", where={"id": steps.names[asset]})
    steps.label("appendManyLabels", asset, "manager", "AUTOSAVE")
    steps.label("appendToLabels", asset, "manager", way, skipped=True)


@for_each_way(*WAYS_TO_REVIEW)
def a_labeled_asset_is_added_to_review(steps: SteppedProject, way: str) -> None:
    steps.call(way, where={"idIn": [steps.names["labeled"]]})


@for_each_way(*WAYS_BACK)
def assets_are_sent_back(steps: SteppedProject, way: str) -> None:
    """Send assets back from a review, and from the labeling step itself."""
    steps.call(way, where={"idIn": [steps.names["in review"], steps.names["labeled"]]})


@situation
def assets_are_assigned(steps: SteppedProject) -> None:
    where = [{"id": steps.names["waiting"]}]
    data = [{"toBeLabeledBy": ["labeler@example.com", "reviewer@example.com"]}]
    steps.call("updatePropertiesInAssets", where=where, data=data)
    only = {"id": steps.names["label step"], "assignees": [steps.names["rita"]]}
    steps.edit(steps={"updates": [only]})
