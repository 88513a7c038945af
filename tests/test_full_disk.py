"""A full disk: changes are refused, runs end, and work continues once there is room.

The disk is full for the server process only: its limit of the size of files is 0.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.kit import warm_interpreter
from tests.kit.sdk_process import SdkProcess, SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest

resource = pytest.importorskip("resource", reason="the system has no limits of resources")
if not hasattr(resource, "prlimit"):
    pytest.skip("the system sets limits for one's own process only", allow_module_level=True)

NOT_STORED = "[notStored] The data could not be stored."
PLUGIN = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print("waiting")
        with open({pipe!r}) as pipe:
            print(pipe.read())
"""
SUBMIT = """
(asset,) = kili.assets(project_id, first=1, fields=["id"])
kili.append_labels([asset["id"]], [{"CLASSIFICATION_JOB": {"categories": [{"name": "EASY"}]}}])
"""


@pytest.fixture(scope="module")
def sdk(sdk_process: Callable[[str], SdkProcess]) -> SdkProcess:
    return sdk_process("26.2.4")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerUnderTest]:
    options = ("--dispatch", "async", "--seed", "0")
    with ServerUnderTest(tmp_path / "data", *options) as running:
        yield running


@pytest.fixture
def world(server: ServerUnderTest) -> RemoteWorld:
    return server.world()


@pytest.fixture
def notebook(sdk: SdkProcess, world: RemoteWorld) -> SdkSession:
    session = sdk.session(env=world.environment())
    session.run("from kili.client import Kili\nkili = Kili()").checked()
    session.run(f"project_id = {world.project_id!r}").checked()
    return session


@contextlib.contextmanager
def full_disk(server: ServerUnderTest) -> Iterator[None]:
    """Prevent the server from writing inside the block."""
    before = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, before)


def blobs(server: ServerUnderTest) -> dict[str, int]:
    folder = server.data_dir / "worlds" / "default" / "blobs"
    return {path.name: path.stat().st_size for path in folder.iterdir()}


def test_changes_on_a_full_disk_are_refused_and_succeed_once_there_is_room(
    server: ServerUnderTest, world: RemoteWorld, notebook: SdkSession
) -> None:
    made = "kili.create_project(title='Texts', input_type='TEXT', json_interface={'jobs': {}})"
    notebook.run(f"texts = {made}['id']").checked()
    changes = [
        "kili.append_many_to_dataset(texts, ['uploaded by the SDK'])",
        "kili.append_many_to_dataset(project_id, ['https://example.com/a.png'])",
        "kili.update_properties_in_project(project_id, title='New')",
        SUBMIT,
    ]
    before = (world.export(), blobs(server))
    with full_disk(server):
        for change in changes:
            error = notebook.run(change).error
            assert error is not None, change
            assert NOT_STORED in error.message or "507" in error.message, error.message
        assert notebook.run("kili.count_projects()").checked().value == 2
    assert (world.export(), blobs(server)) == before

    for change in changes:
        notebook.run(change).checked()
    server.kill()
    server.start()
    titles = [each["title"] for each in server.world().export()["projects"]]
    assert titles == ["New", "Texts"]


def test_upload_on_a_full_disk_is_refused_with_a_remedy(
    server: ServerUnderTest, world: RemoteWorld, notebook: SdkSession
) -> None:
    path = f"projects/{world.project_id}/assets/new/content"
    asked = f"kili.kili_api_gateway.create_upload_bucket_signed_urls([{path!r}])"
    (url,) = notebook.run(asked).checked().value
    before = blobs(server)
    with full_disk(server):
        answer = requests.put(url, data=b"x" * 100_000, timeout=30)
    assert answer.status_code == 507
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith(NOT_STORED)
    assert "free space on the disk of the data folder" in answer.text
    assert blobs(server) == before
    assert requests.put(url, data=b"x" * 100_000, timeout=30).status_code == 201


def test_run_that_ends_on_a_full_disk_fails_and_is_stored_later(
    server: ServerUnderTest, world: RemoteWorld, notebook: SdkSession, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    deploy(world, tmp_path, PLUGIN.format(pipe=str(pipe)))
    notebook.run(SUBMIT).checked()
    # Opening waits until the handler has opened the pipe, too.
    with pipe.open("w") as opened, full_disk(server):
        opened.write("going on")
        opened.close()
        assert world.wait_idle()
        (ended,) = world.export()["runs"]
    assert (ended["outcome"], ended["lineCount"]) == ("FAILED", 3)
    assert NOT_STORED in ended["error"]

    notebook.run("kili.update_properties_in_project(project_id, title='New')").checked()
    server.kill()
    server.start()
    again = server.world().export()
    assert again["runs"] == [ended]
    lines = [each["content"] for each in again["pluginLogs"] if each["runId"] == ended["id"]]
    assert lines[:2] == ["waiting", "going on"]


def test_run_that_cannot_begin_on_a_full_disk_fails(
    server: ServerUnderTest, world: RemoteWorld, notebook: SdkSession, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    deploy(world, tmp_path, PLUGIN.format(pipe=str(pipe)))
    notebook.run(SUBMIT).checked()
    with pipe.open("w") as opened:
        notebook.run(SUBMIT).checked()  # its run waits for the first
        with full_disk(server):
            opened.close()
            assert world.wait_idle()
            runs = world.export()["runs"]
    assert [each["outcome"] for each in runs] == ["FAILED", "FAILED"]
    assert runs[1]["startedAt"] is None
    assert NOT_STORED in runs[1]["error"]


def test_world_refused_on_a_full_disk_can_be_created_later(
    server: ServerUnderTest, world: RemoteWorld
) -> None:
    with full_disk(server):
        answer = control(server, world, {"name": "w"})
    assert answer.status_code == 507
    assert answer.json()["error"].startswith(NOT_STORED)
    assert control(server, world, {"name": "w"}).status_code == 201
    server.kill()
    server.start()
    assert server.world("w").project_id


def control(server: ServerUnderTest, world: RemoteWorld, body: Any) -> requests.Response:
    headers = {"Authorization": f"X-API-Key: {world.keys['admin']}"}
    url = f"{server.url}/_emulator/worlds"
    return requests.post(url, json=body, headers=headers, timeout=30)


def deploy(world: RemoteWorld, folder: Path, source: str) -> None:
    path = folder / "waiting.py"
    path.write_text(source, encoding="utf-8")
    link = {"plugin": "Waiting", "path": str(path), "projects": [world.project_id]}
    world.server.control("POST", f"/worlds/{world.name}/plugins/link", json=link)


class FullDiskServer(ServerUnderTest):
    """A server for which the disk is full from its start."""

    PROGRAM = """
import resource, tempfile
from kili_emulator.cli import main
tempfile.tempdir = {tempdir!r}
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
main()
"""
    tempdir: str | None = None

    def _launch(self, arguments: list[str]) -> warm_interpreter.Process:
        program = self.PROGRAM.format(tempdir=self.tempdir)
        return super()._launch(["-c", program, *arguments[2:]])


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("server.json", f"documents.sqlite cannot be used: {NOT_STORED}"),
        ("secret", "secret cannot be used (File too large): free space on its disk, or give"),
        ("worlds/default", NOT_STORED),
        ("temporary folder", "no temporary folder can be used (No usable temporary directory"),
    ],
)
def test_start_on_a_full_disk_names_the_file_and_loses_nothing(
    tmp_path: Path, missing: str, said: str
) -> None:
    folder, moved = tmp_path / "data", tmp_path / "moved"
    with ServerUnderTest(folder) as server:
        before = server.world().export()
    if (folder / missing).exists():
        (folder / missing).rename(moved)
    server = FullDiskServer(folder)
    server.tempdir = None if missing == "temporary folder" else str(tmp_path)
    with pytest.raises(AssertionError) as caught:
        server.start()
    assert said in str(caught.value)
    assert "Traceback" not in str(caught.value)
    if moved.exists():
        shutil.rmtree(folder / missing, ignore_errors=True)
        moved.rename(folder / missing)
    with ServerUnderTest(folder) as server:
        assert server.world().export() == before
