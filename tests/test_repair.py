"""The command ``repair``: recover what can be read, and leave a consistent world that opens."""

from __future__ import annotations

import contextlib
import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kili_emulator import Emulator
from kili_emulator.cli import main
from kili_emulator.clock import Clock
from kili_emulator.domain.consistency import find_inconsistencies
from kili_emulator.domain.repair.world_repair import WorldRepair
from kili_emulator.domain.world_folder import WorldError, open_world

PAGE = 4096
Content = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def _pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder whose world has labels of people."""
    folder = tmp_path_factory.mktemp("pristine") / "data"
    with Emulator(ephemeral=False, data_dir=folder, seed=0) as emulator:
        project = emulator.world.view.projects.all()[0]["id"]
        assets = [
            each["externalId"] for each in emulator.world.view.assets.find("project", project)
        ]
        for name in assets[:4]:
            with contextlib.suppress(Exception):  # the asset waits for somebody else
                emulator.users.submit(project, name, {})
    return folder


@pytest.fixture
def folder(_pristine: Path, tmp_path: Path) -> Path:
    return shutil.copytree(_pristine, tmp_path / "data")


@pytest.fixture
def file(folder: Path) -> Path:
    return folder / "worlds" / "default" / "documents.sqlite"


def run(folder: Path, *options: str, status: int = 0) -> str:
    done = CliRunner().invoke(main, ["repair", "--data-dir", str(folder), *options])
    assert done.exit_code == status, done.output
    return done.output


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Emulator]:
    """Open a repaired world, which is consistent and which its administrator can use."""
    with Emulator(ephemeral=False, data_dir=folder) as emulator:
        found = find_inconsistencies(emulator.world.documents.snapshot)
        assert [str(each) for each in found] == []
        yield emulator


def content(folder: Path) -> Content:
    with opened(folder) as emulator:
        return emulator.world.export()


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith("-shm")
    }


def delete(file: Path, condition: str) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        deleted = connection.execute(f"DELETE FROM documents WHERE {condition}")
        assert deleted.rowcount, condition


def spoil_page(file: Path, page: int) -> None:
    content = bytearray(file.read_bytes())
    content[page * PAGE : (page + 1) * PAGE] = b"\xa5" * PAGE
    file.write_bytes(content)


# Whole data


def test_whole_data_are_not_changed(folder: Path) -> None:
    before = files(folder)
    assert run(folder) == "World default: nothing to repair.\n"
    assert files(folder) == before


def test_missing_folder_is_an_error(tmp_path: Path) -> None:
    assert "there is no folder" in run(tmp_path / "none", status=1)


def test_data_of_a_running_emulator_are_not_touched(folder: Path) -> None:
    with Emulator(ephemeral=False, data_dir=folder):
        assert "Error: another emulator uses" in run(folder, status=1)


# Damage


def test_damaged_page_is_repaired_after_a_backup(folder: Path, file: Path) -> None:
    before = content(folder)
    spoil_page(file, file.read_bytes().index(b'"labelType":"') // PAGE)
    damaged = files(folder / "worlds" / "default")

    said = run(folder, "--dry-run", status=1)
    assert f"{file} cannot be read as a whole (" in said
    assert files(folder / "worlds" / "default") == damaged
    assert not (folder / "backups").exists()

    done = run(folder)
    assert done.startswith(said)
    assert "World default was repaired. A copy of its former state is in " in done
    (backup,) = (folder / "backups").iterdir()
    assert files(backup) == damaged
    after = content(folder)
    lost = {
        table: len(rows) - len([each for each in rows if each in after[table]])
        for table, rows in before.items()
    }
    assert 0 < sum(lost.values()) < 40
    assert run(folder) == "World default: nothing to repair.\n"


def test_each_damaged_page_leaves_a_world_that_opens(folder: Path, file: Path) -> None:
    whole = file.read_bytes()
    for page in range(len(whole) // PAGE):
        spoil_page(file, page)
        run(folder)
        with contextlib.closing(open_world(file.parent)) as world:
            assert find_inconsistencies(world.documents.snapshot) == [], page
            assert len(world.view.labels.all()) > 0, page
        file.write_bytes(whole)


@pytest.mark.parametrize("seed", range(25))
def test_scattered_damage_leaves_a_consistent_world_or_an_unchanged_one(
    folder: Path, file: Path, tmp_path: Path, seed: int
) -> None:
    draw, content = random.Random(seed), bytearray(file.read_bytes())
    for _ in range(draw.choice((1, 20, 200))):
        start = draw.randrange(len(content))
        content[start : start + 16] = draw.randbytes(16)
    file.write_bytes(content[: draw.choice((len(content), len(content) // 3))])
    damaged = file.read_bytes()
    try:
        WorldRepair(file.parent, Clock().now()).apply(tmp_path / "backups")
    except WorldError:  # no document is left
        assert file.read_bytes() == damaged
        return
    with contextlib.closing(open_world(file.parent)) as world:
        assert find_inconsistencies(world.documents.snapshot) == []
        assert world.start is not None


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_world_without_readable_documents_is_left_alone(
    folder: Path, file: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(file)
    before = files(folder)
    said = run(folder, status=1)
    assert f"no document of {file} can be read. Nothing has been removed. Restore " in said
    assert files(folder) == before


def test_documents_of_another_version_are_left_alone(folder: Path, file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version=99")
    before = files(folder)
    assert "was written by another version of the emulator: repair it" in run(folder, status=1)
    assert files(folder) == before


# Lost documents


@pytest.mark.parametrize("table", ["organizations", "users", "projects", "assets"])
def test_labels_stay_when_documents_above_them_are_lost(
    folder: Path, file: Path, table: str
) -> None:
    before = content(folder)
    delete(file, f"tbl = '{table}'")
    said = run(folder)
    assert re.search(rf"^  {table}: \d documents? replaced by placeholders$", said, re.MULTILINE)
    after = content(folder)
    assert [each["id"] for each in after["labels"]] == [each["id"] for each in before["labels"]]
    lost = {each["id"] for each in before[table]}
    assert {each["id"] for each in after[table]} & lost


def test_asset_without_its_step_and_group_gets_placeholders(folder: Path, file: Path) -> None:
    with opened(folder) as emulator:
        kili = emulator.client()
        project = kili.create_project(title="S", input_type="TEXT", json_interface={"jobs": {}})
        kili.append_many_to_dataset(project["id"], ["https://example.com/a"])
        before = emulator.world.export()
    assert before["steps"]
    delete(file, "tbl IN ('steps', 'stepGroups')")
    run(folder)
    after = content(folder)
    assert [each["id"] for each in after["assets"]] == [each["id"] for each in before["assets"]]
    assert {each["id"] for each in after["steps"]} <= {each["id"] for each in before["steps"]}


def test_dependents_of_lost_documents_are_dropped_and_mentions_removed(
    folder: Path, file: Path
) -> None:
    before = content(folder)
    delete(file, "tbl = 'issues'")
    said = run(folder)
    count = len(before["comments"])
    assert f"comments: {count} documents dropped" in said
    assert re.search(r"issueId refers to issues \w+, which is lost", said)
    after = content(folder)
    assert (after["issues"], after["comments"]) == ([], [])
    assert after["labels"] == before["labels"]


def test_lost_administrator_key_is_replaced(folder: Path, file: Path) -> None:
    delete(file, "tbl = 'apiKeys'")
    assert "the API key emulator-admin is new: no API key of an" in run(folder)
    with opened(folder) as emulator:
        assert emulator.client("admin").count_projects() > 0


@pytest.mark.parametrize(
    ("key", "statement"),
    [("start", "DELETE FROM meta WHERE key = 'start'"), ("all", "DELETE FROM meta")],
)
def test_lost_state_of_the_world_is_made_anew(
    folder: Path, file: Path, key: str, statement: str
) -> None:
    before = content(folder)
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)
    run(folder)
    assert content(folder) == before, key


def test_reset_returns_to_the_repaired_state(folder: Path, file: Path) -> None:
    delete(file, "tbl = 'issues'")
    run(folder)
    repaired = content(folder)
    with opened(folder) as emulator:
        emulator.client().create_project(title="New", input_type="TEXT", json_interface={})
        emulator.reset()
        assert emulator.world.export() == repaired


# Files


def test_missing_and_cut_uploads_are_listed(folder: Path) -> None:
    blobs = sorted((folder / "worlds" / "default" / "blobs").iterdir())
    blobs[0].unlink()
    blobs[1].write_bytes(blobs[1].read_bytes()[:-1])
    said = run(folder, status=1)
    assert f"its stored bytes (blobs/{blobs[0].name}) are missing; upload the same file" in said
    assert f"its stored bytes (blobs/{blobs[1].name}) are damaged; upload the same file" in said
    assert not (folder / "backups").exists()


def test_damaged_secret_is_removed(folder: Path) -> None:
    (folder / "secret").write_bytes(b"\xff\xfe")
    assert "secret is damaged" in run(folder, "--dry-run", status=1)
    assert (folder / "secret").exists()
    assert "was damaged and is removed: the next start makes a new one" in run(folder)
    with opened(folder):
        assert len((folder / "secret").read_text()) == 43


# The log


@pytest.fixture
def killed(folder: Path, tmp_path: Path) -> Path:
    """Return a copy of a data folder as a kill leaves it, with the last commits in the log."""
    copied = tmp_path / "killed"
    with Emulator(ephemeral=False, data_dir=folder) as emulator:
        for number in range(5):
            emulator.client().create_project(
                title=f"P{number}", input_type="TEXT", json_interface={}
            )
        shutil.copytree(folder, copied)
    return copied


def create_project(emulator: Emulator, title: str) -> None:
    emulator.client().create_project(title=title, input_type="TEXT", json_interface={})


def cut(log: Path) -> None:
    log.write_bytes(log.read_bytes()[: -3 * PAGE])


def spoil_middle(log: Path) -> None:
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 0xFF
    log.write_bytes(content)


@pytest.mark.parametrize("spoil", [cut, spoil_middle, Path.unlink])
def test_lost_end_of_the_log_is_an_error_until_it_is_accepted(
    killed: Path, spoil: Callable[[Path], None]
) -> None:
    file = killed / "worlds" / "default" / "documents.sqlite"
    spoil(file.with_name("documents.sqlite-wal"))
    with pytest.raises(WorldError) as caught:
        open_world(file.parent)
    assert re.match(
        rf"{file} is not whole: its last (\d+ )?changes? (is|are) missing", str(caught.value)
    )
    assert "because documents.sqlite-wal is damaged, cut or missing. Nothing" in str(caught.value)

    assert "is not whole: its last" in run(killed)
    assert run(killed) == "World default: nothing to repair.\n"
    with opened(killed) as emulator:
        emulator.reset()  # the journal is whole
        titles = [each["title"] for each in emulator.world.view.projects.all()]
    assert not any(re.fullmatch(r"P\d", each) for each in titles)


def test_log_of_a_killed_process_is_recovered(killed: Path) -> None:
    projects = content(killed)["projects"]
    assert [each["title"] for each in projects][-5:] == [f"P{number}" for number in range(5)]


def test_rollback_is_not_taken_for_lost_commits(folder: Path) -> None:
    with opened(folder) as emulator:
        mark = emulator.mark()
        create_project(emulator, "P")
        emulator.reset(mark)
        before = emulator.world.export()
    assert content(folder) == before


def test_data_of_versions_without_a_witness_open(folder: Path, file: Path) -> None:
    file.with_name("documents.sqlite-commit").unlink()
    with opened(folder):
        pass
    for damaged in (b"", b"x" * 21):
        file.with_name("documents.sqlite-commit").write_bytes(damaged)
        with opened(folder):
            pass
