"""What a run stores: its record and begin, its lines and calls, and its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator, errors
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.plugin_project import PluginProject


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Emulator]:
    with fast_sdk(), Emulator(seed=0, workflow="V1") as running:
        yield running


@pytest.fixture
def project(shared_emulator: Emulator, tmp_path: Path) -> Iterator[PluginProject]:
    shared_emulator.reset()
    yield PluginProject(shared_emulator, tmp_path)
    shared_emulator.reset()


def commits_of_a_submit(project: PluginProject) -> int:
    documents = project.emulator.world.documents
    before = documents.sequence
    project.submit()
    return documents.sequence - before


def test_short_run_takes_two_commits(project: PluginProject) -> None:
    without_plugin = commits_of_a_submit(project)
    project.install_handler("print('one')\nself.logger.info('two')")
    assert commits_of_a_submit(project) == without_plugin + 2
    assert project.log_texts("P") == ["one", "two"]


def test_run_that_begins_at_once_has_a_mark_with_its_record(project: PluginProject) -> None:
    run = project.run_once("pass")
    assert run["startedAt"] == run["createdAt"]
    project.emulator.reset(project.emulator.mark_of(run["id"]))
    (again,) = project.emulator.world.view.runs.all()
    assert (again["id"], again["outcome"]) == (run["id"], "INTERRUPTED")
    assert again["startedAt"] == run["startedAt"]


def test_handler_is_not_called_if_the_record_of_its_run_is_not_saved(
    project: PluginProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.install_handler("print('called')")
    file = project.emulator.world.documents.storage._file
    write, written = file.write, []

    def write_first_only(commits: Any) -> None:
        if written:
            raise errors.not_stored(OSError("the disk is full"))
        written.append(commits)
        write(commits)

    with monkeypatch.context() as patches:
        patches.setattr(file, "write", write_first_only)
        project.submit()
    (run,) = project.emulator.world.view.runs.all()
    assert (run["outcome"], run["startedAt"], run["mark"]) == ("FAILED", None, None)
    assert "the disk is full" in run["error"]
    assert "called" not in project.log_texts("P")
