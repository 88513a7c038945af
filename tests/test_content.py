"""Lists of projects, assets and labels: by command, over HTTP and in Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kili_emulator import Emulator
from kili_emulator.cli import main
from kili_emulator.errors import KiliError
from tests.kit.responses import EASY, HARD
from tests.kit.server_under_test import RemoteWorld

TITLE = "Plugin tutorial: count the objects"


@pytest.fixture(scope="module")
def shared() -> Iterator[Emulator]:
    with Emulator(seed=0) as running:
        yield running


@pytest.fixture
def emulator(shared: Emulator) -> Iterator[Emulator]:
    mark = shared.mark()
    yield shared
    shared.reset(mark)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(world: RemoteWorld, *arguments: str, status: int = 0) -> str:
    done = CliRunner().invoke(main, arguments, env=world.environment())
    assert done.exit_code == status, done.output
    return done.output


def external_ids(rows: Any) -> list[str]:
    return [each["externalId"] for each in rows]


def test_assets_with_a_status(emulator: Emulator) -> None:
    everything = emulator.content.assets(TITLE)
    todo = emulator.content.assets(TITLE, status="todo")
    assert everything["total"] == len(everything["assets"]) == 6
    assert {each["status"] for each in todo["assets"]} == {"TODO"}
    emulator.users.skip(TITLE, todo["assets"][0]["externalId"], reason="blurred")
    skipped = emulator.content.assets(TITLE, status="SKIPPED")
    assert external_ids(skipped["assets"]) == external_ids(todo["assets"])[:1]
    assert emulator.content.assets(TITLE, status="TODO")["total"] == todo["total"] - 1


def test_limit_keeps_the_oldest_assets_and_the_newest_labels(emulator: Emulator) -> None:
    first = emulator.content.assets(limit=2)
    assert external_ids(first["assets"]) == external_ids(emulator.content.assets()["assets"])[:2]
    assert first["total"] == 6
    submitted = emulator.users.submit(TITLE, None, EASY)
    newest = emulator.content.labels(limit=1)
    assert [each["id"] for each in newest["labels"]] == [submitted["labelId"]]
    assert emulator.content.labels(limit=0)["labels"] == []


def test_labels_of_an_asset_and_a_type(emulator: Emulator) -> None:
    submitted = emulator.users.submit(TITLE, "aquarium", HARD)
    (label,) = emulator.content.labels(TITLE, asset="aquarium")["labels"]
    assert label["jsonResponse"] == HARD
    assert (label["labelType"], label["author"]) == ("DEFAULT", "labeler@example.com")
    by_id = emulator.content.labels(asset=submitted["assetId"], type="autosave")["labels"]
    assert [each["labelType"] for each in by_id] == ["AUTOSAVE"]


def test_projects_have_the_numbers_of_their_content(emulator: Emulator) -> None:
    (row,) = emulator.content.projects()
    assert (row["title"], row["inputType"], row["assets"]) == (TITLE, "IMAGE", 6)
    emulator.client().delete_project(row["id"])
    assert emulator.content.projects() == []


@pytest.mark.parametrize(
    ("method", "arguments", "says"),
    [
        ("assets", {"status": "DONE_WELL"}, "one of TODO, ONGOING"),
        ("assets", {"project": "Nowhere"}, "Nowhere"),
        ("labels", {"type": "GUESS"}, "one of DEFAULT, REVIEW"),
        ("labels", {"asset": "aquarium"}, "no asset in this world"),
        ("labels", {"project": TITLE, "asset": "nothing"}, "nothing"),
    ],
)
def test_unknown_values_are_refused(
    emulator: Emulator, method: str, arguments: dict[str, str], says: str
) -> None:
    with pytest.raises(KiliError, match=says):
        getattr(emulator.content, method)(**arguments)


def test_commands_print_a_line_for_each(remote_world: RemoteWorld) -> None:
    assert f"{TITLE}  (IMAGE, assets 6, labels " in run(remote_world, "projects")
    lines = run(remote_world, "assets", "--project", TITLE, "--status", "TODO").splitlines()
    assert all("TODO, labels " in line for line in lines)
    run(remote_world, "submit", "--project", TITLE, "--asset", "aquarium", "--example")
    labels = run(remote_world, "labels", "--asset", "aquarium", "--project", TITLE)
    assert "DEFAULT of aquarium by labeler@example.com: {" in labels
    assert len(labels.splitlines()) == 1


def test_rest_that_the_limit_leaves_out_is_counted(remote_world: RemoteWorld) -> None:
    *lines, note = run(remote_world, "assets", "--limit", "2").splitlines()
    assert len(lines) == 2
    assert note == "(4 more: give a larger --limit)"


class TestExamples:
    def test_random_examples_repeat_with_the_seed(self, emulator: Emulator) -> None:
        mark = emulator.mark()

        def label_three() -> list[Any]:
            for _ in range(3):
                emulator.users.submit(TITLE, example="random")
            return [each["jsonResponse"] for each in emulator.content.labels()["labels"]]

        first = label_three()
        emulator.reset(mark)
        assert label_three() == first
        assert len({json.dumps(each) for each in first[-3:]}) == 3

    def test_example_answers_each_job(self, emulator: Emulator) -> None:
        emulator.users.submit(TITLE, "aquarium", example="first")
        (label,) = emulator.content.labels(TITLE, asset="aquarium")["labels"]
        interface = json.loads(emulator.world.view.projects.all()[0]["jsonInterface"])
        assert label["jsonResponse"].keys() == interface["jobs"].keys()

    def test_entities_are_words_of_the_asset(self, emulator: Emulator) -> None:
        kili = emulator.client()
        names = {
            "mlTask": "NAMED_ENTITIES_RECOGNITION",
            "content": {"categories": {"A": {"name": "a", "children": []}}},
        }
        project = kili.create_project(
            input_type="TEXT", json_interface={"jobs": {"NAMES": names}}, title="Text"
        )["id"]
        kili.append_many_to_dataset(
            project, content_array=["Grace wrote it"], external_id_array=["t"], disable_tqdm=True
        )
        emulator.users.submit("Text", "t", user="admin", example="first")
        (label,) = emulator.content.labels("Text")["labels"]
        assert label["jsonResponse"]["NAMES"]["annotations"][0]["content"] == "Grace"

    def test_count_labels_the_next_assets_and_ends_with_the_queue(
        self, remote_world: RemoteWorld
    ) -> None:
        submit = ("submit", "--project", TITLE, "--random")
        assert run(remote_world, *submit, "--count", "2").count(": submit ") == 2
        error = run(remote_world, *submit, "--count", "9", status=1)
        assert "of 9 labels)" in error

    @pytest.mark.parametrize(
        "options", [("--label", "-", "--example"), ("--asset", "aquarium", "--count", "2")]
    )
    def test_options_that_contradict_each_other(
        self, remote_world: RemoteWorld, options: tuple[str, ...]
    ) -> None:
        assert "leave out" in run(remote_world, "submit", "--project", TITLE, *options, status=2)


class TestKeptPlugins:
    PLUGIN = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print("called", VERSION)
"""

    def link(self, emulator: Emulator, folder: Path, version: int) -> None:
        (folder / "main.py").write_text(self.PLUGIN.replace("VERSION", str(version)))
        emulator.plugins.link("Caller", folder, projects=[TITLE])

    def test_reset_keeps_versions_and_activations_and_drops_runs(
        self, emulator: Emulator, tmp_path: Path
    ) -> None:
        self.link(emulator, tmp_path, 1)
        self.link(emulator, tmp_path, 2)
        before = (emulator.plugins.list(), emulator.plugins.versions("Caller"))
        emulator.users.submit(TITLE, "aquarium", EASY)
        emulator.reset(keep_plugins=True)
        assert (emulator.plugins.list(), emulator.plugins.versions("Caller")) == before
        assert emulator.runs() == []
        (run_of_submit,) = emulator.users.submit(TITLE, "aquarium", EASY)["runs"]
        assert run_of_submit["outcome"] == "SUCCEEDED"
        assert [each["content"] for each in emulator.logs()] == ["called 2"]

    def test_reset_without_the_option_drops_plugins(
        self, emulator: Emulator, tmp_path: Path
    ) -> None:
        mark = emulator.mark()
        self.link(emulator, tmp_path, 1)
        emulator.reset(mark)
        assert emulator.plugins() == []

    def test_projects_that_are_undone_are_not_among_those_of_a_kept_plugin(
        self, emulator: Emulator, tmp_path: Path
    ) -> None:
        mark = emulator.mark()
        kili = emulator.client()
        kili.create_project(input_type="TEXT", json_interface={"jobs": {}}, title="Scratch")
        self.link(emulator, tmp_path, 1)
        emulator.plugins.link("Caller", tmp_path, projects=["Scratch"])
        (kept,) = [each["id"] for each in emulator.content.projects() if each["title"] == TITLE]
        emulator.reset(mark, keep_plugins=True)
        (plugin,) = emulator.plugins()
        assert plugin["projectIds"] == [kept]

    def test_uploaded_plugin_keeps_its_files(self, emulator: Emulator, tmp_path: Path) -> None:
        source = tmp_path / "main.py"
        source.write_text(self.PLUGIN.replace("VERSION", "7"))
        kili = emulator.client()
        kili.upload_plugin(str(source), "Uploaded", verbose=False)
        mark = emulator.mark()
        emulator.reset(keep_plugins=True)
        files = emulator.plugins.files("Uploaded")
        assert 'print("called", 7)' in files["main.py"]
        kili.activate_plugin_on_project("Uploaded", emulator.content.projects()[0]["id"])
        (run_of_submit,) = emulator.users.submit(TITLE, None, EASY)["runs"]
        assert run_of_submit["outcome"] == "SUCCEEDED"
        assert mark.epoch < emulator.mark().epoch


class TestPluginCommands:
    def test_plugin_from_upload_to_deletion(
        self, remote_world: RemoteWorld, tmp_path: Path
    ) -> None:
        source = tmp_path / "counter.py"
        source.write_text(TestKeptPlugins.PLUGIN.replace("VERSION", "1"))
        uploaded = run(remote_world, "upload", str(source))
        assert uploaded == "counter: plugin, ACTIVE, version 1, on no project\n"
        project = ("counter", "--project", TITLE)
        assert remote_world.project_id in run(remote_world, "activate", *project)
        submitted = run(remote_world, "submit", "--project", TITLE, "--example")
        assert "counter onSubmit: SUCCEEDED" in submitted
        source.write_text(TestKeptPlugins.PLUGIN.replace("VERSION", "2"))
        assert "version 2" in run(remote_world, "upload", str(source))
        assert "on no project" in run(remote_world, "deactivate", *project)
        assert run(remote_world, "delete", "counter") == "Plugin counter was deleted.\n"
        assert run(remote_world, "plugins", "list") == ""

    def test_failed_build_shows_its_problems(
        self, remote_world: RemoteWorld, tmp_path: Path
    ) -> None:
        source = tmp_path / "broken.py"
        source.write_text("def (")
        printed = run(remote_world, "upload", str(source), "--name", "broken", status=1)
        assert "Error: " in printed

    def test_unknown_names(self, remote_world: RemoteWorld) -> None:
        assert "there are: " in run(remote_world, "activate", "x", "--project", "y", status=1)
        assert "named by KILI_API_ENDPOINT" in run(
            remote_world, "assets", "--project", "y", status=1
        )
        assert "nothing" in run(remote_world, "delete", "nothing", status=1)
