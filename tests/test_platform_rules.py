"""Rules of the platform about projects, assets, labels and issues, with the SDK."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from kili_emulator.app import Emulator
from tests.kit.responses import EASY
from tests.kit.wire import Wire
from tests.kit.world_content import INTERFACE

MEDIA = Path(__file__).resolve().parents[1] / "seed_data" / "media"


@pytest.fixture
def project(kili: Any) -> str:
    return str(kili.projects(fields=["id"])[0]["id"])


def asset(kili: Any, project: str, name: str, *fields: str) -> dict[str, Any]:
    """Return an asset of a project, by its external id."""
    wanted = ["id", *fields]
    (found,) = kili.assets(project, external_id_strictly_in=[name], fields=wanted)
    return dict(found)


def status(kili: Any, project: str, name: str) -> str:
    return str(asset(kili, project, name, "status")["status"])


def label(kili: Any, project: str, name: str, kind: str = "DEFAULT", **options: Any) -> str:
    """Append one label to an asset; return its id."""
    (created,) = kili.append_labels(
        asset_id_array=[asset(kili, project, name)["id"]],
        json_response_array=[EASY],
        label_type=kind,
        disable_tqdm=True,
        **options,
    )
    return str(created["id"])


def labels(kili: Any, project: str, name: str, *fields: str) -> list[dict[str, Any]]:
    target = asset(kili, project, name)["id"]
    return list(kili.labels(project, asset_id=target, fields=list(fields)))


def new_project(kili: Any, **options: Any) -> str:
    settings = {"input_type": "IMAGE", "json_interface": INTERFACE, "title": "New", **options}
    return str(kili.create_project(**settings)["id"])


# Projects


def test_a_new_project_has_the_platforms_defaults(kili: Any) -> None:
    created = new_project(kili)
    fields = [
        "archivedAt", "canNavigateBetweenAssets", "canSkipAsset", "consensusTotCoverage",
        "description", "instructions", "minConsensusSize", "numberOfAssets", "reviewCoverage",
        "steps.name", "steps.stepCoverage", "steps.type", "useHoneyPot", "workflowVersion",
    ]  # fmt: skip
    (found,) = kili.projects(created, fields=fields)
    assert found == {
        "archivedAt": None,
        "canNavigateBetweenAssets": True,
        "canSkipAsset": True,
        "consensusTotCoverage": 0,
        "description": "",
        "instructions": None,
        "minConsensusSize": 1,
        "numberOfAssets": 0,
        "reviewCoverage": 0,
        "steps": [
            {"name": "Label", "stepCoverage": None, "type": "DEFAULT"},
            {"name": "Review 1", "stepCoverage": 0, "type": "REVIEW"},
        ],
        "useHoneyPot": False,
        "workflowVersion": "V2",
    }


def test_the_creator_is_the_first_administrator(kili_emulator: Emulator) -> None:
    labeler = kili_emulator.client("labeler")
    created = new_project(labeler)
    (found,) = labeler.projects(created, fields=["roles.role", "roles.user.email"])
    assert found["roles"] == [{"role": "ADMIN", "user": {"email": "labeler@example.com"}}]


@pytest.mark.parametrize("interface", [{}, {"jobs": {}}, INTERFACE])
def test_json_interface_is_read_back_unchanged(kili: Any, interface: dict[str, Any]) -> None:
    created = new_project(kili, json_interface=interface)
    (found,) = kili.projects(created, fields=["jsonInterface"])
    assert found["jsonInterface"] == interface


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [("Plugin%", 1), ("%COUNT the%", 1), ("plugin", 0), ("%objects", 1), ("Cars and%", 1)],
)
def test_project_search_is_an_anchored_pattern_on_title_and_description(
    kili: Any, pattern: str, matches: int
) -> None:
    new_project(kili)
    assert kili.count_projects(search_query=pattern) == matches


def test_metadata_types_have_the_order_of_the_database(kili: Any, project: str) -> None:
    property_ = {"type": "string", "filterable": True}
    given = dict.fromkeys(("sensitiveData", "b", "a"), property_)
    kili.update_properties_in_project(project, metadata_properties=given)
    (found,) = kili.projects(project, fields=["metadataProperties"])
    assert list(found["metadataProperties"]) == ["a", "b", "sensitiveData"]


def test_archived_project_is_listed_by_default(kili: Any, project: str) -> None:
    kili.archive_project(project)
    assert (kili.count_projects(), kili.count_projects(archived=True)) == (1, 1)
    assert kili.count_projects(archived=False) == 0
    kili.unarchive_project(project)
    assert kili.count_projects(archived=False) == 1


def test_deleted_project_is_hidden_with_its_content(kili: Any, project: str) -> None:
    assert kili.delete_project(project) == project
    assert kili.count_projects() == 0
    assert [each["id"] for each in kili.projects(deleted=True, fields=["id"])] == [project]
    assert kili.count_issues(project_id=project) == 0
    assert kili.count_labels(project) == 0
    with pytest.raises(Exception, match="accessDenied"):
        kili.update_properties_in_project(project, title="Back again")


def test_members_see_their_projects_and_administrators_see_all(kili_emulator: Emulator) -> None:
    new_project(kili_emulator.client("manager"), title="The manager's")
    seen = {name: kili_emulator.client(name).count_projects() for name in ("admin", "labeler")}
    assert seen == {"admin": 2, "labeler": 1}


# Assets


def test_local_images_are_uploaded_and_read_back_byte_for_byte(
    kili: Any, kili_emulator: Emulator
) -> None:
    created = new_project(kili)
    files = [MEDIA / name for name in ("pond.png", "farm.png")]
    kili.append_many_to_dataset(
        created, content_array=[str(each) for each in files], external_id_array=["b", "a"],
        disable_tqdm=True,
    )  # fmt: skip
    found = kili.assets(
        created, fields=["externalId", "content", "resolution.width", "jsonContent"]
    )
    assert [(each["externalId"], each["jsonContent"]) for each in found] == [("b", ""), ("a", "")]
    assert all(each["resolution"]["width"] > 0 for each in found)
    headers = {"Authorization": f"X-API-Key: {kili_emulator.key()}"}
    for each, file in zip(found, files, strict=True):
        for method in ("GET", "HEAD"):
            answer = requests.request(method, each["content"], headers=headers, timeout=30)
            assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
            assert answer.headers["Content-Length"] == str(file.stat().st_size)
            assert answer.content == (file.read_bytes() if method == "GET" else b"")


def test_texts_are_read_back_as_utf_8(kili: Any, kili_emulator: Emulator) -> None:
    text = "Ünï\r\ncode — 文 \n"
    created = new_project(kili, input_type="TEXT")
    kili.append_many_to_dataset(created, content_array=[text], disable_tqdm=True)
    (found,) = kili.assets(created, fields=["content"])
    headers = {"Authorization": f"X-API-Key: {kili_emulator.key()}"}
    answer = requests.get(found["content"], headers=headers, timeout=30)
    assert answer.content == text.encode()
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_hosted_content_is_read_back_unchanged(kili: Any, project: str) -> None:
    url = "https://example.com/a%20b.png?x=1&id=2"
    kili.append_many_to_dataset(
        project, content_array=[url], external_id_array=["hosted"], disable_tqdm=True
    )
    found = asset(kili, project, "hosted", "content", "status", "jsonMetadata", "priority")
    assert found["content"] == url
    assert (found["status"], found["jsonMetadata"], found["priority"]) == ("TODO", {}, 0)


def test_metadata_is_replaced_as_a_whole_and_need_not_be_json(kili: Any, project: str) -> None:
    farm = asset(kili, project, "farm")["id"]
    kili.update_properties_in_assets(asset_ids=[farm], json_metadatas=[{"a": [None, "é"]}])
    assert asset(kili, project, "farm", "jsonMetadata")["jsonMetadata"] == {"a": [None, "é"]}
    kili.update_properties_in_assets(asset_ids=[farm], json_metadatas=["{'accuracy': 50.0}"])
    assert asset(kili, project, "farm", "jsonMetadata")["jsonMetadata"] == {}
    assert kili.count_assets(project, metadata_where={"a": "b"}) == 0


def test_updates_are_returned_in_the_given_order(kili: Any, project: str) -> None:
    ids = [asset(kili, project, name)["id"] for name in ("pond", "street", "farm")]
    answer = kili.update_properties_in_assets(asset_ids=ids, json_metadatas=[{}] * 3)
    assert [each["id"] for each in answer] == ids


def test_assets_are_listed_in_the_order_of_their_creation(kili: Any, project: str) -> None:
    names = ["street", "pond", "farm", "meadow", "car-park", "aquarium"]
    kili.update_properties_in_assets(
        asset_ids=[asset(kili, project, "aquarium")["id"]], json_metadatas=[{}]
    )
    label(kili, project, "meadow")

    def listed(**options: Any) -> list[str]:
        found = kili.assets(project, fields=["externalId"], **options)
        return [each["externalId"] for each in found]

    assert listed() == names
    assert listed(skip=2, first=3) == names[2:5]
    assert listed(skip=6) == []


def test_an_external_id_can_be_changed_and_stays_unique(kili: Any, project: str) -> None:
    farm = asset(kili, project, "farm")["id"]
    kili.change_asset_external_ids(asset_ids=[farm], new_external_ids=["barn"])
    assert asset(kili, project, "barn")["id"] == farm
    with pytest.raises(Exception, match='"pond" exists already'):
        kili.change_asset_external_ids(asset_ids=[farm], new_external_ids=["pond"])


def test_assets_exchange_their_external_ids(kili: Any, project: str) -> None:
    farm, pond = (asset(kili, project, name)["id"] for name in ("farm", "pond"))
    kili.change_asset_external_ids(asset_ids=[farm, pond], new_external_ids=["pond", "farm"])
    assert [asset(kili, project, name)["id"] for name in ("farm", "pond")] == [pond, farm]
    with pytest.raises(Exception, match='"same" exists already'):
        kili.change_asset_external_ids(asset_ids=[farm, pond], new_external_ids=["same", "same"])
    assert [asset(kili, project, name)["id"] for name in ("farm", "pond")] == [pond, farm]


def test_external_ids_with_unclosed_brackets_are_refused(kili: Any) -> None:
    project_id = kili.projects(fields=["id"])[0]["id"]
    add = {"project_id": project_id, "disable_tqdm": True}
    content = "https://example.com/picture.png"
    kili.append_many_to_dataset(**add, content_array=[content], external_id_array=["test[0]"])
    with pytest.raises(Exception, match=r'external id "test\[0" has an unbalanced bracket "\["'):
        kili.append_many_to_dataset(**add, content_array=[content], external_id_array=["test[0"])
    found = kili.assets(
        project_id, external_id_strictly_in=["test[0]", "test[0"], fields=["externalId"]
    )
    assert found == [{"externalId": "test[0]"}]


def test_children_of_a_category_can_be_a_comma_separated_text(kili: Any) -> None:
    answer = {"categories": {"A": {"name": "A", "children": []}}, "input": "radio"}
    first = {"categories": {"A": {"name": "A", "children": ["J_1, J_2"]}}, "input": "radio"}
    jobs = {
        "J_0": {"mlTask": "CLASSIFICATION", "required": 1, "isChild": False, "content": first},
        "J_1": {"mlTask": "CLASSIFICATION", "required": 0, "isChild": True, "content": answer},
        "J_2": {"mlTask": "CLASSIFICATION", "required": 0, "isChild": True, "content": answer},
    }
    made = kili.create_project(title="Two", input_type="TEXT", json_interface={"jobs": jobs})
    (project,) = kili.projects(made["id"], fields=["jsonInterface"])
    assert project["jsonInterface"]["jobs"] == jobs
    below = {name: {"categories": [{"name": "A"}]} for name in ("J_1", "J_2")}
    response = {"J_0": {"categories": [{"name": "A", "children": below}]}}
    kili.append_many_to_dataset(made["id"], content_array=["A text"], disable_tqdm=True)
    (asset,) = kili.assets(made["id"], fields=["id"], disable_tqdm=True)
    kili.append_labels([asset["id"]], json_response_array=[response], disable_tqdm=True)
    (label,) = kili.labels(made["id"], fields=["jsonResponse"], disable_tqdm=True)
    assert label["jsonResponse"] == response


def test_a_labelers_key_lists_the_labels_of_the_whole_project(kili_emulator: Emulator) -> None:
    project_id = kili_emulator.client().projects(fields=["id"])[0]["id"]
    labeler, admin = kili_emulator.client("labeler"), kili_emulator.client()
    assert labeler.count_labels(project_id) == admin.count_labels(project_id) > 0
    fields = ["id", "author.email"]
    assert labeler.labels(project_id, fields=fields) == admin.labels(project_id, fields=fields)


def test_conditions_of_an_update_are_evaluated_before_any_change(
    kili: Any, project: str, kili_emulator: Emulator
) -> None:
    wire = Wire(kili_emulator)
    before = [asset(kili, project, name)["id"] for name in ("farm", "pond")]
    of = {"project": {"id": project}}
    where = [{**of, "externalIdStrictlyIn": [name]} for name in ("farm", "pond")]
    data = [{"externalId": "pond"}, {"externalId": "farm"}]
    changed = wire.call("updatePropertiesInAssets", where=where, data=data, selection="id")
    wire.close()
    assert [each["id"] for each in changed] == before
    assert [asset(kili, project, name)["id"] for name in ("pond", "farm")] == before


def test_asset_without_an_external_id_has_its_id_as_external_id(kili: Any, project: str) -> None:
    farm = asset(kili, project, "farm")["id"]
    kili.change_asset_external_ids(asset_ids=[farm], new_external_ids=[""])
    assert asset(kili, project, farm)["id"] == farm


def test_deletion_of_an_asset_removes_all_its_data(
    kili: Any, project: str, kili_emulator: Emulator
) -> None:
    pond = asset(kili, project, "pond", "content")
    outcome = kili.delete_many_from_dataset(asset_ids=[pond["id"]])
    assert [each["assetId"] for each in outcome["succeeded"]] == [pond["id"]]
    assert kili.count_assets(project) == 5
    remaining_documents = kili_emulator.world.export()
    assert pond["content"] not in json.dumps(remaining_documents)
    del remaining_documents["events"]
    del remaining_documents["transactions"]  # they say that the asset was deleted
    assert pond["id"] not in json.dumps(remaining_documents)
    headers = {"Authorization": f"X-API-Key: {kili_emulator.key()}"}
    assert requests.get(pond["content"], headers=headers, timeout=30).status_code == 404
    again = kili.delete_many_from_dataset(asset_ids=[pond["id"]])
    assert [each["assetId"] for each in again["succeeded"]] == [pond["id"]]


def test_deletion_of_a_hidden_asset_is_refused(kili: Any, kili_emulator: Emulator) -> None:
    hidden = new_project(kili, input_type="TEXT")
    kili.append_many_to_dataset(hidden, content_array=["x"], disable_tqdm=True)
    (found,) = kili.assets(hidden, fields=["id"])
    with pytest.raises(Exception, match="accessDenied"):
        kili_emulator.client("manager").delete_many_from_dataset(asset_ids=[found["id"]])
    assert kili.count_assets(hidden) == 1


# The V1 workflow


@pytest.mark.parametrize(
    ("name", "kind", "after"),
    [
        ("car-park", "AUTOSAVE", "ONGOING"),
        ("car-park", "DEFAULT", "LABELED"),
        ("car-park", "REVIEW", "REVIEWED"),
        ("car-park", "PREDICTION", "TODO"),
        ("car-park", "INFERENCE", "TODO"),
        ("farm", "DEFAULT", "LABELED"),
        ("farm", "REVIEW", "REVIEWED"),
        ("farm", "AUTOSAVE", "LABELED"),
        ("pond", "DEFAULT", "TO_REVIEW"),
        ("pond", "REVIEW", "REVIEWED"),
        ("street", "DEFAULT", "REVIEWED"),
        ("street", "REVIEW", "REVIEWED"),
    ],
)
def test_a_label_moves_its_asset(kili: Any, project: str, name: str, kind: str, after: str) -> None:
    options = {"model_name": "m"} if kind in ("PREDICTION", "INFERENCE") else {}
    label(kili, project, name, kind, **options)
    assert status(kili, project, name) == after


def test_full_review_coverage_moves_every_labeled_asset_to_review(kili: Any, project: str) -> None:
    kili.update_properties_in_project(project, review_coverage=100)
    label(kili, project, "car-park")
    label(kili, project, "meadow", "PREDICTION", model_name="m")
    assert status(kili, project, "car-park") == "TO_REVIEW"
    assert status(kili, project, "meadow") == "TODO"


@pytest.mark.parametrize(
    ("action", "moved", "declined", "after"),
    [
        ("add_to_review", ["farm"], ["street", "pond", "meadow"], "TO_REVIEW"),
        ("send_back_to_queue", ["street", "pond", "farm"], ["meadow"], "ONGOING"),
    ],
)
def test_assets_that_an_action_does_not_apply_to_are_declined(
    kili: Any, project: str, action: str, moved: list[str], declined: list[str], after: str
) -> None:
    before = {name: status(kili, project, name) for name in declined}
    ids = [asset(kili, project, name)["id"] for name in (*moved, *declined)]
    outcome = getattr(kili, action)(asset_ids=ids)
    assert sorted(each["externalId"] for each in outcome["succeeded"]) == sorted(moved)
    assert sorted(each["externalId"] for each in outcome["declined"]) == sorted(declined)
    assert outcome["failed"] == []
    assert {status(kili, project, name) for name in moved} == {after}
    assert {name: status(kili, project, name) for name in declined} == before


def test_send_back_marks_the_latest_label_and_a_new_label_completes_the_asset(
    kili: Any, project: str
) -> None:
    kili.send_back_to_queue(asset_ids=[asset(kili, project, "street")["id"]])
    fields = ("labelType", "isSentBackToQueue")
    assert [tuple(each[name] for name in fields) for each in labels(
        kili, project, "street", *fields)] == [("DEFAULT", False), ("REVIEW", True)]  # fmt: skip
    label(kili, project, "street")
    assert status(kili, project, "street") == "LABELED"


# Labels


def test_all_labels_are_kept_and_the_latest_of_each_author_is_marked(
    kili: Any, project: str, kili_emulator: Emulator
) -> None:
    label(kili, project, "car-park")
    label(kili, project, "car-park")
    label(kili, project, "car-park", "REVIEW")
    label(kili_emulator.client("labeler"), project, "car-park")
    marks = ("isLatestLabelForUser", "isLatestDefaultLabelForUser", "isLatestReviewLabelForUser")
    found = labels(kili, project, "car-park", "labelType", *marks)
    assert [tuple(each[mark] for mark in marks) for each in found] == [
        (False, False, False),
        (False, True, False),
        (True, False, True),
        (True, True, False),
    ]


def test_only_administrators_attribute_labels_to_other_users(
    kili: Any, project: str, kili_emulator: Emulator
) -> None:
    (rita,) = kili.users(email="reviewer@example.com", fields=["id"])
    label(kili_emulator.client("labeler"), project, "car-park")
    label(kili, project, "car-park", author_id_array=[rita["id"]])
    with pytest.raises(Exception, match="noAccessRights"):
        label(kili_emulator.client("manager"), project, "car-park", author_id_array=[rita["id"]])
    found = labels(kili, project, "car-park", "author.firstname")
    assert [each["author"]["firstname"] for each in found] == ["Leo", "Rita"]


def test_label_cannot_be_attributed_to_a_user_whose_role_does_not_allow_it(
    kili: Any, project: str
) -> None:
    (leo,) = kili.users(email="labeler@example.com", fields=["id"])
    of_leo = {"author_id_array": [leo["id"]]}
    with pytest.raises(Exception, match="an author with the role ADMIN or TEAM_MANAGER or REVIEW"):
        label(kili, project, "car-park", "REVIEW", **of_leo)
    assert labels(kili, project, "car-park", "id") == []
    label(kili, project, "car-park", "PREDICTION", model_name="m", **of_leo)
    label(kili, project, "car-park", **of_leo)
    found = labels(kili, project, "car-park", "labelType", "author.firstname")
    assert [(each["labelType"], each["author"]["firstname"]) for each in found] == [
        ("PREDICTION", "Leo"),
        ("DEFAULT", "Leo"),
    ]


@pytest.mark.parametrize(
    ("key", "allowed"),
    [
        ("labeler", {"DEFAULT", "AUTOSAVE"}),
        ("reviewer", {"DEFAULT", "AUTOSAVE", "REVIEW"}),
        ("manager", {"DEFAULT", "AUTOSAVE", "REVIEW", "PREDICTION", "INFERENCE"}),
    ],
)
def test_role_limits_the_types_of_labels(
    project: str, kili_emulator: Emulator, key: str, allowed: set[str]
) -> None:
    client = kili_emulator.client(key)
    for kind in ("DEFAULT", "AUTOSAVE", "REVIEW", "PREDICTION", "INFERENCE"):
        if kind in allowed:
            label(client, project, "car-park", kind, model_name="m")
            continue
        with pytest.raises(Exception, match="noAccessRights"):
            label(client, project, "car-park", kind, model_name="m")


def test_overwrite_replaces_predictions_of_the_same_model_and_asset(
    kili: Any, project: str
) -> None:
    for model, name in (("a", "pond"), ("a", "farm"), ("b", "farm"), ("a", "farm")):
        label(kili, project, name, "PREDICTION", model_name=model)
    new = label(kili, project, "farm", "PREDICTION", model_name="a", overwrite=True)
    found = kili.labels(
        project, type_in=["PREDICTION"], fields=["id", "modelName", "labelOf.externalId"]
    )
    assert [(each["modelName"], each["labelOf"]["externalId"]) for each in found] == [
        ("object-counter-1", "meadow"),
        ("a", "pond"),
        ("b", "farm"),
        ("a", "farm"),
    ]
    assert found[-1]["id"] == new


def test_id_given_twice_is_deleted_once(kili: Any, project: str, kili_emulator: Emulator) -> None:
    prediction = label(kili, project, "farm", "PREDICTION", model_name="m")
    assert kili.delete_labels([prediction, prediction]) == [prediction]
    farm = asset(kili, project, "farm")["id"]
    wire = Wire(kili_emulator)
    for _ in ("there", "gone already"):
        where = {"idIn": [farm, farm]}
        outcome = wire.call("deleteAssets", where=where, selection="succeeded { assetId }")
        assert outcome == {"succeeded": [{"assetId": farm}]}
    wire.close()


def test_labels_of_one_call_keep_their_order_and_fail_together(kili: Any, project: str) -> None:
    ids = [asset(kili, project, name)["id"] for name in ("meadow", "farm", "meadow")]
    made = kili.append_labels(ids, [EASY, {}, EASY], disable_tqdm=True)
    found = {
        each["id"]: each for each in kili.labels(project, fields=["id", "assetId", "jsonResponse"])
    }
    assert [found[each["id"]]["assetId"] for each in made] == ids
    assert [found[each["id"]]["jsonResponse"] for each in made] == [EASY, {}, EASY]
    count = kili.count_labels(project)
    with pytest.raises(Exception, match="jsonResponseMalformed"):
        kili.append_labels(ids, [EASY, {"NO_JOB": {}}, EASY], disable_tqdm=True)
    assert kili.count_labels(project) == count


def test_time_is_counted_per_label_and_in_total(kili: Any, project: str) -> None:
    for seconds in (10, 5):
        label(kili, project, "car-park", seconds_to_label_array=[seconds])
    found = labels(kili, project, "car-park", "secondsToLabel", "totalSecondsToLabel")
    assert [tuple(each.values()) for each in found] == [(10, 10), (5, 15)]


# Issues


def issues(kili: Any, project: str, *fields: str, **options: Any) -> list[dict[str, Any]]:
    return list(kili.issues(project, fields=list(fields), **options))


def test_issues_are_numbered_per_project_and_type_from_zero(
    kili: Any, project: str, kili_emulator: Emulator
) -> None:
    made = label(kili, project, "farm")
    kili.create_issues(project, label_id_array=[made] * 2, text_array=["a", None])
    farm = asset(kili, project, "farm")["id"]
    question = {"assetId": farm, "type": "QUESTION", "text": "b"}
    Wire(kili_emulator).call("createIssues", issues=[question], where={"project": {"id": project}})
    found = issues(kili, project, "type", "issueNumber", "status", "comments.text")
    assert [(each["type"], each["issueNumber"]) for each in found] == [
        ("ISSUE", 0),
        ("ISSUE", 1),
        ("ISSUE", 2),
        ("QUESTION", 0),
    ]
    assert [[each["text"] for each in issue["comments"]] for issue in found[1:]] == [
        ["a"],
        [],
        ["b"],
    ]
    assert {each["status"] for each in found} == {"OPEN"}


def test_issue_does_not_move_its_asset_and_accepts_any_status(kili: Any, project: str) -> None:
    made = label(kili, project, "farm")
    (issue,) = kili.create_issues(project, label_id_array=[made], object_mid_array=["mid"])
    assert status(kili, project, "farm") == "LABELED"
    for new in ("SOLVED", "CANCELLED", "OPEN"):
        kili.update_issue_status(issue["id"], new)
        found = issues(kili, project, "id", "status", "objectMid", status=new)
        assert {**issue, "status": new, "objectMid": "mid"} in found


def test_issues_are_counted_in_their_project(kili: Any, project: str) -> None:
    (issue,) = issues(kili, project, "id")
    fields = ["numberOfOpenIssues", "numberOfSolvedIssues"]
    assert kili.projects(project, fields=fields) == [dict(zip(fields, (1, 0), strict=True))]
    kili.update_issue_status(issue["id"], "SOLVED")
    assert kili.projects(project, fields=fields) == [dict(zip(fields, (0, 1), strict=True))]
