"""A day of labeling with each generation of the SDK: one story per area."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import media
from tests.sdk import VERSIONS, SdkProcess, SdkSession
from tests.sdk_environments import CONTRACT_RECIPES

_CLASSES = {"DAY": {"children": [], "name": "Day"}, "NIGHT": {"children": [], "name": "Night"}}
_INTERFACE = {
    "jobs": {
        "BOX": {
            "content": {
                "categories": {
                    "CAR": {"children": ["COLOR"], "name": "Car"},
                    "BIKE": {"children": [], "name": "Bike"},
                },
                "input": "radio",
            },
            "instruction": "What is on the road?",
            "isChild": False,
            "mlTask": "OBJECT_DETECTION",
            "required": 1,
            "tools": ["rectangle"],
        },
        "COLOR": {
            "content": {
                "categories": {
                    "RED": {"children": [], "name": "Red"},
                    "BLUE": {"children": [], "name": "Blue"},
                },
                "input": "radio",
            },
            "instruction": "Which color?",
            "isChild": True,
            "mlTask": "CLASSIFICATION",
            "required": 0,
        },
        "WHEN": {
            "content": {"categories": _CLASSES, "input": "radio"},
            "instruction": "When?",
            "isChild": False,
            "mlTask": "CLASSIFICATION",
            "required": 0,
        },
    }
}
_SETUP = """
def box(mid, name, x, color=None):
    corners = [(x, 0.2), (x, 0.6), (x + 0.4, 0.6), (x + 0.4, 0.2)]
    color = {"COLOR": {"categories": [{"name": color, "confidence": 100}]}} if color else {}
    return {
        "mid": mid, "type": "rectangle", "children": color,
        "categories": [{"name": name, "confidence": 100}],
        "boundingPoly": [{"normalizedVertices": [{"x": x, "y": y} for x, y in corners]}],
    }

def response(*boxes, when="DAY"):
    chosen = [{"name": when, "confidence": 100}]
    return {"BOX": {"annotations": list(boxes)}, "WHEN": {"categories": chosen}}

def add(project_id, contents, **columns):
    kili.append_many_to_dataset(
        project_id, content_array=contents, disable_tqdm=True, **columns
    )
    found = kili.assets(project_id, fields=["id", "externalId"], disable_tqdm=True)
    return {each["externalId"]: each["id"] for each in found}

def hosted(count):
    return [f"https://images.example.com/{number}.jpg" for number in range(count)]

def names(project_id, **conditions):
    found = kili.assets(project_id, fields=["externalId"], disable_tqdm=True, **conditions)
    return [each["externalId"] for each in found]
"""
_STREET = """
pid = kili.create_project(title="Streets", input_type="IMAGE", json_interface=INTERFACE)["id"]
for person, role in (("labeler", "LABELER"), ("reviewer", "REVIEWER")):
    kili.append_to_roles(pid, f"{person}@example.com", role)
user = {each["email"].split("@")[0]: each["id"] for each in kili.users(fields=["id", "email"])}
"""

_SDKS = [
    *VERSIONS,
    *(pytest.param(version, marks=pytest.mark.contract) for version in CONTRACT_RECIPES),
]


@pytest.fixture(scope="module", params=_SDKS)
def sdk(request: pytest.FixtureRequest) -> Iterator[SdkProcess]:
    """Each SDK in turn; `make contract` has six more."""
    with SdkProcess(request.param, fast=True) as process:
        yield process


@pytest.fixture
def day(notebook: SdkSession) -> SdkSession:
    """A notebook with an image project ``pid``, two members, and a few helpers."""
    notebook.run(f"INTERFACE = {_INTERFACE!r}\n{_SETUP}\n{_STREET}").checked()
    return notebook


def value(day: SdkSession, code: str) -> Any:
    return day.run(code).checked().value


def _files(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_more_assets_than_a_page_holds_are_listed_once_and_in_order(day: SdkSession) -> None:
    day.run(
        "numbered = [f'{number:03}' for number in range(103)]\n"
        "add(pid, hosted(103), external_id_array=numbered,\n"
        "    json_metadata_array=[{'batch': number // 50, 'road': 'A' if number else 'B'}\n"
        "                         for number in range(103)])"
    ).checked()
    everything = [f"{number:03}" for number in range(103)]
    assert value(day, "names(pid)") == everything
    assert value(day, "names(pid, first=101, skip=1)")[:101] == everything[1:102]
    assert value(day, "kili.count_assets(pid, metadata_where={'road': 'B'})") == 1
    assert value(day, "names(pid, metadata_where={'batch': [1, 2]})") == everything[50:]
    assert value(day, "kili.count_assets(pid, updated_at_gte='2100-01-01')") == 0
    listed = "[each['externalId'] for each in kili.assets(pid, as_generator=True)]"
    assert value(day, listed) == everything


def test_labels_are_found_by_author_type_and_category(day: SdkSession) -> None:
    day.run(
        "asset = add(pid, hosted(3), external_id_array=['a', 'b', 'c'])\n"
        "kili.create_predictions(pid, external_id_array=['c'], model_name_array=['detector'],\n"
        "    json_response_array=[response(box('1', 'CAR', 0.1, 'RED'))])\n"
        "kili.append_labels(asset_id_array=[asset['a'], asset['b']],\n"
        "    json_response_array=[response(box('1', 'BIKE', 0.1)),\n"
        "        response(box('1', 'CAR', 0.1, 'RED'), box('2', 'CAR', 0.5, 'BLUE'),\n"
        "                 when='NIGHT')],\n"
        "    author_id_array=[user['labeler']] * 2, seconds_to_label_array=[10, 20])"
    ).checked()
    assert value(day, "names(pid, label_type_in=['PREDICTION'])") == ["c"]
    assert value(day, "names(pid, label_author_in=['Leo'])") == ["a", "b"]
    assert value(day, "names(pid, label_category_search='BOX.CAR.count == 2')") == ["b"]
    either = "'WHEN.NIGHT.count > 0 OR BOX.BIKE.count > 0'"
    assert value(day, f"names(pid, label_category_search={either})") == ["a", "b"]
    fields = "['author.email', 'secondsToLabel', 'jsonResponse', 'labelType']"
    labels = value(day, f"list(kili.labels(pid, asset_id=asset['b'], fields={fields}))")
    (label,) = labels
    assert (label["author"]["email"], label["secondsToLabel"]) == ("labeler@example.com", 20)
    boxes = label["jsonResponse"]["BOX"]["annotations"]
    colors = [each["children"]["COLOR"]["categories"][0]["name"] for each in boxes]
    assert colors == ["RED", "BLUE"]


def test_an_asset_is_reviewed_sent_back_and_labeled_again(day: SdkSession) -> None:
    day.run(
        "asset = add(pid, hosted(2), external_id_array=['a', 'b'])\n"
        "kili.append_labels(asset_id_array=list(asset.values()),\n"
        "    json_response_array=[response(box('1', 'BIKE', 0.1))] * 2)\n"
        "kili.add_to_review(asset_ids=list(asset.values()))\n"
        "kili.append_labels(asset_id_array=[asset['a']], label_type='REVIEW',\n"
        "    json_response_array=[response(box('1', 'CAR', 0.1, 'RED'))])\n"
        "kili.send_back_to_queue(asset_ids=[asset['b']])\n"
        "status = lambda: {each['externalId']: each['status'] for each in\n"
        "    kili.assets(pid, fields=['externalId', 'status'], disable_tqdm=True)}"
    ).checked()
    assert value(day, "status()") == {"a": "REVIEWED", "b": "ONGOING"}
    day.run(
        "kili.append_labels(asset_id_array=[asset['b']],\n"
        "    json_response_array=[response(box('1', 'CAR', 0.1, 'BLUE'))])"
    ).checked()
    latest = "kili.assets(pid, asset_id=asset['b'], fields=['latestLabel.jsonResponse'])"
    (asset,) = value(day, latest)
    (box,) = asset["latestLabel"]["jsonResponse"]["BOX"]["annotations"]
    assert box["categories"] == [{"confidence": 100, "name": "CAR"}]


def test_an_issue_is_raised_on_a_label(day: SdkSession) -> None:
    day.run(
        "asset = add(pid, hosted(1), external_id_array=['a'])\n"
        "(label,) = kili.append_labels(asset_id_array=[asset['a']],\n"
        "    json_response_array=[response(box('1', 'BIKE', 0.1))])\n"
        "if hasattr(kili, 'create_issues'):\n"
        "    kili.create_issues(pid, label_id_array=[label['id']], object_mid_array=['1'],\n"
        "                       text_array=['A moped'])\n"
        "else:\n"
        "    kili.append_to_issues(label['id'], pid, object_mid='1', text='A moped')"
    ).checked()
    fields = "['status', 'type', 'objectMid', 'comments.text']"
    (issue,) = value(day, f"list(kili.issues(pid, fields={fields}))")
    said = [{"text": "A moped"}]
    assert issue == {"status": "OPEN", "type": "ISSUE", "objectMid": "1", "comments": said}


def test_labels_are_exported(day: SdkSession, tmp_path: Path) -> None:
    day.run(
        "seeds = kili.assets(project_id, fields=['content'], first=2, disable_tqdm=True)\n"
        "asset = add(pid, [each['content'] for each in seeds], external_id_array=['a', 'b'])\n"
        "kili.append_labels(asset_id_array=[asset['a'], asset['b']], json_response_array=[\n"
        "    response(box('1', 'BIKE', 0.1)), response(box('1', 'CAR', 0.5, 'RED'))])"
    ).checked()
    exported = _exported(day, tmp_path, "kili", "single_file=True")
    data = json.loads(exported["data.json"])
    answers = {
        each["externalId"]: each["latestLabel"]["jsonResponse"]["WHEN"]["categories"]
        for each in data
    }
    day_time = [{"confidence": 100, "name": "DAY"}]
    assert answers == {"a": day_time, "b": day_time}
    exported = _exported(day, tmp_path, "yolo_v5", "layout='merged'")
    lines = {name: exported[f"labels/{name}.txt"].decode().split() for name in ("a", "b")}
    assert {name: line[0] for name, line in lines.items()} == {"a": "1", "b": "0"}
    assert [round(float(each), 3) for each in lines["a"][1:]] == [0.3, 0.4, 0.4, 0.4]


def test_labels_of_an_uploaded_pdf_are_exported(day: SdkSession, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(media.pdf((500, 700)))
    corners = [{"x": x, "y": y} for x, y in ((0.1, 0.1), (0.1, 0.2), (0.3, 0.2), (0.3, 0.1))]
    on_page = {
        "boundingPoly": [{"normalizedVertices": corners}],
        "pageNumberArray": [1],
        "polys": [{"normalizedVertices": corners}],
    }
    box = {"annotations": [on_page], "categories": [{"name": "BIKE"}], "children": {}, "mid": "1"}
    answer = {"BOX": {"annotations": [{**box, "type": "rectangle"}]}}
    day.run(
        "pid = kili.create_project(title='R', input_type='PDF', json_interface=INTERFACE)['id']\n"
        f"asset = add(pid, [{str(tmp_path / 'report.pdf')!r}], external_id_array=['report'])\n"
        f"kili.append_labels([asset['report']], json_response_array=[{answer!r}])"
    ).checked()
    exported = _exported(day, tmp_path, "kili", "single_file=True")
    (asset,) = json.loads(exported["data.json"])
    label = asset["latestLabel"]["jsonResponse"]["BOX"]["annotations"][0]
    assert label["annotations"][0]["pageNumberArray"] == [1]
    if asset.get("pageResolutions"):  # clients before 2.129 do not ask for them
        page = asset["pageResolutions"][0]
        assert (page["width"], page["height"]) == (500, 700)


def _exported(day: SdkSession, folder: Path, format_: str, options: str) -> dict[str, bytes]:
    target = folder / f"{format_}.zip"
    day.run(
        "import inspect\n"
        "more = {'with_assets': False} if 'with_assets' in "
        "inspect.signature(kili.export_labels).parameters else {}\n"
        f"kili.export_labels(pid, {str(target)!r}, {format_!r}, {options}, **more)"
    ).checked()
    return _files(target)


def test_members_come_change_and_go(day: SdkSession) -> None:
    day.run(
        "roles = lambda: {each['user']['email']: each['role'] for each in\n"
        "    kili.projects(pid, fields=['roles.role', 'roles.user.email'])[0]['roles']}\n"
        "kili.append_to_roles(pid, 'new.one@example.com', 'LABELER')\n"
        "kili.append_to_roles(pid, 'labeler@example.com', 'REVIEWER')\n"
        "(gone,) = kili.project_users(pid, email='reviewer@example.com', fields=['id'])\n"
        "kili.delete_from_roles(gone['id'])"
    ).checked()
    assert value(day, "roles()") == {
        "admin@example.com": "ADMIN",
        "labeler@example.com": "REVIEWER",
        "new.one@example.com": "LABELER",
    }


def test_metadata_and_priority_are_changed_and_assets_deleted(day: SdkSession) -> None:
    day.run(
        "asset = add(pid, hosted(3), external_id_array=['a', 'b', 'c'])\n"
        "kili.update_properties_in_assets(asset_ids=[asset['a'], asset['b']],\n"
        "    priorities=[2, 1], json_metadatas=[{'road': 'A1'}, {'road': 'B2'}])\n"
        "kili.delete_many_from_dataset(asset_ids=[asset['c']])"
    ).checked()
    fields = "['externalId', 'priority', 'jsonMetadata']"
    assert value(day, f"list(kili.assets(pid, fields={fields}))") == [
        {"externalId": "a", "priority": 2, "jsonMetadata": {"road": "A1"}},
        {"externalId": "b", "priority": 1, "jsonMetadata": {"road": "B2"}},
    ]
    day.run("kili.delete_project(pid)").checked()
    assert value(day, "kili.count_assets(pid)") == 0
