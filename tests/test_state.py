"""The state of a world as a file: saved, loaded and compared, from all three fronts."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kili_emulator import Emulator
from kili_emulator.cli import main
from kili_emulator.domain.api_key import create_api_key
from kili_emulator.domain.consistency import find_inconsistencies
from kili_emulator.domain.world import Actor
from kili_emulator.errors import KiliError
from kili_emulator.transfer.state_file import read_state_file
from kili_emulator.transfer.world_loading import load_world
from tests.kit.plugin_project import PluginProject
from tests.kit.server_under_test import ServerUnderTest

TITLE = "Plugin tutorial: count the objects"
PRINTING = """
print(label["id"], self.kili.count_assets(self.project_id))
"""
OTHER_COMPANY = {
    "organization": {"name": "Other company"},
    "users": [
        {
            "key": "admin",
            "email": "boss@other.org",
            "firstname": "Ada",
            "lastname": "Boss",
            "organizationRole": "ADMIN",
        }
    ],
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


@pytest.fixture(scope="module")
def world_file(source: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    source.reset()
    return source.state.save(tmp_path_factory.mktemp("state") / "world.zip")


@pytest.fixture(scope="module")
def project_file(source: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    source.reset()
    return source.state.save(tmp_path_factory.mktemp("state") / "project.zip", project=TITLE)


def project_id(emulator: Emulator) -> str:
    return emulator.worlds.show()["projects"][0]["id"]


def entries_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_entries(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def is_consistent(emulator: Emulator) -> bool:
    world = emulator.platform.registry.get("default")
    return not find_inconsistencies(world.documents.snapshot)


# A whole world


def test_same_state_gives_the_same_bytes(source: Emulator, world_file: Path) -> None:
    source.reset()
    assert source.state.save_bytes() == world_file.read_bytes()


def test_loaded_world_is_the_saved_one(
    source: Emulator, target: Emulator, world_file: Path
) -> None:
    source.reset()
    loaded = target.state.load(world_file)
    assert (loaded["kind"], loaded["project"], loaded["notes"]) == ("world", None, [])
    assert target.export() == source.export()
    assert target.state.save_bytes() == world_file.read_bytes()
    assert is_consistent(target)


def test_loaded_world_goes_on_like_the_saved_one(
    source: Emulator, target: Emulator, world_file: Path
) -> None:
    source.reset()
    target.state.load(world_file)
    for emulator in (source, target):
        kili = emulator.client()
        kili.update_properties_in_project(project_id(emulator), title="Renamed")
        assert kili.count_assets(project_id(emulator)) == 6
    assert source.export() == target.export()


def test_loaded_media_can_be_downloaded(target: Emulator, world_file: Path, tmp_path: Path) -> None:
    target.state.load(world_file)
    kili = target.client()
    found = kili.assets(
        project_id(target), download_media=True, local_media_dir=str(tmp_path), disable_tqdm=True
    )
    assert all(Path(each["content"]).read_bytes() for each in found)


def test_reset_undoes_a_load(target: Emulator, world_file: Path) -> None:
    before = target.export()
    target.state.load(world_file)
    target.reset()
    assert target.export() == before
    assert target.worlds.show()["projects"] == []


def test_loaded_plugin_runs_and_its_former_runs_are_listed(
    source: Emulator, target: Emulator, tmp_path: Path
) -> None:
    source.reset()
    run = PluginProject(source, tmp_path).run_once(PRINTING)
    former = source.runs.show(run["id"])
    target.state.load(source.state.save(tmp_path / "world.zip"))
    loaded = target.runs.show(run["id"])
    assert (loaded["outcome"], loaded["lines"]) == (former["outcome"], former["lines"])
    title = target.worlds.show()["projects"][-1]["title"]
    target.submit(title, "aquarium", {"JOB_0": {"annotations": []}}, user="labeler")
    assert len(target.runs.list()) == len(source.runs.list()) + 1
    assert target.runs.list()[-1]["outcome"] == former["outcome"]
    with pytest.raises(KiliError, match="state with the run was loaded"):
        target.runs.replay(run["id"])


def test_keys_get_the_name_of_the_world_into_which_they_are_loaded(
    source: Emulator, world_file: Path
) -> None:
    source.reset()
    source.worlds.create("copy", OTHER_COMPANY)
    try:
        session = source.platform.registry.get("copy")
        load_world(session, read_state_file(world_file))
        assert source.worlds.show("copy")["keys"]["admin"] == "emulator-admin.copy"
    finally:
        source.worlds.delete("copy")


def test_file_of_a_world_is_private_and_says_that_it_has_keys(world_file: Path) -> None:
    assert b"API keys" in entries_of(world_file)["README.md"]
    assert b"emulator-admin" in entries_of(world_file)["world/apiKeys.jsonl"]
    if os.name == "posix":
        assert world_file.stat().st_mode & 0o077 == 0


# One project


def test_file_of_a_project_has_no_secrets(source: Emulator, project_file: Path) -> None:
    text = b"".join(entries_of(project_file).values())
    keys = source.worlds.show()["keys"].values()
    assert not any(key.encode() in text for key in keys)
    users = entries_of(project_file)["world/users.jsonl"].splitlines()
    assert all(json.loads(each)["document"]["password"] is None for each in users)


def test_project_is_added_with_its_ids(
    source: Emulator, target: Emulator, project_file: Path
) -> None:
    loaded = target.state.load(project_file)
    assert loaded["project"] == project_id(source)
    assert "labeler@example.com" in loaded["newUsers"]
    assert is_consistent(target)
    changed = {
        (each["table"], member["member"])
        for each in target.state.diff(project_file)
        for member in each["members"]
    }
    assert changed == {("projects", "organizationId"), ("users", "organizationId")}


def test_existing_project_is_replaced_on_request_only(source: Emulator, project_file: Path) -> None:
    source.reset()
    source.client().update_properties_in_project(project_id(source), title="Renamed")
    before = source.state.save_bytes()
    with pytest.raises(KiliError, match="--replace"):
        source.state.load(project_file)
    assert source.state.save_bytes() == before
    source.state.load(project_file, replace=True)
    assert source.worlds.show()["projects"] == [{"id": project_id(source), "title": TITLE}]
    assert source.state.diff(project_file) == []
    assert is_consistent(source)
    source.reset()


def test_unknown_project_is_not_saved(source: Emulator, tmp_path: Path) -> None:
    with pytest.raises(KiliError, match="no-such"):
        source.state.save(tmp_path / "x.zip", project="no-such")
    assert not list(tmp_path.iterdir())


# Differences


def test_differences_name_documents_and_members(
    source: Emulator, world_file: Path, tmp_path: Path
) -> None:
    source.reset()
    kili = source.client()
    kili.update_properties_in_project(project_id(source), title="Renamed")
    asset = kili.assets(project_id(source), fields=["id", "externalId"])[-1]
    kili.delete_many_from_dataset(asset_ids=[asset["id"]])
    later = source.state.save(tmp_path / "later.zip")
    found = source.state.diff(world_file)
    assert found == source.state.diff(world_file, later)
    (project,) = [each for each in found if each["table"] == "projects"]
    assert {"member": "title", "before": TITLE, "after": "Renamed"} in project["members"]
    removed = [each for each in found if each["change"] == "removed" and each["table"] == "assets"]
    assert [each["name"] for each in removed] == [asset["externalId"]]
    assert source.state.diff(later) == []
    source.reset()


# Files that cannot be loaded


def damaged_manifest(**members: Any) -> Any:
    def change(entries: dict[str, bytes]) -> None:
        manifest = {**json.loads(entries["state.json"]), **members}
        entries["state.json"] = json.dumps(manifest).encode()

    return change


def damage_document(table: str, **members: Any) -> Any:
    def change(entries: dict[str, bytes]) -> None:
        name = f"world/{table}.jsonl"
        first, *others = entries[name].splitlines()
        line = json.loads(first)
        line["document"] |= members
        entries[name] = b"\n".join([json.dumps(line).encode(), *others])

    return change


def drop(name: str) -> Any:
    def change(entries: dict[str, bytes]) -> None:
        for each in [each for each in entries if each.startswith(name)]:
            del entries[each]

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (drop("state.json"), "no state.json"),
        (damaged_manifest(formatVersion=99), "format 99"),
        (damaged_manifest(format="other"), "no state.json of a state"),
        (damaged_manifest(world=None), "neither"),
        (damaged_manifest(project="other", world=None), "neither"),
        (drop("files/"), "is missing"),
        (drop("world/users"), "which is missing"),
        (damage_document("labels", projectId="other"), "labels"),
        (damage_document("users", email="manager@example.com"), "email"),
        (lambda entries: entries.update({"world/new.jsonl": b"{}"}), "no table"),
        (lambda entries: entries.update({"world/labels.jsonl": b"{"}), "expected content"),
        (lambda entries: entries.update({"world/labels.jsonl": b'{"position": 1}'}), "expected"),
        (lambda entries: entries.update({"files/" + "0" * 64: b"x"}), "was changed"),
    ],
)
def test_unusable_file_is_refused_and_changes_nothing(
    target: Emulator, world_file: Path, tmp_path: Path, change: Any, message: str
) -> None:
    before = target.state.save_bytes()
    entries = entries_of(world_file)
    change(entries)
    with pytest.raises(KiliError, match=message):
        target.state.load(write_entries(tmp_path / "damaged.zip", entries))
    assert target.state.save_bytes() == before


def test_file_that_is_no_archive_is_refused(target: Emulator, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"no archive")
    with pytest.raises(KiliError, match="not a zip archive"):
        target.state.load(path)
    with pytest.raises(KiliError, match="cannot be read"):
        target.state.load(tmp_path / "missing.zip")


def test_key_of_another_world_is_refused(source: Emulator, tmp_path: Path) -> None:
    source.reset()
    with source.platform.registry.get("default").transaction(Actor.system()) as tx:
        create_api_key(tx, tx.users.all()[0], name="own", key="my-own-secret-key")
    path = source.state.save(tmp_path / "world.zip")
    with Emulator(OTHER_COMPANY) as other:
        other.worlds.create("second", OTHER_COMPANY)
        other.state.load(path)
        second = other.platform.registry.get("second")
        before = second.export()
        with pytest.raises(KiliError, match="another world has its API key"):
            load_world(second, read_state_file(path))
        assert second.export() == before
    source.reset()


# The commands, on a running server


def run(server: ServerUnderTest, *arguments: str) -> Result:
    options = ["--data-dir", str(server.data_dir)]
    return CliRunner().invoke(main, [*arguments, *options])


def test_commands_save_compare_and_load(tmp_path: Path) -> None:
    with ServerUnderTest(tmp_path / "data", "--ephemeral", "--seed", "4") as server:
        file = str(tmp_path / "world.zip")
        saved = run(server, "state", "save", file)
        assert saved.exit_code == 0, saved.output
        assert "with its API keys" in saved.output
        same = run(server, "state", "diff", file)
        assert (same.exit_code, same.output) == (0, "")
        server.control("POST", "/worlds/default/load", json={"scenario": "empty"})
        changed = run(server, "state", "diff", file)
        assert changed.exit_code == 1
        assert f"- projects {TITLE!r}" not in changed.output
        assert "- projects c" in changed.output
        loaded = run(server, "state", "load", file)
        assert "a whole world" in loaded.output, loaded.output
        assert run(server, "state", "diff", file).output == ""
        project = run(server, "state", "save", str(tmp_path / "p.zip"), "--project", TITLE)
        assert project.exit_code == 0, project.output
        two = run(server, "state", "diff", str(tmp_path / "p.zip"), file)
        assert "+ events" in two.output


def test_state_that_locks_its_loader_out_is_not_kept(tmp_path: Path) -> None:
    with ServerUnderTest(tmp_path / "data", "--ephemeral", "--seed", "4") as server:
        path = tmp_path / "world.zip"
        assert run(server, "state", "save", str(path)).exit_code == 0
        entries = entries_of(path)
        entries["world/apiKeys.jsonl"] = b""
        refused = run(server, "state", "load", str(write_entries(tmp_path / "x.zip", entries)))
        assert refused.exit_code == 1
        assert "nothing was loaded" in refused.output
        assert run(server, "state", "diff", str(path)).output.count("\n") <= 3
