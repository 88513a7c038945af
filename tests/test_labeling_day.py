"""A day of labeling with each SDK generation: one story per area."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator
from tests.kit import media_files
from tests.kit.sdk_environments import CONTRACT_RECIPES
from tests.kit.sdk_process import VERSIONS, SdkProcess, SdkSession

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
def sdk(request: pytest.FixtureRequest, sdk_process: Callable[[str], SdkProcess]) -> SdkProcess:
    """Return the process of each SDK in turn; `make contract` adds six more."""
    return sdk_process(request.param)


_WITHOUT_PILLOW = ("2.176.1", "25.2.10", "26.1.5")
"""SDKs that import pictures, hosted ones too, only with a package that their environment lacks."""


@pytest.fixture
def labeling_notebook(notebook: SdkSession) -> SdkSession:
    """Return a session with an image project ``pid``, two members and some helpers."""
    notebook.run(f"INTERFACE = {_INTERFACE!r}\n{_SETUP}\n{_STREET}").checked()
    return notebook


def value(labeling_notebook: SdkSession, code: str) -> Any:
    return labeling_notebook.run(code).checked().value


def _files(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@pytest.fixture
def pictures(labeling_notebook: SdkSession) -> SdkSession:
    """Return the labeling notebook of the SDKs that can import images."""
    if labeling_notebook.process.version in _WITHOUT_PILLOW:
        pytest.skip("its environment has no Pillow")
    return labeling_notebook


def test_assets_of_several_pages_are_listed_once_and_in_order(pictures: SdkSession) -> None:
    pictures.run(
        "numbered = [f'{number:03}' for number in range(103)]\n"
        "add(pid, hosted(103), external_id_array=numbered,\n"
        "    json_metadata_array=[{'batch': number // 50, 'road': 'A' if number else 'B'}\n"
        "                         for number in range(103)])"
    ).checked()
    everything = [f"{number:03}" for number in range(103)]
    assert value(pictures, "names(pid)") == everything
    assert value(pictures, "names(pid, first=101, skip=1)")[:101] == everything[1:102]
    assert value(pictures, "kili.count_assets(pid, metadata_where={'road': 'B'})") == 1
    assert value(pictures, "names(pid, metadata_where={'batch': [1, 2]})") == everything[50:]
    assert value(pictures, "kili.count_assets(pid, updated_at_gte='2100-01-01')") == 0
    listed = "[each['externalId'] for each in kili.assets(pid, as_generator=True)]"
    assert value(pictures, listed) == everything


def test_labels_are_found_by_author_type_and_category(pictures: SdkSession) -> None:
    pictures.run(
        "asset = add(pid, hosted(3), external_id_array=['a', 'b', 'c'])\n"
        "kili.create_predictions(pid, external_id_array=['c'], model_name_array=['detector'],\n"
        "    json_response_array=[response(box('1', 'CAR', 0.1, 'RED'))])\n"
        "kili.append_labels(asset_id_array=[asset['a'], asset['b']],\n"
        "    json_response_array=[response(box('1', 'BIKE', 0.1)),\n"
        "        response(box('1', 'CAR', 0.1, 'RED'), box('2', 'CAR', 0.5, 'BLUE'),\n"
        "                 when='NIGHT')],\n"
        "    author_id_array=[user['labeler']] * 2, seconds_to_label_array=[10, 20])"
    ).checked()
    assert value(pictures, "names(pid, label_type_in=['PREDICTION'])") == ["c"]
    assert value(pictures, "names(pid, label_author_in=['Leo'])") == ["a", "b"]
    assert value(pictures, "names(pid, label_category_search='BOX.CAR.count == 2')") == ["b"]
    either = "'WHEN.NIGHT.count > 0 OR BOX.BIKE.count > 0'"
    assert value(pictures, f"names(pid, label_category_search={either})") == ["a", "b"]
    fields = "['author.email', 'secondsToLabel', 'jsonResponse', 'labelType']"
    labels = value(pictures, f"list(kili.labels(pid, asset_id=asset['b'], fields={fields}))")
    (label,) = labels
    assert (label["author"]["email"], label["secondsToLabel"]) == ("labeler@example.com", 20)
    boxes = label["jsonResponse"]["BOX"]["annotations"]
    colors = [each["children"]["COLOR"]["categories"][0]["name"] for each in boxes]
    assert colors == ["RED", "BLUE"]


def test_an_asset_is_reviewed_sent_back_and_labeled_again(pictures: SdkSession) -> None:
    pictures.run(
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
    assert value(pictures, "status()") == {"a": "REVIEWED", "b": "ONGOING"}
    pictures.run(
        "kili.append_labels(asset_id_array=[asset['b']],\n"
        "    json_response_array=[response(box('1', 'CAR', 0.1, 'BLUE'))])"
    ).checked()
    latest = "kili.assets(pid, asset_id=asset['b'], fields=['latestLabel.jsonResponse'])"
    (asset,) = value(pictures, latest)
    (box,) = asset["latestLabel"]["jsonResponse"]["BOX"]["annotations"]
    assert box["categories"] == [{"confidence": 100, "name": "CAR"}]


def test_an_issue_is_raised_on_a_label(pictures: SdkSession) -> None:
    pictures.run(
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
    (issue,) = value(pictures, f"list(kili.issues(pid, fields={fields}))")
    comments = [{"text": "A moped"}]
    assert issue == {"status": "OPEN", "type": "ISSUE", "objectMid": "1", "comments": comments}


def test_labels_are_exported(pictures: SdkSession, tmp_path: Path) -> None:
    pictures.run(
        "seeds = kili.assets(project_id, fields=['content'], first=2, disable_tqdm=True)\n"
        "asset = add(pid, [each['content'] for each in seeds], external_id_array=['a', 'b'])\n"
        "kili.append_labels(asset_id_array=[asset['a'], asset['b']], json_response_array=[\n"
        "    response(box('1', 'BIKE', 0.1)), response(box('1', 'CAR', 0.5, 'RED'))])"
    ).checked()
    exported = _exported(pictures, tmp_path, "kili", "single_file=True")
    data = json.loads(exported["data.json"])
    answers = {
        each["externalId"]: each["latestLabel"]["jsonResponse"]["WHEN"]["categories"]
        for each in data
    }
    day_time = [{"confidence": 100, "name": "DAY"}]
    assert answers == {"a": day_time, "b": day_time}
    exported = _exported(pictures, tmp_path, "yolo_v5", "layout='merged'")
    lines = {name: exported[f"labels/{name}.txt"].decode().split() for name in ("a", "b")}
    assert {name: line[0] for name, line in lines.items()} == {"a": "1", "b": "0"}
    assert [round(float(each), 3) for each in lines["a"][1:]] == [0.3, 0.4, 0.4, 0.4]


def test_labels_of_an_uploaded_pdf_are_exported(
    labeling_notebook: SdkSession, tmp_path: Path
) -> None:
    (tmp_path / "report.pdf").write_bytes(media_files.pdf((500, 700)))
    corners = [{"x": x, "y": y} for x, y in ((0.1, 0.1), (0.1, 0.2), (0.3, 0.2), (0.3, 0.1))]
    on_page = {
        "boundingPoly": [{"normalizedVertices": corners}],
        "pageNumberArray": [1],
        "polys": [{"normalizedVertices": corners}],
    }
    box = {"annotations": [on_page], "categories": [{"name": "BIKE"}], "children": {}, "mid": "1"}
    answer = {"BOX": {"annotations": [{**box, "type": "rectangle"}]}}
    labeling_notebook.run(
        "pid = kili.create_project(title='R', input_type='PDF', json_interface=INTERFACE)['id']\n"
        f"asset = add(pid, [{str(tmp_path / 'report.pdf')!r}], external_id_array=['report'])\n"
        f"kili.append_labels([asset['report']], json_response_array=[{answer!r}])"
    ).checked()
    exported = _exported(labeling_notebook, tmp_path, "kili", "single_file=True")
    (asset,) = json.loads(exported["data.json"])
    label = asset["latestLabel"]["jsonResponse"]["BOX"]["annotations"][0]
    assert label["annotations"][0]["pageNumberArray"] == [1]
    if asset.get("pageResolutions"):  # clients before 2.129 do not ask for them
        page = asset["pageResolutions"][0]
        assert (page["width"], page["height"]) == (500, 700)


def _exported(
    labeling_notebook: SdkSession, folder: Path, format_: str, options: str
) -> dict[str, bytes]:
    target = folder / f"{format_}.zip"
    labeling_notebook.run(
        "import inspect\n"
        "more = {'with_assets': False} if 'with_assets' in "
        "inspect.signature(kili.export_labels).parameters else {}\n"
        f"kili.export_labels(pid, {str(target)!r}, {format_!r}, {options}, **more)"
    ).checked()
    return _files(target)


def test_members_are_added_changed_and_removed(labeling_notebook: SdkSession) -> None:
    labeling_notebook.run(
        "roles = lambda: {each['user']['email']: each['role'] for each in\n"
        "    kili.projects(pid, fields=['roles.role', 'roles.user.email'])[0]['roles']}\n"
        "kili.append_to_roles(pid, 'new.one@example.com', 'LABELER')\n"
        "kili.append_to_roles(pid, 'labeler@example.com', 'REVIEWER')\n"
        "(gone,) = kili.project_users(pid, email='reviewer@example.com', fields=['id'])\n"
        "kili.delete_from_roles(gone['id'])"
    ).checked()
    assert value(labeling_notebook, "roles()") == {
        "admin@example.com": "ADMIN",
        "labeler@example.com": "REVIEWER",
        "new.one@example.com": "LABELER",
    }


def test_metadata_and_priority_are_changed_and_assets_deleted(pictures: SdkSession) -> None:
    pictures.run(
        "asset = add(pid, hosted(3), external_id_array=['a', 'b', 'c'])\n"
        "kili.update_properties_in_assets(asset_ids=[asset['a'], asset['b']],\n"
        "    priorities=[2, 1], json_metadatas=[{'road': 'A1'}, {'road': 'B2'}])\n"
        "kili.delete_many_from_dataset(asset_ids=[asset['c']])"
    ).checked()
    fields = "['externalId', 'priority', 'jsonMetadata']"
    assert value(pictures, f"list(kili.assets(pid, fields={fields}))") == [
        {"externalId": "a", "priority": 2, "jsonMetadata": {"road": "A1"}},
        {"externalId": "b", "priority": 1, "jsonMetadata": {"road": "B2"}},
    ]
    pictures.run("kili.delete_project(pid)").checked()
    assert value(pictures, "kili.count_assets(pid)") == 0


def test_labels_of_a_honeypot_asset_get_a_honeypot_mark(pictures: SdkSession) -> None:
    pictures.run(
        "asset = add(pid, hosted(1), external_id_array=['a'])\n"
        "kili.update_properties_in_project(pid, use_honeypot=True)\n"
        "kili.create_honeypot(json_response=response(box('1', 'BIKE', 0.1)),\n"
        "    asset_external_id='a', project_id=pid)\n"
        "kili.append_labels(asset_id_array=[asset['a']], author_id_array=[user['labeler']],\n"
        "    json_response_array=[response(box('1', 'BIKE', 0.1), when='NIGHT')])"
    ).checked()
    fields = "['isHoneypot', 'honeypotMark']"
    (asset,) = value(pictures, f"list(kili.assets(pid, fields={fields}))")
    assert asset == {"isHoneypot": True, "honeypotMark": 0.5}


def test_labels_are_created_with_the_domain_client(labeling_notebook: SdkSession) -> None:
    if labeling_notebook.run("from kili.client_domain import Kili as Domain").error:
        pytest.skip("it has no domain client")
    labeling_notebook.run(
        "domain = Domain()\n"
        "jobs = {'jobs': {'WHEN': INTERFACE['jobs']['WHEN']}}\n"
        "new = domain.projects.create(title='T', input_type='TEXT', json_interface=jobs)['id']\n"
        "open('a.txt', 'w').write('Noon')\n"
        "kili.append_many_to_dataset(new, content_array=['a.txt'], external_id_array=['a'])\n"
        "(asset,) = domain.assets.list(project_id=new, fields=['id'])\n"
        "make = domain.labels.create_default\n"
        "answer = {'WHEN': {'categories': [{'name': 'DAY', 'confidence': 100}]}}\n"
        "make(project_id=new, asset_id_array=[asset['id']], json_response_array=[answer])"
    ).checked()
    fields = "['labelType', 'jsonResponse']"
    (label,) = value(labeling_notebook, f"domain.labels.list(project_id=new, fields={fields})")
    chosen = {"categories": [{"name": "DAY", "confidence": 100}]}
    assert (label["labelType"], label["jsonResponse"]) == ("DEFAULT", {"WHEN": chosen})


@pytest.mark.parametrize("workflow", ["V1", "V2"])
def test_step_named_by_older_domain_clients_is_the_labeling_step(workflow: str) -> None:
    with Emulator(workflow=workflow) as emulator:
        kili = emulator.client()
        jobs = {"jobs": {"WHEN": _INTERFACE["jobs"]["WHEN"]}}
        created = kili.create_project(input_type="TEXT", json_interface=jobs, title="T")
        kili.append_many_to_dataset(
            created["id"], content_array=["https://texts.example.com/a.txt"]
        )
        (asset,) = kili.assets(created["id"], fields=["id"], disable_tqdm=True)
        label = {"assetID": asset["id"], "jsonResponse": "{}"}
        kili.graphql_client.execute(
            "mutation ($data: AppendManyLabelsData!, $where: AssetWhere!) "
            "{ data: appendManyLabels(data: $data, where: $where) { id } }",
            {
                "data": {"labelType": "DEFAULT", "labelsData": [label], "stepName": "Default"},
                "where": {"idIn": [asset["id"]]},
            },
        )
        assert kili.count_labels(created["id"], type_in=["DEFAULT"]) == 1
