"""Situations of labels."""

from __future__ import annotations

from kili_emulator.domain.lock import LIFETIME
from tests.contract.plugin_calls.situations.registry import (
    WAYS_TO_LABEL,
    SteppedProject,
    for_each_way,
    situation,
)
from tests.kit.responses import BLUE_JSON, RED_JSON
from tests.kit.world_time import advance


@for_each_way(*WAYS_TO_LABEL)
def a_label_is_saved_submitted_and_reviewed(steps: SteppedProject, way: str) -> None:
    """Label with full review coverage; each author has locked the asset before."""
    steps.change_step("review step", stepCoverage=100)
    for key, kind in (("labeler", "DEFAULT"), ("reviewer", "REVIEW")):
        steps.label(way, "waiting", key, "AUTOSAVE")
        steps.label(way, "waiting", key, kind)
    for kind in ("PREDICTION", "INFERENCE"):
        steps.label(way, "waiting", "manager", kind)


@for_each_way(*WAYS_TO_LABEL)
def a_label_moves_an_asset_to_the_next_step(steps: SteppedProject, way: str) -> None:
    """Move an asset from one review to the next."""
    data = {"projectId": steps.project, "name": "Review 2", "assignees": [steps.names["rita"]]}
    steps.call("addReviewStep", input=data)
    steps.label(way, "in review", "reviewer", "REVIEW")


@situation
def a_label_names_a_step(steps: SteppedProject) -> None:
    """Correct a finished step, and add a review that moves the asset to its step."""
    row = {"jsonResponse": RED_JSON}
    steps.label_on("label step", "labeled", "reviewer", "DEFAULT", row)
    steps.label_on("review step", "labeled", "reviewer", "REVIEW", row)


@for_each_way(*WAYS_TO_LABEL)
def a_label_brings_a_skipped_asset_back(steps: SteppedProject, way: str) -> None:
    steps.call("skipAsset", reason="", where={"id": steps.names["in review"]})
    steps.label(way, "in review", "reviewer", "REVIEW")
    steps.label(way, "skipped")


@for_each_way(*WAYS_TO_LABEL)
def an_administrator_joins_with_a_label(steps: SteppedProject, way: str) -> None:
    for asset, kind in (("waiting", "DEFAULT"), ("in review", "REVIEW")):
        steps.remove_member("admin")
        steps.label(way, asset, "admin", kind)


@for_each_way(*WAYS_TO_LABEL)
def an_expired_lock_is_taken_over(steps: SteppedProject, way: str) -> None:
    steps.label(way, "waiting", "labeler", "AUTOSAVE")
    advance(steps.wire.emulator.world, 2 * LIFETIME)
    steps.label(way, "waiting", "reviewer", "AUTOSAVE")


@for_each_way(*WAYS_TO_LABEL)
def labels_are_compared(steps: SteppedProject, way: str) -> None:
    steps.make_honeypot()
    steps.require_consensus()
    for key in ("labeler", "manager"):
        steps.label(way, "waiting", key)
    steps.call("addAssetsToReview", where={"id": steps.names["waiting"]})
    steps.label(way, "waiting", "reviewer", "REVIEW", BLUE_JSON)


@situation
def compared_labels_are_changed(steps: SteppedProject) -> None:
    labels_are_compared(steps, WAYS_TO_LABEL[0])
    for kind in ("DEFAULT", "REVIEW"):
        where = {"asset": {"id": steps.names["waiting"]}, "typeIn": [kind]}
        found = steps.wire.list("labels", where, selection="id isHoneypot")
        (label, *_) = [each["id"] for each in found if not each["isHoneypot"]]
        steps.call("updatePropertiesInLabel", data={"jsonResponse": BLUE_JSON}, where={"id": label})
        steps.call("updatePropertiesInLabel", data={"jsonResponse": RED_JSON}, where={"id": label})


@situation
def a_labeled_asset_becomes_a_honeypot(steps: SteppedProject) -> None:
    steps.make_honeypot("labeled")
    for flag in (False, True):
        where = [{"id": steps.names["labeled"]}]
        steps.call("updatePropertiesInAssets", where=where, data=[{"isHoneypot": flag}])


@situation
def an_asset_with_two_labels_is_used_for_consensus(steps: SteppedProject) -> None:
    for key in ("labeler", "manager"):
        steps.label("appendManyLabels", "waiting", key)
        steps.call("sendAssetsBackToQueue", where={"id": steps.names["waiting"]})
    steps.call("skipAsset", reason="", where={"id": steps.names["waiting"]})
    steps.call("unskipAsset", projectId=steps.project, assetId=steps.names["waiting"])
    steps.require_consensus()


@situation
def compared_labels_are_copied(steps: SteppedProject) -> None:
    labels_are_compared(steps, WAYS_TO_LABEL[0])
    data = {"projectId": steps.project, "shouldCopyAssets": True, "shouldCopyUsers": True}
    copied = steps.call("copyProject", data=data)
    where = {"project": {"id": copied}, "externalIdStrictlyIn": ["waiting"]}
    (there,) = steps.wire.ids("assets", where)
    ids = {"srcAssetId": steps.names["waiting"], "dstAssetId": there, "projectId": copied}
    steps.call("copyLabels", data=ids)
