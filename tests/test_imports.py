"""Projects from raw exports of the SDK, and from other endpoints."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kili_emulator import Emulator
from kili_emulator.cli import main
from kili_emulator.domain.consistency import find_inconsistencies
from kili_emulator.errors import KiliError
from kili_emulator.rules.json_interface import parse_json_interface
from kili_emulator.rules.json_response import check_json_response
from kili_emulator.transfer.inferred_interface import infer_input_type, infer_interface
from kili_emulator.transfer.source import Source
from tests.kit.media_files import png
from tests.kit.sdk_process import SdkProcess
from tests.kit.server_under_test import ServerUnderTest

TITLE = "Plugin tutorial: count the objects"
ADMIN = {
    "key": "admin",
    "email": "boss@other.org",
    "firstname": "Ada",
    "lastname": "Boss",
    "organizationRole": "ADMIN",
}
OTHER_COMPANY = {"organization": {"name": "Other company"}, "users": [ADMIN]}
# What the API of the platform does not tell: table → members.
NOT_TOLD = {
    "issues": {"labelId"},
    "projects": {"organizationId"},
    "users": {"organizationId"},
    "labels": {"updatedAt"},
    "projectUsers": {"joinedAt", "createdAt"},
}


@pytest.fixture(scope="module")
def source() -> Iterator[Emulator]:
    with Emulator(seed=3) as running:
        yield running


@pytest.fixture(scope="module")
def _target() -> Iterator[Emulator]:
    with Emulator(OTHER_COMPANY, seed=9) as running:
        yield running


@pytest.fixture
def target(_target: Emulator) -> Emulator:
    _target.reset()
    return _target


def project_of(emulator: Emulator) -> str:
    return emulator.worlds.show()["projects"][0]["id"]


def export(emulator: Emulator, path: Path, **options: Any) -> Path:
    """Export the labels of the first project in the raw format."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        emulator.client().export_labels(project_of(emulator), str(path), "raw", **options)
    return path


@pytest.fixture(scope="module")
def full_export(source: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "export.zip"
    options: dict[str, Any] = {
        "export_type": "normal",
        "label_type_in": ["DEFAULT", "REVIEW", "PREDICTION", "INFERENCE", "AUTOSAVE"],
        "include_sent_back_labels": True,
    }
    source.reset()
    return export(source, path, single_file=True, with_assets=True, **options)


def labels_of(emulator: Emulator, *members: str) -> list[tuple[Any, ...]]:
    tables = emulator.export()
    emails = {each["id"]: each["email"] for each in tables["users"]}
    return sorted(
        (emails[each["authorId"]], *(each[name] for name in members)) for each in tables["labels"]
    )


def is_consistent(emulator: Emulator) -> bool:
    world = emulator.platform.registry.get("default")
    return not find_inconsistencies(world.documents.snapshot)


# Exports


def test_import_has_the_labels_of_the_export(
    source: Emulator, target: Emulator, full_export: Path
) -> None:
    loaded = target.imports.read(full_export)
    assert loaded["project"] == project_of(source)
    exported = [each for each in source.export()["labels"] if each["labelType"] != "AUTOSAVE"]
    told = ("assetId", "labelType", "createdAt", "modelName", "isSentBackToQueue")
    ours = [[each[name] for name in told] for each in target.export()["labels"]]
    theirs = [[each[name] for name in told] for each in exported]
    assert sorted(ours, key=str) == sorted(theirs, key=str)
    responses = [json.loads(each["jsonResponse"]) for each in target.export()["labels"]]
    assert all(json.loads(each["jsonResponse"]) in responses for each in exported)
    assert is_consistent(target)


def test_import_keeps_ids_and_states_of_assets(
    source: Emulator, target: Emulator, full_export: Path
) -> None:
    target.imports.read(full_export)
    theirs = {each["id"]: each for each in source.export()["assets"]}
    for each in target.export()["assets"]:
        same = theirs[each["id"]]
        assert json.loads(each["jsonMetadata"]) == json.loads(same["jsonMetadata"])
        for name in ("externalId", "status", "resolution"):
            assert each[name] == same[name]


def test_import_has_the_media_of_the_export(
    target: Emulator, full_export: Path, tmp_path: Path
) -> None:
    target.imports.read(full_export)
    found = target.client().assets(
        project_of(target), download_media=True, local_media_dir=str(tmp_path)
    )
    with zipfile.ZipFile(full_export) as archive:
        names = [each for each in archive.namelist() if each.endswith(".png")]
        packed = sorted(archive.read(each) for each in names)
    assert sorted(Path(each["content"]).read_bytes() for each in found) == packed


def test_unknown_authors_become_members_and_are_named(target: Emulator, full_export: Path) -> None:
    loaded = target.imports.read(full_export)
    roles = {each["email"]: each["role"] for each in loaded["newMembers"]}
    assert roles["labeler@example.com"] == "LABELER"
    assert roles["reviewer@example.com"] == "REVIEWER"
    assert set(loaded["newUsers"]) >= {"labeler@example.com", "reviewer@example.com"}
    answer = {"JOB_0": {"annotations": []}}
    done = target.submit(TITLE, "farm", answer, user="labeler@example.com", correct=True)
    assert done["user"] == "labeler@example.com"


def test_all_layouts_of_an_export_give_the_same_project(
    source: Emulator, target: Emulator, tmp_path: Path
) -> None:
    source.reset()
    single = export(source, tmp_path / "single.zip", single_file=True, with_assets=False)
    split = export(source, tmp_path / "split.zip", with_assets=False)
    folder = tmp_path / "folder"
    with zipfile.ZipFile(split) as archive:
        archive.extractall(folder)
    packed_folder = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed_folder, "w") as archive:
        for each in folder.rglob("*.*"):
            archive.write(each, f"my export/{each.relative_to(folder).as_posix()}")
    found = []
    for path in (single, split, folder, packed_folder):
        target.imports.read(path, title=TITLE)
        tables = target.export()
        found.append(
            [
                {each["id"]: each for each in tables[name]}
                for name in ("projects", "assets", "labels", "users")
            ]
        )
        target.reset()
    assert found[0][1]
    assert [each[1] for each in found] == [found[0][1]] * 4
    assert [each[2] for each in found] == [found[0][2]] * 4


def test_json_file_alone_can_be_imported(
    target: Emulator, full_export: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(full_export) as archive:
        (tmp_path / "data.json").write_bytes(archive.read("data.json"))
    loaded = target.imports.read(tmp_path / "data.json", title="From JSON")
    assert target.worlds.show()["projects"] == [{"id": loaded["project"], "title": "From JSON"}]
    assert any("new ones were made" in each for each in loaded["notes"])
    assert any("URL of their content, or none" in each for each in loaded["notes"])


def test_interface_and_input_type_can_be_given(
    source: Emulator, target: Emulator, full_export: Path
) -> None:
    interface = source.client().projects(project_of(source))[0]["jsonInterface"]
    loaded = target.imports.read(full_export, interface=interface, input_type="IMAGE")
    assert target.client().projects(project_of(target))[0]["jsonInterface"] == interface
    assert not any("inferred" in each for each in loaded["notes"])


def test_labels_fit_the_inferred_interface(target: Emulator, full_export: Path) -> None:
    target.imports.read(full_export)
    (project,) = target.export()["projects"]
    jobs = parse_json_interface(project["jsonInterface"], "test")
    for each in target.export()["labels"]:
        assert check_json_response(json.loads(each["jsonResponse"]), jobs, project["inputType"])


def test_second_import_needs_replace(target: Emulator, full_export: Path) -> None:
    target.imports.read(full_export)
    before = target.state.save_bytes()
    with pytest.raises(KiliError, match="--replace"):
        target.imports.read(full_export)
    assert target.state.save_bytes() == before
    target.imports.read(full_export, replace=True)
    assert is_consistent(target)


def test_pixels_of_an_export_are_left_out(
    source: Emulator, target: Emulator, full_export: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(full_export) as archive:
        assert b'"vertices"' in archive.read("data.json")
    target.imports.read(full_export)
    assert '"vertices"' not in json.dumps(target.export())


@pytest.mark.parametrize(
    "version", ["2.125.2", pytest.param("2.150.1", marks=pytest.mark.contract)]
)
def test_exports_of_older_sdks_are_read(
    sdk_process: Callable[[str], SdkProcess], target: Emulator, tmp_path: Path, version: str
) -> None:
    with ServerUnderTest(tmp_path / "data", "--ephemeral", "--seed", "4") as server:
        world = server.new_world()
        path = tmp_path / "old.zip"
        sdk_process(version).session(env=world.environment()).run(
            "from kili.client import Kili\n"
            f"Kili().export_labels({world.project_id!r}, {str(path)!r}, 'raw')"
        ).checked()
        loaded = target.imports.read(path)
        assert loaded["project"] == world.project_id
        assert loaded["counts"]["labels"] > 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "neither data.json nor files"),
        ({"data.json": b"{"}, "not JSON"),
        ({"data.json": b"[{}]"}, "without an id"),
        ({"labels/a.json": b"[]"}, "without an id"),
        ({"../data.json": b"[]"}, "would leave the folder"),
    ],
)
def test_unusable_export_is_refused(
    target: Emulator, tmp_path: Path, content: dict[str, bytes], message: str
) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, each in content.items():
            archive.writestr(name, each)
    with pytest.raises(KiliError, match=message):
        target.imports.read(path)
    assert target.worlds.show()["projects"] == []


def test_unusable_options_are_refused(target: Emulator, full_export: Path, tmp_path: Path) -> None:
    with pytest.raises(KiliError, match="use one of AUDIO"):
        target.imports.read(full_export, input_type="PICTURE")
    with pytest.raises(KiliError, match="json interface"):
        target.imports.read(full_export, interface={"jobs": {"JOB": {"mlTask": "NO_SUCH"}}})
    with pytest.raises(KiliError, match="cannot be read"):
        target.imports.read(tmp_path / "missing.zip")
    assert target.worlds.show()["projects"] == []


@pytest.mark.parametrize(
    ("response", "task"),
    [
        ({"categories": [{"name": "A"}]}, "CLASSIFICATION"),
        ({"annotations": [{"type": "polygon", "categories": [{"name": "A"}]}]}, "OBJECT_DETECTION"),
        (
            {"annotations": [{"beginOffset": 0, "content": "x", "categories": [{"name": "A"}]}]},
            "NAMED_ENTITIES_RECOGNITION",
        ),
        ({"annotations": [{"startObjects": [], "categories": []}]}, "OBJECT_RELATION"),
        ({"annotations": [{"startEntities": [], "categories": []}]}, "NAMED_ENTITIES_RELATION"),
        ({"text": "x"}, "TRANSCRIPTION"),
    ],
)
def test_task_of_a_job_is_inferred_from_answers(response: dict[str, Any], task: str) -> None:
    jobs = infer_interface([{"JOB": response}], "IMAGE")["jobs"]
    assert jobs["JOB"]["mlTask"] == task
    assert parse_json_interface(json.dumps({"jobs": jobs}), "test")


def test_sub_jobs_and_categories_are_inferred() -> None:
    response = {"JOB": {"categories": [{"name": "A", "children": {"SUB": {"text": "x"}}}]}}
    several = {"JOB": {"categories": [{"name": "B"}, {"name": "C"}]}}
    jobs = infer_interface([response, several], "IMAGE")["jobs"]
    assert jobs["SUB"]["isChild"]
    assert jobs["JOB"]["content"]["input"] == "checkbox"
    assert jobs["JOB"]["content"]["categories"]["A"]["children"] == ["SUB"]
    assert parse_json_interface(json.dumps({"jobs": jobs}), "test")


@pytest.mark.parametrize(
    ("contents", "responses", "input_type"),
    [
        (["https://x.org/a.MP4?token=1"], [], "VIDEO"),
        (["assets/a.pdf"], [], "PDF"),
        (["no suffix"], [{"0": {}, "1": {}}], "VIDEO"),
        ([""], [{"JOB": {"annotations": [{"beginOffset": 1}]}}], "TEXT"),
        ([""], [{"JOB": {"annotations": [{"polys": []}]}}], "PDF"),
        ([], [], "IMAGE"),
    ],
)
def test_input_type_is_inferred(
    contents: list[str], responses: list[dict[str, Any]], input_type: str
) -> None:
    assert infer_input_type(contents, responses) == input_type


# Copies


def add_many_assets(emulator: Emulator, number: int) -> None:
    emulator.client().append_many_to_dataset(
        project_of(emulator),
        content_array=[f"https://example.org/{each}.png" for each in range(number)],
        external_id_array=[f"asset {each}" for each in range(number)],
        wait_until_availability=False,
    )


def test_copy_is_equal_document_by_document(
    source: Emulator, target: Emulator, tmp_path: Path
) -> None:
    source.reset()
    before = source.state.save(tmp_path / "before.zip", project=TITLE)
    loaded = target.imports.pull(
        project_of(source), source.endpoint, source.key(), media=True, folder=tmp_path / "pages"
    )
    assert loaded["project"] == project_of(source)
    copy = target.state.save(tmp_path / "copy.zip", project=TITLE)
    for each in target.state.diff(before, copy):
        if each["table"] in ("organizations", "projectVersions"):
            continue
        assert each["change"] == "changed", each
        members = {member["member"] for member in each["members"]}
        assert members <= NOT_TOLD.get(each["table"], set()), each
    assert is_consistent(target)


def test_copy_does_not_change_its_source(
    source: Emulator, target: Emulator, tmp_path: Path
) -> None:
    source.reset()
    project, endpoint, key = project_of(source), source.endpoint, source.key()
    before = source.state.save_bytes()
    known = len(source.calls())
    target.imports.pull(project, endpoint, key, media=True, folder=tmp_path)
    sent = source.calls()[known:]
    assert len(sent) >= 10
    roots = {name for each in sent for name in each["operations"]}
    assert roots
    assert all(each.startswith(("Query.", "GET ")) for each in roots), roots
    assert source.state.save_bytes() == before


def test_copies_of_a_workflow_with_steps_tags_and_settings_are_equal(
    source: Emulator, target: Emulator, tmp_path: Path
) -> None:
    source.reset()
    kili = source.client()
    interface = kili.projects(project_of(source))[0]["jsonInterface"]
    project = kili.create_project(
        title="Steps", input_type="IMAGE", json_interface=interface, description="Three words"
    )["id"]
    kili.update_properties_in_project(project, instructions="Look closely", review_coverage=50)
    kili.append_to_roles(project, "labeler@example.com", role="LABELER")
    picture = tmp_path / "a.png"
    picture.write_bytes(png(3, 2))
    kili.append_many_to_dataset(
        project,
        content_array=[str(picture), str(picture)],
        external_id_array=["one", "two"],
        json_metadata_array=[{"a": 1}, {}],
    )
    source.submit("Steps", "one", {"JOB_0": {"annotations": []}}, user="labeler")
    asset = kili.assets(project, external_id_strictly_in=["two"])[0]["id"]
    kili.update_properties_in_assets(
        asset_ids=[asset], priorities=[3], to_be_labeled_by_array=[["labeler@example.com"]]
    )
    before = source.state.save(tmp_path / "before.zip", project="Steps")
    target.imports.pull(
        project, source.endpoint, source.key(), media=True, folder=tmp_path / "pages"
    )
    copy = target.state.save(tmp_path / "copy.zip", project="Steps")
    for each in target.state.diff(before, copy):
        if each["table"] == "organizations":
            continue
        assert each["change"] == "changed", each
        members = {member["member"] for member in each["members"]}
        assert members <= NOT_TOLD.get(each["table"], set()) | {"createdAt"}, each


def test_copy_without_media_says_so(source: Emulator, target: Emulator, tmp_path: Path) -> None:
    source.reset()
    loaded = target.imports.pull(project_of(source), source.endpoint, source.key(), folder=tmp_path)
    assert any("--media" in each for each in loaded["notes"])
    assert "files" not in loaded["counts"]


def test_interrupted_copy_continues(
    source: Emulator, target: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.reset()
    add_many_assets(source, 450)
    project, endpoint, key = project_of(source), source.endpoint, source.key()
    asked: list[tuple[str, int]] = []
    read_page = Source.page

    def page(self: Source, resource: Any, project_id: str, skip: int) -> list[dict[str, Any]]:
        if (resource.field, skip) == ("assets", 400) and not asked.count(("assets", 400)):
            asked.append((resource.field, skip))
            raise KeyboardInterrupt
        asked.append((resource.field, skip))
        return read_page(self, resource, project_id, skip)

    monkeypatch.setattr(Source, "page", page)
    with pytest.raises(KeyboardInterrupt):
        target.imports.pull(project, endpoint, key, folder=tmp_path)
    assert target.worlds.show()["projects"] == []
    asked.append(("again", 0))
    loaded = target.imports.pull(project, endpoint, key, folder=tmp_path)
    again = asked[asked.index(("again", 0)) + 1 :]
    assert again == [("assets", 400), ("labels", 0), ("issues", 0)]
    assert loaded["counts"]["assets"] == 456
    assert any("interrupted copy was continued" in each for each in loaded["notes"])
    assert list(tmp_path.iterdir()) == []
    source.reset()


def test_key_is_stored_nowhere(
    source: Emulator, target: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.reset()
    key = source.key()
    monkeypatch.setattr(Source, "tags", lambda self, project_id: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        target.imports.pull(project_of(source), source.endpoint, key, folder=tmp_path)
    kept = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert kept
    assert not any(key.encode() in each.read_bytes() for each in kept)


@pytest.mark.parametrize(
    ("project", "key", "message"),
    [
        ("no-such", "emulator-admin", "shows no project no-such"),
        ("x", "wrong-key", "did not answer"),
    ],
)
def test_refusals_of_the_source_are_explained(
    source: Emulator, target: Emulator, tmp_path: Path, project: str, key: str, message: str
) -> None:
    with pytest.raises(KiliError, match=message) as refused:
        target.imports.pull(project, source.endpoint, key, folder=tmp_path)
    assert "wrong-key" not in str(refused.value)


def test_missing_key_is_explained(
    target: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KILI_API_KEY", raising=False)
    with pytest.raises(ValueError, match="there is no API key"):
        target.imports.pull("x", "http://127.0.0.1:1/graphql", folder=tmp_path)


# The commands


def test_commands_import_and_pull(
    source: Emulator, full_export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.reset()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("KILI_SOURCE_API_KEY", source.key())
    with ServerUnderTest(tmp_path / "data", "--ephemeral", "--scenario", "empty") as server:
        options = ["--data-dir", str(server.data_dir)]
        imported = CliRunner().invoke(main, ["import", str(full_export), *options])
        assert imported.exit_code == 0, imported.output
        assert "New member, as the author of labels: labeler@" in imported.output
        assert "Note: The json interface is not in an export" in imported.output
        copy = ["pull", "--project", project_of(source), "--from", source.endpoint, "--media"]
        refused = CliRunner().invoke(main, [*copy, *options])
        assert refused.exit_code == 1
        assert "--replace" in refused.output
        pulled = CliRunner().invoke(main, [*copy, "--replace", "--json", *options])
        assert pulled.exit_code == 0, pulled.output
        assert json.loads(pulled.stdout)["counts"]["files"] == 6
        wrong = CliRunner().invoke(main, ["import", str(tmp_path / "no.zip"), *options])
        assert "cannot be read" in wrong.output
