"""The examples with SDKs of other generations, as the client and inside the plugin."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator
from kili_emulator.testing.sdk import fast_sdk
from tests.examples.example_emulator import PLUGINS, ExampleEmulator, find_scenario
from tests.examples.test_bbox_count import boxes
from tests.examples.test_consensus import mood
from tests.examples.test_document_check import GOOD, entities, entity
from tests.examples.test_parallel_labeling import CARS, SUN
from tests.kit.sdk_process import VERSIONS, SdkProcess, SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest

pytestmark = pytest.mark.filterwarnings("ignore:Field .* requested")

WITHOUT_FOLDERS = "2.125.2"
OLD = ("2.125.2", "2.128.2")
MERGED = {**CARS, **SUN}

# example → the asset, the submits of users in order, the resulting status, the newest submitted
# label, and the number of issues that the plugin creates
CASES: dict[str, tuple[str, list[tuple[str, dict[str, Any]]], str, dict[str, Any], int]] = {
    "bbox_count": (
        "aquarium",
        [("labeler", boxes("OBJECT_A", "OBJECT_A", "OBJECT_B"))],
        "ONGOING",
        boxes("OBJECT_A", "OBJECT_A", "OBJECT_B"),
        1,
    ),
    "document_check": (
        "invoice-1",
        [("labeler", entities(entity("IBAN", GOOD, "a"), entity("DATE", "never", "b")))],
        "TO_REVIEW",
        entities(entity("IBAN", GOOD, "a"), entity("DATE", "never", "b")),
        1,
    ),
    "consensus": (
        "first",
        [("leo", mood("GOOD")), ("mia", mood("BAD")), ("sam", mood("BAD"))],
        "LABELED",
        mood("BAD"),
        0,
    ),
    "parallel_labeling": ("street", [("leo", CARS), ("mia", SUN)], "LABELED", MERGED, 0),
}

LABELS = """
import json
from kili.client import Kili

kili = Kili()
people = {name: Kili(api_key=key) for name, key in keys.items()}
projects = [each["id"] for each in kili.projects(fields=["id"])]
kili.upload_plugin(path, "example")
for project_id in projects:
    kili.activate_plugin_on_project("example", project_id=project_id)


def label(project_id):
    fields = ["id", "externalId"]
    ids = {each["externalId"]: each["id"] for each in kili.assets(project_id, fields=fields)}
    for name, response in submits:
        people[name].append_labels(
            asset_id_array=[ids[asset]], json_response_array=[response], label_type="DEFAULT"
        )
    fields = ["status", "labels.labelType", "labels.jsonResponse"]
    (found,) = kili.assets(project_id, asset_id=ids[asset], fields=fields)
    *_, last = [each for each in found["labels"] if each["labelType"] == "DEFAULT"]
    return [found["status"], last["jsonResponse"]]
"""


def session_with_example(sdk: SdkProcess, world: RemoteWorld, name: str) -> SdkSession:
    """Return a session of an SDK that has uploaded an example and can label its projects."""
    asset, submits, *_ = CASES[name]
    folder = PLUGINS / name
    known = {
        "asset": asset,
        "submits": submits,
        "keys": {each: world.keys[each] for each, _ in submits},
        "path": str(folder / "main.py" if sdk.version == WITHOUT_FOLDERS else folder),
    }
    session = sdk.session(env=world.environment())
    session.run(f"globals().update({known!r})").checked()
    session.run(LABELS).checked()
    return session


@pytest.mark.parametrize(
    ("sdk", "name"),
    [
        (version, name)
        for version in VERSIONS
        for name in CASES
        if version != WITHOUT_FOLDERS or len(list((PLUGINS / name).glob("*.py"))) == 1
    ],
    indirect=["sdk"],
    scope="session",
)
def test_example_is_uploaded_and_called_by_each_sdk(
    sdk: SdkProcess, server: ServerUnderTest, name: str
) -> None:
    world = server.new_world(find_scenario(name))
    before = len(world.export()["issues"])
    session = session_with_example(sdk, world, name)
    status, newest, issues = CASES[name][2:]
    projects = [each["id"] for each in world.export()["projects"]]
    for project_id in projects:
        done = session.run(f"label({project_id!r})").checked()
        assert done.value == [status, newest]
    export = world.export()
    assert {each["outcome"] for each in export["runs"]} <= {"SUCCEEDED", "NOT_RUN"}
    assert len(export["issues"]) - before == issues * len(projects)


@pytest.mark.parametrize("name", ["consensus", "parallel_labeling"])
@pytest.mark.parametrize("version", OLD)
def test_example_runs_with_an_older_sdk(version: str, name: str) -> None:
    """The plugin is active for the last submit; it reads the labels of the earlier ones."""
    python = Path(f".venvs/kili-{version}/bin/python")
    options = {"plugin_isolation": "process", "plugin_python": python}
    asset, submits, status, newest, _ = CASES[name]
    with fast_sdk(), Emulator(find_scenario(name), **options) as emulator:
        example_emulator = ExampleEmulator(emulator, name)
        *earlier, (last, response) = submits
        for title in example_emulator.projects:
            for person, given in earlier:
                emulator.submit(title, asset, given, user=person)
        example_emulator.upload()
        for title in example_emulator.projects:
            done = emulator.submit(title, asset, response, user=last)
            assert done["runs"][0]["outcome"] == "SUCCEEDED", json.dumps(done["runs"])
            assert done["after"]["status"] == status
            assert example_emulator.submitted_responses(title, asset)[-1] == newest
