"""A labeling day in the workflow with steps, as the SDK meets it.

See contract/workflow.md#steps, contract/workflow.md#lock-reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from kili.exceptions import GraphQLError

from kili_emulator.app import Emulator
from kili_emulator.domain.lock import LIFETIME
from kili_emulator.rules.workflow import NewWorkflow
from tests.kit.labeling_project import BLUE, Day, email
from tests.kit.wire import Wire
from tests.kit.world_content import RED

pytestmark = pytest.mark.filterwarnings("ignore:Field status requested")


@pytest.fixture
def day(kili_emulator: Emulator) -> Day:
    return Day(kili_emulator)


@pytest.fixture
def wire(kili_emulator: Emulator) -> Iterator[Wire]:
    opened = Wire(kili_emulator)
    yield opened
    opened.close()


@pytest.fixture
def reviewed_day(day: Day) -> Day:
    """Every labeled asset goes to the review."""
    day.kili.update_review_step_properties(day.project, "Review 1", step_coverage=100)
    return day


def test_a_label_completes_the_labeling_and_coverage_brings_the_asset_to_review(day: Day) -> None:
    assert (day.place("one"), day.status("one")) == ("Label TO_DO", "TODO")
    day.label("labeler", "one")
    assert (day.place("one"), day.status("one")) == ("Label DONE", "LABELED")
    day.kili.update_review_step_properties(day.project, "Review 1", step_coverage=100)
    day.label("labeler", "two")
    assert (day.place("two"), day.status("two")) == ("Review 1 TO_DO", "TO_REVIEW")


def test_an_autosave_is_work_in_progress(day: Day) -> None:
    day.label("labeler", "one", "AUTOSAVE")
    assert (day.place("one"), day.status("one")) == ("Label IN_PROGRESS", "ONGOING")
    day.label("labeler", "one")
    assert day.place("one") == "Label DONE"


def test_predictions_and_inferences_move_nothing(day: Day) -> None:
    for kind in ("PREDICTION", "INFERENCE"):
        day.label("admin", "one", kind, model_name="m")
    assert day.place("one") == "Label TO_DO"


def test_a_review_completes_the_last_step(reviewed_day: Day) -> None:
    day = reviewed_day
    day.label("labeler", "one")
    day.label("reviewer", "one", "AUTOSAVE")
    assert (day.place("one"), day.status("one")) == ("Review 1 IN_PROGRESS", "TO_REVIEW")
    day.label("reviewer", "one", "REVIEW")
    assert (day.place("one"), day.status("one")) == ("Review 1 DONE", "REVIEWED")
    seen = day.labels("one", "labelType", "assetStep.name")
    steps = [(each["labelType"], each["assetStep"]["name"]) for each in seen]
    assert steps == [("DEFAULT", "Label"), ("AUTOSAVE", "Review 1"), ("REVIEW", "Review 1")]


def test_what_was_not_drawn_is_added_to_review_by_hand(day: Day) -> None:
    day.label("labeler", "one")
    ids = [day.id(each) for each in ("one", "two")]
    outcome = day.kili.add_to_review(ids)
    assert day.place("one") == "Review 1 TO_DO"
    assert day.place("two") == "Label TO_DO"
    assert [each["assetId"] for each in outcome["succeeded"]] == ids[:1]
    assert [each["assetId"] for each in outcome["declined"]] == ids[1:]
    assert day.events("asset.workflow.setToNextStep") == ["asset.workflow.setToNextStep"]


def test_a_review_sends_back_to_the_labeling_step_and_the_asset_is_labeled_again(
    reviewed_day: Day,
) -> None:
    day = reviewed_day
    first = day.label("labeler", "one")
    day.kili.send_back_to_queue([day.id("one")])
    assert (day.place("one"), day.status("one")) == ("Label REWORK", "ONGOING")
    (label,) = day.labels("one", "id", "isSentBackToQueue")
    assert label == {"id": first, "isSentBackToQueue": True}
    assert day.events("label.workflow.rejected") == ["label.workflow.rejected"]
    day.label("labeler", "one", response=BLUE)
    assert day.place("one") == "Review 1 TO_DO"


def test_a_later_review_sends_back_to_the_step_that_it_names(reviewed_day: Day) -> None:
    day = reviewed_day
    people = [email("reviewer"), email("admin")]
    day.kili.add_review_step(
        day.project, "Review 2", people, step_coverage=100, send_back_to_step="Review 1"
    )
    day.label("labeler", "one")
    day.label("reviewer", "one", "REVIEW")
    assert (day.place("one"), day.status("one")) == ("Review 2 TO_DO", "TO_REVIEW")
    day.kili.send_back_to_queue([day.id("one")])
    assert (day.place("one"), day.status("one")) == ("Review 1 REWORK", "ONGOING")
    day.label("reviewer", "one", "REVIEW", BLUE)
    day.label("admin", "one", "REVIEW", BLUE)
    assert (day.place("one"), day.status("one")) == ("Review 2 DONE", "REVIEWED")


def test_a_labeled_asset_can_be_sent_back_and_one_to_be_labeled_cannot(day: Day) -> None:
    day.label("labeler", "one")
    outcome = day.kili.send_back_to_queue([day.id("one"), day.id("two")])
    assert (day.place("one"), day.place("two")) == ("Label REWORK", "Label TO_DO")
    assert [each["assetId"] for each in outcome["declined"]] == [day.id("two")]


def test_a_skipped_asset_waits_for_nobody_until_it_is_unskipped(day: Day) -> None:
    one = day.id("one")
    day.kili.skip_or_unskip("skip", one, day.project, "blurred")
    assert day.place("one") == "Label SKIPPED"
    assert day.asset("one", "skipped")["skipped"] is True
    for change in (day.kili.add_to_review, day.kili.send_back_to_queue):
        assert [each["assetId"] for each in change([one])["declined"]] == [one]
    day.kili.skip_or_unskip("unskip", one, day.project)
    assert (day.place("one"), day.asset("one", "skipped")["skipped"]) == ("Label TO_DO", False)


def test_a_label_brings_a_skipped_asset_back(day: Day) -> None:
    day.kili.skip_or_unskip("skip", day.id("one"), day.project, "blurred")
    day.label("labeler", "one")
    assert (day.place("one"), day.asset("one", "skipped")["skipped"]) == ("Label DONE", False)


@pytest.mark.parametrize("version", ["V1", "V2"])
def test_work_in_progress_does_not_bring_a_skipped_asset_back(
    kili_emulator: Emulator, version: str
) -> None:
    day = Day(kili_emulator, NewWorkflow(version))
    day.kili.skip_or_unskip("skip", day.id("one"), day.project, "blurred")
    day.label("labeler", "one", "AUTOSAVE")
    assert (day.status("one"), day.asset("one", "skipped")["skipped"]) == ("TODO", True)
    day.kili.skip_or_unskip("unskip", day.id("one"), day.project)
    assert (day.status("one"), day.asset("one", "skipped")["skipped"]) == ("TODO", False)


def test_the_older_way_to_skip_leaves_the_asset_on_its_step(reviewed_day: Day, wire: Wire) -> None:
    day = reviewed_day
    data = {"jsonResponse": RED, "labelType": "DEFAULT", "skipped": True}
    wire.call("appendToLabels", "labeler", data=data, where={"id": day.id("one")}, selection="id")
    assert (day.place("one"), day.asset("one", "skipped")["skipped"]) == ("Label SKIPPED", True)
    assert len(day.labels("one", "id")) == 1


def test_the_status_follows_from_the_step_alone(day: Day, wire: Wire) -> None:
    where, data = [{"id": day.id("one")}], [{"status": "LABELED"}]
    refusal = wire.refusal("updatePropertiesInAssets", where=where, data=data)
    assert "status follows from its step" in refusal
    added = {"contentArray": ["text"], "externalIDArray": ["four"], "statusArray": ["REVIEWED"]}
    refusal = wire.refusal("appendManyAssets", data=added, where={"id": day.project})
    assert "status follows from its step" in refusal
    wire.call(
        "appendManyAssets", data={**added, "statusArray": ["TODO"]}, where={"id": day.project}
    )
    assert (day.place("four"), day.status("four")) == ("Label TO_DO", "TODO")


def test_only_what_waits_for_work_gets_a_priority(day: Day) -> None:
    day.label("labeler", "one")
    day.kili.skip_or_unskip("skip", day.id("two"), day.project, "blurred")
    ids = [day.id(each) for each in ("one", "two", "three")]
    outcome = day.kili.set_assets_priority(3, asset_ids=ids)
    assert [each["assetId"] for each in outcome["succeeded"]] == ids[2:]
    assert {each["assetId"] for each in outcome["declined"]} == set(ids[:2])
    assert day.asset("three", "priority")["priority"] == 3


# Why somebody cannot label an asset, in the SDK's sentences


def refused(day: Day, sentence: str, *label: Any, **options: Any) -> None:
    before = day.place(label[1])
    with pytest.raises(ValueError, match=sentence):
        day.label(*label, **options)
    assert day.place(label[1]) == before


def test_who_labeled_an_asset_cannot_submit_again_once_it_is_done(day: Day) -> None:
    day.label("labeler", "one")
    refused(day, "You already labeled this asset, but you can still correct it", "labeler", "one")
    sentence = "This asset is already labeled or reviewed and cannot be edited"
    day.kili.append_to_roles(day.project, "new@example.com", "LABELER")
    refused(day, sentence, "admin", "one", author_id_array=[new_user(day)])
    sentence = "This asset is completed. Take it for review to make changes"
    refused(day, sentence, "reviewer", "one", "REVIEW")


def new_user(day: Day) -> str:
    (found,) = day.kili.users(email="new@example.com", fields=["id"])
    return str(found["id"])


def test_the_step_of_a_label_is_the_one_where_the_asset_stands(reviewed_day: Day) -> None:
    day = reviewed_day
    refused(day, "You cannot edit this asset in its current step", "reviewer", "one", "REVIEW")
    ahead = {"kind": "REVIEW", "step_name": "Review 1"}
    refused(day, "You cannot edit this asset in its current step", "reviewer", "one", **ahead)
    with pytest.raises(GraphQLError, match='step "Review 1" takes REVIEW labels'):
        day.label("labeler", "one", step_name="Review 1")
    day.label("labeler", "one", step_name="Label")
    sentence = "awaiting to be reviewed but can still be corrected"
    refused(day, sentence, "labeler", "one")
    refused(day, "You cannot edit this asset in its current step", "manager", "one")
    review = day.steps()["Review 1"]["id"]
    day.label("reviewer", "one", "REVIEW", step_id=review)
    assert day.place("one") == "Review 1 DONE"


def test_who_is_not_among_the_assignees_of_a_step_cannot_work_on_it(reviewed_day: Day) -> None:
    day = reviewed_day
    assignees = [email("manager")]
    day.kili.update_review_step_properties(day.project, "Review 1", assignees=assignees)
    day.label("labeler", "one")
    refused(day, "You cannot edit this asset in its current step", "reviewer", "one", "REVIEW")
    day.label("manager", "one", "REVIEW")
    assert day.place("one") == "Review 1 DONE"


def test_an_assigned_asset_is_for_its_assignees(day: Day) -> None:
    assigned = [[day.user("labeler")]]
    day.kili.assign_assets_to_labelers(asset_ids=[day.id("one")], to_be_labeled_by_array=assigned)
    refused(day, "This asset is assigned to someone else", "reviewer", "one")
    refused(day, "you are not assigned to it", "manager", "one")
    day.label("labeler", "one")
    assert day.place("one") == "Label DONE"


def test_only_the_labeling_of_an_asset_is_assigned(reviewed_day: Day) -> None:
    day = reviewed_day
    assigned = [[day.user("labeler")]]
    day.kili.assign_assets_to_labelers(asset_ids=[day.id("one")], to_be_labeled_by_array=assigned)
    day.label("labeler", "one")
    day.label("reviewer", "one", "REVIEW")
    assert day.place("one") == "Review 1 DONE"


def test_nobody_works_on_two_steps_of_one_asset_where_steps_are_separate(
    reviewed_day: Day,
) -> None:
    day = reviewed_day
    day.kili.update_project_workflow(day.project, enforce_step_separation=True)
    day.label("reviewer", "one")
    refused(day, "you already worked on another step", "reviewer", "one", "REVIEW")
    day.label("manager", "one", "REVIEW")
    assert day.place("one") == "Review 1 DONE"


def test_an_asset_that_somebody_is_at_work_on_is_locked_for_others(day: Day) -> None:
    day.label("labeler", "one", "AUTOSAVE")
    sentence = "This asset is currently being edited by another user"
    for kind in ("DEFAULT", "AUTOSAVE"):
        refused(day, sentence, "reviewer", "one", kind)
    day.label("labeler", "one")
    day.kili.send_back_to_queue([day.id("one")])
    day.label("reviewer", "one")
    assert day.place("one") == "Label DONE"


def test_a_lock_that_ran_out_keeps_nobody(day: Day) -> None:
    day.label("labeler", "one", "AUTOSAVE")
    day.emulator.world.clock.offset += LIFETIME + timedelta(minutes=1)
    day.label("reviewer", "one")
    assert day.place("one") == "Label DONE"


def test_one_refused_label_leaves_nothing_of_its_call(day: Day) -> None:
    day.label("labeler", "one")
    ids = [day.id("two"), day.id("one")]
    with pytest.raises(ValueError, match="You already labeled this asset"):
        day.emulator.client("labeler").append_labels(
            asset_id_array=ids, json_response_array=[BLUE] * 2, project_id=day.project
        )
    assert day.place("two") == "Label TO_DO"
    assert day.labels("two", "id") == []
