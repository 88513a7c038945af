"""Files, plugins and projects are accessible only with the rights of their owners."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from freezegun import freeze_time

from kili_emulator.app import Emulator
from tests.kit.wire import Wire

BOX_FREE = json.dumps({"JOB_0": {"annotations": []}})


@pytest.fixture
def wire(kili_emulator: Emulator) -> Iterator[Wire]:
    opened = Wire(kili_emulator)
    yield opened
    opened.close()


def project_id(wire: Wire) -> str:
    return str(wire.emulator.world.view.projects.all()[0]["id"])


def add_project(wire: Wire, key: str = "admin", input_type: str = "IMAGE") -> str:
    data = {"title": "Own", "inputType": input_type, "jsonInterface": "{}"}
    return str(wire.send("createProject", key, data=data).json()["data"]["data"]["id"])


def add_asset(wire: Wire, project: str, content: str, key: str = "admin") -> dict[str, Any]:
    return dict(
        wire.send(
            "appendManyAssets", key, where={"id": project}, data={"contentArray": [content]}
        ).json()
    )


def append_street_asset(wire: Wire) -> dict[str, Any]:
    return next(a for a in wire.emulator.world.view.assets.all() if a["externalId"] == "street")


def served(wire: Wire, asset: dict[str, Any]) -> int:
    url = f"/api/label/v2{asset['content']}"
    return wire.request("GET", url, headers=wire.authorization("admin")).status_code


@pytest.mark.parametrize("text", ["/files?id=nope", "{own}"])
def test_content_that_imitates_a_stored_reference_is_refused(wire: Wire, text: str) -> None:
    own = add_project(wire, "labeler")
    content = text.format(own=append_street_asset(wire)["content"])
    answer = add_asset(wire, own, content, "labeler")
    assert "neither a web address nor an uploaded file" in answer["errors"][0]["message"]


def test_shared_file_is_kept_until_its_last_asset_is_deleted(wire: Wire) -> None:
    original = append_street_asset(wire)
    url = f"{wire.emulator.url}/api/label/v2{original['content']}"
    copy = add_asset(wire, project_id(wire), url)["data"]["data"][0]["id"]

    wire.send("deleteAssets", where={"idIn": [original["id"]]})
    assert served(wire, original) == 200
    answer = wire.send("deleteAssets", where={"idIn": [copy]}).json()
    assert answer["data"]["data"]["succeeded"][0]["assetId"] == copy
    assert served(wire, original) == 404


def test_replaced_files_are_deleted_with_their_asset(wire: Wire) -> None:
    project = add_project(wire, input_type="TEXT")
    asset = add_asset(wire, project, "first")["data"]["data"][0]["id"]
    hosted = {"content": "https://example.com/second.txt"}
    wire.send("updatePropertiesInAssets", where=[{"id": asset}], data=[hosted])
    wire.send("deleteAssets", where={"idIn": [asset]})
    files = wire.emulator.world.view.files.all()
    assert not [each for each in files if each["projectId"] == project]


def test_only_managers_get_upload_urls(wire: Wire) -> None:
    path = f"projects/{project_id(wire)}/assets/{append_street_asset(wire)['id']}/content"
    query = "query($paths: [String!]) { data: createUploadBucketSignedUrls(filePaths: $paths) }"
    answer = wire.post({"query": query, "variables": {"paths": [path]}}, key="labeler").json()
    assert "createUploadBucketSignedUrls needs the role" in answer["errors"][0]["message"]


def test_upload_for_a_deleted_plugin_is_refused(wire: Wire) -> None:
    url = wire.send("createPlugin", data={"pluginName": "P"}).json()["data"]["data"]
    wire.send("deletePlugin", where={"pluginName": "P"})
    assert wire.request("PUT", url.split("&id=")[0], data=b"code").status_code == 403
    assert not wire.emulator.world.view.plugins.all()


@pytest.mark.parametrize("mutation", ["generateUpdateUrl", "deletePlugin"])
def test_administrator_of_a_project_cannot_change_plugins_of_other_users(
    wire: Wire, mutation: str
) -> None:
    wire.send("createPlugin", data={"pluginName": "P"})
    where = {"pluginName": "P", "projectId": project_id(wire)}
    wire.send("activatePluginOnProject", where=where)
    add_project(wire, "labeler")

    argument = "where" if mutation == "deletePlugin" else "data"
    answer = wire.send(mutation, "labeler", **{argument: {"pluginName": "P"}}).json()
    assert "needs to be its creator" in answer["errors"][0]["message"]
    assert len(wire.emulator.world.view.plugins.all()) == 1


def test_the_creator_of_a_plugin_may_change_it(wire: Wire) -> None:
    add_project(wire, "labeler")
    wire.send("createPlugin", "labeler", data={"pluginName": "P"})
    answer = wire.send("deletePlugin", "labeler", where={"pluginName": "P"}).json()
    assert answer["data"]["data"] == "Plugin with name P successfully deleted"


def test_predictions_are_created_in_the_order_of_the_given_assets(wire: Wire) -> None:
    texts = {"street": '{"CLASSIFICATION_JOB": {}}', "pond": BOX_FREE}
    names = ["pond", "street"]
    wire.send(
        "createPredictions",
        where={"project": {"id": project_id(wire)}, "externalIdStrictlyIn": names},
        data={"jsonResponseArray": [texts[each] for each in names], "modelNameArray": ["m", "m"]},
    )
    view = wire.emulator.world.view
    added = [each for each in view.labels.all() if each["modelName"] == "m"]
    assert {
        view.assets.require(each["assetId"])["externalId"]: each["jsonResponse"] for each in added
    } == texts


def test_batch_returns_labels_in_their_final_state(wire: Wire) -> None:
    asset = append_street_asset(wire)["id"]
    rows = [{"assetID": asset, "jsonResponse": BOX_FREE}] * 2
    query = (
        "mutation($data: AppendManyLabelsData!, $where: AssetWhere!) {"
        " data: appendManyLabels(data: $data, where: $where) { isLatestLabelForUser } }"
    )
    variables = {
        "data": {"labelType": "DEFAULT", "labelsData": rows},
        "where": {"idIn": [asset] * 2},
    }
    answer = wire.post({"query": query, "variables": variables}).json()
    assert [each["isLatestLabelForUser"] for each in answer["data"]["data"]] == [False, True]


def test_a_rotated_image_can_be_labeled(wire: Wire) -> None:
    row = {
        "assetID": append_street_asset(wire)["id"],
        "jsonResponse": '{"ROTATION_JOB": {"rotation": 90}}',
        "secondsToLabel": 2.0,
    }
    wire.send(
        "appendManyLabels",
        where={"idIn": [row["assetID"]]},
        data={"labelType": "DEFAULT", "labelsData": [row]},
    )
    label = wire.emulator.world.view.labels.all()[-1]
    assert label["jsonResponse"] == row["jsonResponse"]
    assert repr(label["secondsToLabel"]) == "2"


def test_change_of_json_content_keeps_the_resolution(wire: Wire) -> None:
    asset = append_street_asset(wire)
    data = {"jsonContent": "https://example.com/tiles.json"}
    wire.send("updatePropertiesInAssets", where=[{"id": asset["id"]}], data=[data])
    changed = wire.emulator.world.view.assets.require(asset["id"])
    assert changed["jsonContent"] == data["jsonContent"]
    assert changed["resolution"] == asset["resolution"] is not None


def test_keys_are_accepted_under_a_frozen_clock_in_the_future(wire: Wire) -> None:
    with freeze_time("2045-01-01"):
        assert wire.post({"query": "{ viewer { id } }"}).status_code == 200
