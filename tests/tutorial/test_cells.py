"""The unchanged cells of the tutorial print its output, with the SDK of its time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.sdk_process import SdkProcess, SdkSession
from tests.kit.server_under_test import RemoteWorld
from tests.tutorial.tutorial_cells import PLUGIN, cell_with, cells, masked

VERSION = "2.128.2"
PROGRESS_BAR = re.compile(r"\d+%\|")


@pytest.fixture(scope="module")
def process() -> Iterator[SdkProcess]:
    with SdkProcess(VERSION, fast=True) as started:
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder in which the paths that the tutorial names exist."""
    for name in ("path/to/my/plugin.py", "plugin.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PLUGIN, encoding="utf-8")
    return tmp_path


@pytest.fixture
def tutorial(process: SdkProcess, remote_world: RemoteWorld, folder: Path) -> SdkSession:
    """A notebook that has run the cells before the first placeholder."""
    path = f"/worlds/{remote_world.name}/clock"  # the tutorial asks for the logs of today
    remote_world.server.control("POST", path, json={"action": "set", "time": "now"})
    session = process.session(env=remote_world.environment(), cwd=folder)
    for cell in cells()[:4]:
        session.run(cell.code).checked()
    return session


def play(session: SdkSession, part: str) -> str:
    """Run the cell that contains a text; return its output, then its log lines."""
    outcome = session.run(cell_with(part).code, timeout=120).checked()
    logged = [line for line in outcome.stderr.splitlines() if not PROGRESS_BAR.search(line)]
    return masked(outcome.stdout + "\n".join(logged))


def fill_in(session: SdkSession, world: RemoteWorld) -> None:
    """Replace the placeholders of the tutorial by ids."""
    play(session, "<PROJECT ID>")
    session.run(f"project_id = {world.project_id!r}").checked()
    play(session, "<YOUR_ASSET_ID>")
    session.run(
        "label_id, asset_id = next("
        "(label['id'], label['labelOf']['id'])"
        " for label in kili.labels(project_id, fields=['id', 'labelOf.id', 'labelType'])"
        " if label['labelType'] == 'DEFAULT')"
    ).checked()


def test_the_plugin_can_be_tested_locally(tutorial: SdkSession, remote_world: RemoteWorld) -> None:
    fill_in(tutorial, remote_world)
    play(tutorial, "def get_label")
    tutorial.run("np.random.seed(1)  # draws 0.41: no issue").checked()

    assert play(tutorial, "on_submit(label=Label(**label)") == masked(
        cell_with("on_submit(label=Label(**label)").shown
    )


def test_the_local_test_creates_the_random_issue(
    tutorial: SdkSession, remote_world: RemoteWorld
) -> None:
    fill_in(tutorial, remote_world)
    play(tutorial, "def get_label")
    tutorial.run("np.random.seed(0)  # draws 0.54: an issue").checked()

    play(tutorial, "on_submit(label=Label(**label)")

    texts = [comment["text"] for comment in remote_world.export()["comments"]]
    assert "Random issue generated for this label" in texts


def test_uploading_a_second_time_shows_the_hint_and_the_recorded_error(
    tutorial: SdkSession,
) -> None:
    play(tutorial, "path_to_plugin =")
    assert "Plugin created successfully" in play(tutorial, "kili.upload_plugin(")
    tutorial.run('path_to_plugin = "plugin.py"  # as in the recorded session').checked()

    assert play(tutorial, "kili.upload_plugin(") == masked(cell_with("kili.upload_plugin(").shown)


def test_remaining_cells_print_the_output_shown_in_the_tutorial(
    tutorial: SdkSession, remote_world: RemoteWorld
) -> None:
    fill_in(tutorial, remote_world)
    play(tutorial, "path_to_plugin =")
    play(tutorial, "kili.upload_plugin(")

    for part in ("activate_plugin_on_project(plugin_name, project_id",):
        assert play(tutorial, part) == masked(cell_with(part).shown)

    tutorial.run(
        "kili.append_labels(asset_id_array=[asset_id], label_type='DEFAULT',"
        " json_response_array=[{'JOB_0': {'annotations': []}}])"
    ).checked()
    for part in ("get_plugin_logs(project_id=project_id, plugin_name=plugin_name)\n", "dt = date"):
        logs = tutorial.run(cell_with(part).code).checked().value
        assert "On submit called" in logs
        assert "custom_method called for label" in logs

    tutorial.run(
        "other = kili.create_project(input_type='IMAGE', json_interface={}, title='Other')['id']\n"
        "kili.activate_plugin_on_project(plugin_name, project_id=other)"
    ).checked()
    assert play(tutorial, "kili.list_plugins()") == masked(cell_with("kili.list_plugins()").shown)

    play(tutorial, 'updated_path = "plugin.py"')
    assert "Plugin updated successfully" in play(tutorial, "kili.update_plugin(")
    for part in ("deactivate_plugin_on_project(",):
        assert play(tutorial, part) == masked(cell_with(part).shown)
    tutorial.run("delete_plugin_from_org = True").checked()
    assert play(tutorial, "kili.delete_plugin(") == "Plugin My first kili plugin deleted!"
    assert remote_world.export()["plugins"] == []
