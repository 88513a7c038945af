"""Demo projects: each demo name of the platform gives a project with assets to label."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLEnumType

from kili_emulator.app import Emulator
from kili_emulator.config import seed_data_folder
from tests.contract.schema import SCHEMA
from tests.kit.sdk_process import SdkSession
from tests.kit.wire import Wire

FOLDER = seed_data_folder() / "demo"
KINDS = SCHEMA.type_map["DemoProjectType"]
assert isinstance(KINDS, GraphQLEnumType)

# kind → input type, tasks, media types of the assets
DEMOS = {
    "DEMO_ANIMALS": ("IMAGE", {"CLASSIFICATION"}, {"image/png"}),
    "DEMO_CHATBOT": ("TEXT", {"CLASSIFICATION", "NAMED_ENTITIES_RECOGNITION"}, {"text/plain"}),
    "DEMO_COMPUTER_VISION_TUTORIAL": (
        "IMAGE", {"OBJECT_DETECTION", "CLASSIFICATION"}, {"image/png"}
    ),
    "DEMO_ID_OCR": ("IMAGE", {"OBJECT_DETECTION", "TRANSCRIPTION"}, {"image/png"}),
    "DEMO_LLM": ("LLM_RLHF", {"CLASSIFICATION", "TRANSCRIPTION"}, {"application/json"}),
    "DEMO_LLM_INSTR_FOLLOWING": ("LLM_INSTR_FOLLOWING", {"CLASSIFICATION", "COMPARISON"}, set()),
    "DEMO_NER": (
        "TEXT", {"NAMED_ENTITIES_RECOGNITION", "NAMED_ENTITIES_RELATION"}, {"text/plain"}
    ),
    "DEMO_NER_TWEETS": ("TEXT", {"NAMED_ENTITIES_RECOGNITION"}, {"text/plain"}),
    "DEMO_OCR": ("IMAGE", {"OBJECT_DETECTION", "TRANSCRIPTION"}, {"image/png"}),
    "DEMO_PDF": ("PDF", {"NAMED_ENTITIES_RECOGNITION", "TRANSCRIPTION"}, {"application/pdf"}),
    "DEMO_PDF_TUTORIAL": ("PDF", {"CLASSIFICATION", "OBJECT_DETECTION"}, {"application/pdf"}),
    "DEMO_PLASTIC": ("IMAGE", {"OBJECT_DETECTION"}, {"image/png"}),
    "DEMO_REVIEWS": ("TEXT", {"CLASSIFICATION"}, {"text/plain"}),
    "DEMO_SEGMENTATION": ("IMAGE", {"OBJECT_DETECTION"}, {"image/png"}),
    "DEMO_SEGMENTATION_COCO": ("IMAGE", {"OBJECT_DETECTION"}, {"image/png"}),
    "DEMO_TEXT_TUTORIAL": (
        "TEXT", {"CLASSIFICATION", "NAMED_ENTITIES_RECOGNITION"}, {"text/plain"}
    ),
    "VIDEO_FRAME_OBJECT_TRACKING": ("VIDEO", {"OBJECT_DETECTION"}, {"application/json"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with Emulator("empty", seed=0) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


def make(wire: Wire, kind: str) -> dict[str, Any]:
    data = {"title": kind, "description": "to try", "fromDemoProject": kind}
    project_id = wire.call("createProject", data=data, selection="id")["id"]
    dataset = "dataset { externalId status content jsonContent }"
    fields = f"id title description inputType mlTasks {dataset}"
    (project,) = wire.list("projects", {"id": project_id}, selection=fields)
    return dict(project)


def fetch(wire: Wire, url: str) -> Any:
    answer = wire.request("GET", url, headers=wire.authorization("admin"))
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize("kind", KINDS.values)
def test_demo_project_has_its_task_and_readable_assets(wire: Wire, kind: str) -> None:
    project = make(wire, kind)
    input_type, tasks, media_types = DEMOS[kind]
    assert (project["title"], project["description"]) == (kind, "to try")
    assert (project["inputType"], set(project["mlTasks"])) == (input_type, tasks)
    shown = [fetch(wire, each["content"] or each["jsonContent"]) for each in project["dataset"]]
    assert {each.headers["Content-Type"].partition(";")[0] for each in shown} == media_types
    assert all(each.content for each in shown)
    assert {each["status"] for each in project["dataset"]} <= {"TODO"}
    names = [each["externalId"] for each in project["dataset"]]
    assert len(set(names)) == len(names)


def test_frames_of_the_demo_video_are_images(wire: Wire) -> None:
    (asset,) = make(wire, "VIDEO_FRAME_OBJECT_TRACKING")["dataset"]
    frames = fetch(wire, asset["jsonContent"]).json()
    assert list(frames) == ["0", "1", "2", "3"]
    for url in frames.values():
        assert fetch(wire, url).content.startswith(b"\x89PNG")


def test_demo_project_emits_the_usual_events(wire: Wire) -> None:
    project = make(wire, "DEMO_PDF")
    where = {"projectId": project["id"]}
    events = wire.call("events", selection="event", where=where, pagination={})
    assert sorted(each["event"] for each in events) == ["asset.created"] * 2 + ["project.created"]


def test_each_demo_has_one_file_and_no_media_file_is_unused() -> None:
    assert {each.stem for each in FOLDER.glob("*.yaml")} == set(KINDS.values) == set(DEMOS)
    texts = "".join(each.read_text(encoding="utf-8") for each in FOLDER.glob("*.yaml"))
    for medium in (FOLDER / "media").iterdir():
        assert f"media/{medium.name}" in texts
        assert medium.stat().st_size < 20_000


MAKE = """
import inspect
if "from_demo_project" in inspect.signature(kili.create_project).parameters:
    for kind in kinds:
        kili.create_project(title=kind, from_demo_project=kind)
else:  # older clients have it made in the app
    client = getattr(kili, "graphql_client", None) or kili.auth.client
    for kind in kinds:
        client.execute(document, {"data": {"title": kind, "fromDemoProject": kind}})
made = {each["title"]: each["id"] for each in kili.projects(fields=["id", "title"])}
{kind: kili.count_assets(project_id=made[kind]) for kind in kinds}
"""
DOCUMENT = "mutation($data: CreateProjectData!) { data: createProject(data: $data) { id } }"


def test_each_sdk_reads_demo_projects(notebook: SdkSession) -> None:
    notebook.run(f"document, kinds = {DOCUMENT!r}, {sorted(DEMOS)!r}").checked()
    counts = notebook.run(MAKE).checked().value
    assert counts.pop("DEMO_LLM_INSTR_FOLLOWING") == 0
    assert counts.keys() == DEMOS.keys() - {"DEMO_LLM_INSTR_FOLLOWING"}
    assert all(counts.values())
    texts = "kili.assets(project_id=made['DEMO_REVIEWS'], fields=['externalId'])"
    names = [each["externalId"] for each in notebook.run(texts).checked().value]
    assert names == ["review-1", "review-2", "review-3"]
