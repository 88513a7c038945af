"""Bundles: a run in a file, without secrets, which can be repeated on another machine."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kili_emulator import Emulator, replay_bundle
from kili_emulator.cli import main
from kili_emulator.errors import KiliError
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.failing_plugin import BODY, FIXED
from tests.kit.plugin_project import PluginProject, submit_source

ROOT = Path(__file__).resolve().parent.parent
SECRET = "Bearer s3cret-of-the-webhook"


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Emulator]:
    with fast_sdk(), Emulator(seed=0) as running:
        yield running


@pytest.fixture
def project(shared_emulator: Emulator, tmp_path: Path) -> PluginProject:
    shared_emulator.reset()
    return PluginProject(shared_emulator, tmp_path)


@pytest.fixture(scope="module")
def failed_run(shared_emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the bundle of a run that failed."""
    shared_emulator.reset()
    folder = tmp_path_factory.mktemp("failed")
    run = PluginProject(shared_emulator, folder).run_once(BODY)
    return shared_emulator.runs.bundle(run["id"], folder / "bug.zip")


def entries_of(bundle: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(bundle: Path, target: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """Write a copy of a bundle with changed entries."""
    entries = entries_of(bundle)
    change(entries)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target


def table(bundle: Path, name: str) -> list[dict[str, Any]]:
    lines = entries_of(bundle)[f"world/{name}.jsonl"].splitlines()
    return [json.loads(each)["document"] for each in lines]


@pytest.mark.parametrize("isolation", [None, "process"])
def test_the_run_of_a_bundle_repeats_exactly(failed_run: Path, isolation: str | None) -> None:
    view = replay_bundle(failed_run, isolation=isolation)
    (replayed,) = view["replays"]
    assert (replayed["diff"], view["isSame"], view["notes"]) == ("", True, [])
    assert replayed["headline"] == "KeyError: 'nope'"


def test_edited_code_is_tried_on_a_bundle(failed_run: Path, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(submit_source(FIXED))
    (replayed,) = replay_bundle(failed_run, plugin=tmp_path)["replays"]
    assert (replayed["outcome"], replayed["sameCalls"]) == ("SUCCEEDED", True)


def test_a_bundle_is_readable(failed_run: Path) -> None:
    entries = entries_of(failed_run)
    assert entries["plugin/main.py"].decode() == submit_source(BODY)
    assert json.loads(entries["payload.json"]).keys() == {"label", "asset_id"}
    assert b"KeyError: 'nope'" in entries["logs.txt"]
    assert b"kili-emulator bundle run" in entries["README.md"]
    assert b"A bundle is code" in entries["README.md"]
    manifest = json.loads(entries["bundle.json"])
    assert manifest["versions"]["packages"].keys() == {"kili"}
    assert manifest["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))


def test_the_same_run_makes_the_same_bundle(project: PluginProject, tmp_path: Path) -> None:
    run = project.run_once("pass")
    one = project.emulator.runs.bundle(run["id"], tmp_path / "one.zip")
    other = project.emulator.runs.bundle(run["id"], tmp_path / "other.zip")
    assert one.read_bytes() == other.read_bytes()
    assert one.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("whole_world", [False, True])
def test_no_secret_of_the_world_is_in_a_bundle(
    project: PluginProject, tmp_path: Path, *, whole_world: bool
) -> None:
    emulator, kili = project.emulator, project.kili
    kili.create_user(email="new@example.com", password="pa55word-of-new", organization_role="USER")
    with fast_sdk():
        kili.create_webhook(
            "http://127.0.0.1:9/hook", "hook", header=SECRET, event_matcher=["project.*"]
        )
    project.activate("hook")
    keys = {each["key"] for each in emulator.world.view.api_keys.all()}
    run = project.run_once(f"print({sorted(keys)!r}, {SECRET!r})\nprint(self.kili.api_key)")
    bundle = emulator.runs.bundle(run["id"], tmp_path / "bug.zip", whole_world=whole_world)
    hashes = {each["password"] for each in emulator.world.view.users.all() if each["password"]}
    assert keys
    assert hashes
    run_key = run_key_in(emulator, run["id"])
    for name, content in entries_of(bundle).items():
        for secret in (*keys, *hashes, SECRET, "pa55word-of-new", run_key):
            assert secret.encode() not in content, (name, secret)
        assert b"token=" not in content.replace(b"token=***", b""), name
    notes = json.loads(entries_of(bundle)["bundle.json"])["notes"]
    assert notes == ["Secrets in plugin/main.py were replaced by ***."]


def run_key_in(emulator: Emulator, run_id: str) -> str:
    """Return the API key that a run has printed."""
    lines = emulator.world.view.plugin_logs.find("run", run_id)
    return next(each["content"] for each in lines if each["content"].startswith("kili-run-"))


def test_a_bundle_has_only_what_the_plugin_could_see(
    project: PluginProject, tmp_path: Path
) -> None:
    kili = project.kili
    other = kili.create_project(input_type="TEXT", json_interface={"jobs": {}}, title="Secret plan")
    kili.append_many_to_dataset(
        other["id"], content_array=["confidential"], external_id_array=["a"], disable_tqdm=True
    )
    run = project.run_once("print(self.kili.count_projects())")
    bundle = project.emulator.runs.bundle(run["id"], tmp_path / "bug.zip")
    assert [each["id"] for each in table(bundle, "projects")] == [project.project]
    assert {each["projectId"] for each in table(bundle, "assets")} == {project.project}
    assert table(bundle, "apiKeys") == table(bundle, "runCalls") == []
    assert b"Secret plan" not in b"".join(entries_of(bundle).values())
    assert replay_bundle(bundle)["isSame"]
    whole = project.emulator.runs.bundle(run["id"], tmp_path / "all.zip", whole_world=True)
    assert len(table(whole, "projects")) == 2
    assert replay_bundle(whole)["isSame"]


def test_a_bundle_has_the_other_projects_that_the_run_named(
    project: PluginProject, tmp_path: Path
) -> None:
    kili = project.kili
    (named, unnamed) = (
        kili.create_project(input_type="TEXT", json_interface={"jobs": {}}, title=each)["id"]
        for each in ("named", "unnamed")
    )
    project.install_handler(
        f"print(len(self.kili.assets({named!r}, fields=['id'], disable_tqdm=True)))"
    )
    for each in (named, unnamed):
        kili.activate_plugin_on_project("P", project_id=each)
    project.submit()
    bundle = project.emulator.runs.bundle(project.runs()[-1]["id"], tmp_path / "bug.zip")
    assert {each["id"] for each in table(bundle, "projects")} == {project.project, named}
    assert replay_bundle(bundle)["isSame"]


def test_paths_of_the_machine_are_not_in_a_bundle(project: PluginProject, tmp_path: Path) -> None:
    folder = tmp_path / "home-of-somebody"
    folder.mkdir()
    (folder / "main.py").write_text(submit_source("print(1)"))
    project.emulator.plugins.link("linked", folder, projects=[project.project])
    project.submit()
    run = project.runs()[-1]
    bundle = project.emulator.runs.bundle(run["id"], tmp_path / "bug.zip")
    assert b"home-of-somebody" not in b"".join(entries_of(bundle).values())


def test_an_unwritable_file_is_refused(project: PluginProject, tmp_path: Path) -> None:
    run = project.run_once("pass")
    with pytest.raises(KiliError, match="cannot be written"):
        project.emulator.runs.bundle(run["id"], tmp_path / "missing" / "bug.zip")


# Damaged and foreign files


def drop(name: str) -> Callable[[dict[str, bytes]], object]:
    return lambda entries: entries.pop(name)


def put(name: str, content: bytes) -> Callable[[dict[str, bytes]], object]:
    return lambda entries: entries.update({name: content})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (drop("bundle.json"), "has no entry 'bundle.json'"),
        (drop("payload.json"), "has no entry 'payload.json'"),
        (drop("world/runs.jsonl"), "bundle.json"),
        (put("bundle.json", b"{"), "'bundle.json' has not the expected content"),
        (put("bundle.json", b"[]"), "not that of a bundle of Kili Emulator"),
        (put("bundle.json", b'{"format": "kili-emulator-bundle"}'), "has format None of bundles"),
        (put("world/assets.jsonl", b"{}\n"), "'world/assets.jsonl' has not the expected content"),
        (put("world/assets.jsonl", b'{"position": 1, "document": 2}\n'), "assets.jsonl"),
        (put("../outside.py", b"print(1)"), "would leave the folder"),
        (put("C:/outside.py", b"print(1)"), "would leave the folder"),
    ],
)
def test_a_damaged_bundle_is_refused(
    failed_run: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], object], reason: str
) -> None:
    bundle = changed(failed_run, tmp_path / "bad.zip", change)
    with pytest.raises(KiliError) as caught:
        replay_bundle(bundle)
    assert reason in str(caught.value)
    assert str(bundle) in str(caught.value)


def test_a_bundle_of_a_newer_format_is_refused(failed_run: Path, tmp_path: Path) -> None:
    def age(entries: dict[str, bytes]) -> None:
        manifest = {**json.loads(entries["bundle.json"]), "formatVersion": 99}
        entries["bundle.json"] = json.dumps(manifest).encode()

    with pytest.raises(KiliError, match="has format 99 of bundles, and this version"):
        replay_bundle(changed(failed_run, tmp_path / "new.zip", age))


def test_another_version_of_python_or_of_a_package_is_named(
    failed_run: Path, tmp_path: Path
) -> None:
    def move(entries: dict[str, bytes]) -> None:
        manifest = json.loads(entries["bundle.json"])
        manifest["versions"] |= {"python": "3.1", "packages": {"unheard-of": "1.0"}}
        entries["bundle.json"] = json.dumps(manifest).encode()

    view = replay_bundle(changed(failed_run, tmp_path / "moved.zip", move))
    assert view["isSame"]
    assert "recorded with Python 3.1; here" in view["notes"][0]
    assert view["notes"][1] == "The run was recorded with unheard-of 1.0; here, it is missing."


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_another_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "other.zip"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(KiliError, match=r"cannot be (read|used as a bundle)"):
        replay_bundle(file)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("names", "mode", "reason"),
    [(["x", "x"], 0o600, "two entries 'x'"), (["x"], 0o120777, "is a link")],
)
def test_an_archive_with_unsafe_entries_is_refused(
    tmp_path: Path, names: list[str], mode: int, reason: str
) -> None:
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for name in names:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            archive.writestr(entry, b"")
    with pytest.raises(KiliError, match=reason):
        replay_bundle(tmp_path / "bad.zip")


@pytest.mark.parametrize("is_honest", [True, False])
def test_an_archive_that_unpacks_to_many_times_its_size_is_refused(
    tmp_path: Path, *, is_honest: bool
) -> None:
    size = 101 * 1024 * 1024
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", bytes(size))
    if not is_honest:  # the headers say that the entry has one byte
        bomb.write_bytes(bomb.read_bytes().replace(struct.pack("<L", size), struct.pack("<L", 1)))
    tracemalloc.start()
    try:
        with pytest.raises(KiliError, match="more than 100 MB" if is_honest else "Bad CRC-32"):
            replay_bundle(bomb)
        assert tracemalloc.get_traced_memory()[1] < size / 4
    finally:
        tracemalloc.stop()


# Commands


def run_command(*arguments: str, typed: str = "") -> Any:
    return CliRunner().invoke(main, ["bundle", *arguments], input=typed)


def test_bundle_run_needs_no_server(failed_run: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kili_emulator", "bundle", "run", str(failed_run)],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "replay: FAILED, with the same log lines and API calls" in done.stdout
    assert not list(tmp_path.iterdir())


def test_bundle_run_stops_in_pdb_at_the_handler_and_at_the_error(
    failed_run: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kili_emulator", "bundle", "run", "--pdb", str(failed_run)],
        cwd=tmp_path,
        input="p label['labelType']\nc\np made['id']\nq\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    stopped, at_error, compared = done.stdout.split("(Pdb) ", 2)
    assert "stopped at the first line of its handler" in stopped
    assert "print(random.random())" in stopped
    assert at_error.startswith("'DEFAULT'")
    assert "KeyError('nope'): this is the place where it was raised" in compared
    assert "with the same log lines and API calls" in compared


def test_leaving_pdb_compares_nothing(failed_run: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kili_emulator", "bundle", "run", "--pdb", str(failed_run)],
        input="q\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "the debugger was left" in done.stderr


def test_the_command_makes_a_bundle_of_a_run(failed_remote_run: Any, tmp_path: Path) -> None:
    world, run = failed_remote_run
    place = ["--world", world.name, "--data-dir", str(world.server.data_dir)]
    target = tmp_path / "bug.zip"
    done = run_command(run, "-o", str(target), *place)
    assert done.exit_code == 0, done.output
    assert f"kili-emulator bundle run {target}" in done.output
    printed = run_command("run", str(target), "--json")
    assert json.loads(printed.output)["run"] == run


def test_a_test_is_written_that_fails_before_the_fix_and_passes_after_it(
    failed_run: Path, tmp_path: Path
) -> None:
    source = tmp_path / "my plugin"
    source.mkdir()
    main_file = source / "main.py"
    main_file.write_text(submit_source(BODY))
    (tmp_path / "tests").mkdir()
    target = tmp_path / "tests" / "test_bug.py"
    done = run_command("pytest", str(failed_run), "-o", str(target), "--plugin", str(source))
    assert done.exit_code == 0, done.output
    assert sorted(each.name for each in target.parent.iterdir()) == ["test_bug.py", "test_bug.zip"]
    assert run_pytest(target) == 1
    main_file.write_text(submit_source(FIXED))
    assert run_pytest(target) == 0


def run_pytest(target: Path) -> int:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", target],
        cwd=target.parent,
        stdout=subprocess.DEVNULL,
        timeout=120,
        check=False,
    ).returncode


def test_names_of_others_cannot_break_the_written_test(
    project: PluginProject, tmp_path: Path
) -> None:
    name = 'evil """ + \\ name'
    project.install_handler("pass", name=name)
    project.submit()
    run = project.runs()[-1]
    bundle = project.emulator.runs.bundle(run["id"], tmp_path / "bug.zip")
    done = run_command("pytest", str(bundle), "-o", str(tmp_path / "test_bug.py"))
    assert done.exit_code == 0, done.output
    compile((tmp_path / "test_bug.py").read_text(), "test_bug.py", "exec")
