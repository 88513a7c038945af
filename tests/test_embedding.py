"""The public API ``emulator.Emulator`` and the pytest fixtures, used as in a user's own code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import requests
from freezegun import freeze_time

import kili_emulator
from kili_emulator import Emulator
from kili_emulator.scenario import ScenarioError
from kili_emulator.testing.sdk import fast_sdk
from tests.contract.sdk_surface import NEWEST
from tests.kit.plugin_project import PluginClient, append_label

ROOT = Path(__file__).resolve().parent.parent

PLUGIN = """
from pathlib import Path
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print("begun")
        {body}
"""


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Emulator]:
    with fast_sdk(), Emulator(seed=0) as running:
        yield running


@pytest.fixture
def emulator(shared_emulator: Emulator) -> Emulator:
    shared_emulator.reset()
    return shared_emulator


def project_id(kili: Any) -> str:
    return str(kili.projects(fields=["id"], disable_tqdm=True)[0]["id"])


def submit(kili: Any) -> None:
    project = project_id(kili)
    asset = kili.assets(project, status_in=["TODO"], fields=["id"], disable_tqdm=True)[0]["id"]
    append_label(kili, asset, response={"JOB_0": {"annotations": []}})


def install(kili: Any, folder: Path, body: str = "pass") -> None:
    PluginClient(kili, project_id(kili), folder).install(PLUGIN.format(body=body))


class TestEmulator:
    def test_emulator_serves_the_scenario(self, emulator: Emulator) -> None:
        kili = emulator.client()
        (project,) = kili.projects(fields=["title"], disable_tqdm=True)
        assert project["title"] == "Plugin tutorial: count the objects"
        health = requests.get(f"{emulator.url}/health", timeout=5)
        assert health.status_code == 200
        assert emulator.endpoint == f"{emulator.url}/api/label/v2/graphql"

    def test_reset_to_a_mark_undoes_later_changes(self, emulator: Emulator) -> None:
        kili = emulator.client()
        kili.create_project(input_type="IMAGE", json_interface={}, title="before")
        mark, before = emulator.mark(), emulator.world.export()
        kili.create_project(input_type="IMAGE", json_interface={}, title="after")
        submit(kili)
        assert emulator.world.export() != before
        emulator.reset(mark)
        assert emulator.world.export() == before
        emulator.reset()
        assert kili.count_projects() == 1

    def test_reset_removes_plugins_and_their_logs(self, emulator: Emulator, tmp_path: Path) -> None:
        kili, before = emulator.client(), emulator.world.export()
        install(kili, tmp_path)
        submit(kili)
        assert len(emulator.world.view.runs.all()) == 1
        emulator.reset()
        assert emulator.world.export() == before
        assert kili.list_plugins() == []

    def test_client_is_cached_per_key(self, emulator: Emulator) -> None:
        assert emulator.client() is emulator.client("admin")
        labeler = emulator.client("labeler")
        assert labeler is not emulator.client()
        emulator.reset()
        assert emulator.client("labeler") is labeler
        (me,) = labeler.users(email="labeler@example.com", fields=["email"], disable_tqdm=True)
        assert me == {"email": "labeler@example.com"}

    def test_error_for_an_unknown_key_lists_the_known_keys(self, emulator: Emulator) -> None:
        known = "there are: admin, labeler, manager, reviewer"
        with pytest.raises(KeyError, match=f"no key is named 'boss'; {known}"):
            emulator.key("boss")
        with pytest.raises(KeyError, match=known):
            emulator.client("boss")

    def test_environment_connects_other_processes(self, emulator: Emulator, tmp_path: Path) -> None:
        code = (
            "import os\nfrom kili.client import Kili\n"
            "kili = Kili(graphql_client_params={'graphql_schema_cache_dir': os.environ['CACHE']})\n"
            "print(kili.count_projects())"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **emulator.environment("manager"), "CACHE": str(tmp_path)},
            encoding="utf-8",
            capture_output=True,
            timeout=60,
            check=True,
        )
        assert done.stdout == "1\n"
        assert emulator.environment("manager")["KILI_API_KEY"] == "emulator-manager"

    def test_wait_idle_returns_when_no_plugin_runs(self, tmp_path: Path) -> None:
        with fast_sdk(), Emulator(sync_wait=0) as emulator:
            install(emulator.client(), tmp_path, f"Path({str(tmp_path / 'fifo')!r}).read_text()")
            os.mkfifo(tmp_path / "fifo")
            submit(emulator.client())
            assert not emulator.wait_idle(0.05)
            with (tmp_path / "fifo").open("w"):  # lets the plugin go on
                pass
            assert emulator.wait_idle()
            (run,) = emulator.world.view.runs.all()
            assert run["outcome"] == "SUCCEEDED"

    def test_options_are_settings(self) -> None:
        with Emulator("empty", plugin_timeout=3) as emulator:
            assert emulator.world.view.projects.all() == []
            assert emulator.platform.settings.plugin_timeout == 3
        with pytest.raises(TypeError, match=r"unexpected keyword argument 'colour'$"):
            Emulator(colour="red")

    @pytest.mark.parametrize(
        ("option", "near"), [("sede", "seed"), ("plugin_timout", "plugin_timeout")]
    )
    def test_error_for_an_unknown_option_suggests_the_nearest_option(
        self, option: str, near: str
    ) -> None:
        with pytest.raises(TypeError, match=f"argument '{option}': did you mean {near}\\?$"):
            Emulator(**{option: 3})

    def test_absent_arguments_are_taken_from_environment_and_project_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "pyproject.toml").write_text(
            '[tool.kili-emulator]\nscenario = "default"\nworkflow = "V3"\nplugin-memory = 64\n'
        )
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("KILI_EMULATOR_SCENARIO", "empty")
        monkeypatch.setenv("KILI_EMULATOR_WORKFLOW", "V1")
        monkeypatch.setenv("KILI_EMULATOR_PORT", "5454")
        monkeypatch.setenv("KILI_EMULATOR_EPHEMERAL", "0")
        with Emulator(plugin_memory=128) as one, Emulator("default") as other:
            settings = one.platform.settings
            assert (settings.workflow, settings.plugin_memory) == ("V1", 128)
            assert one.world.view.projects.all() == []
            assert len(other.world.view.projects.all()) == 1
            assert len({one.url, other.url, "http://127.0.0.1:5454"}) == 3
        assert [path.name for path in tmp_path.iterdir()] == ["pyproject.toml"]

    def test_unknown_variable_gives_a_warning(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KILI_EMULATOR_SEDE", "1")
        with pytest.warns(UserWarning, match="KILI_EMULATOR_SEDE; ignored: did you mean KILI_EM"):
            Emulator()

    def test_scenario_can_be_a_path(self, tmp_path: Path) -> None:
        path = tmp_path / "missing.yaml"
        with pytest.raises(ScenarioError, match=r"missing\.yaml"), Emulator(path):
            pass

    def test_documents_can_be_read(self, emulator: Emulator) -> None:
        assert len(emulator.world.view.assets.all()) == 6
        assert {each["externalId"] for each in emulator.world.export()["assets"]} > {
            "street",
            "pond",
        }


class TestSeveralEmulators:
    def test_two_emulators_share_no_data(self) -> None:
        with Emulator() as one, Emulator() as other:
            assert one.url != other.url
            one.client().create_project(input_type="IMAGE", json_interface={}, title="One")
            assert one.client().count_projects() == 2
            assert other.client().count_projects() == 1

    def test_emulator_can_be_entered_again(self) -> None:
        emulator = Emulator()
        for _ in range(2):
            with emulator:
                assert emulator.client().count_projects() == 1

    def test_the_same_seed_gives_the_same_draws(self) -> None:
        ends = []
        for _ in range(2):
            with Emulator(seed=5) as emulator:
                ends.append([each["id"][-8:] for each in emulator.world.export()["labels"]])
        assert ends[0] == ends[1]

    @pytest.mark.parametrize("frozen", [True, False])
    def test_a_frozen_system_clock_decides_the_time_in_ids(self, frozen: bool) -> None:
        ids = []
        for moment in ("2024-01-01", "2024-01-01" if frozen else "2024-01-02"):
            with freeze_time(moment), Emulator(seed=5) as emulator:
                ids.append([each["id"] for each in emulator.world.export()["labels"]])
        assert (ids[0] == ids[1]) == frozen


class TestLifecycle:
    @pytest.mark.parametrize("use", ["url", "endpoint", "world", "client", "mark", "reset"])
    def test_use_outside_of_a_with_block_is_refused_with_a_remedy(self, use: str) -> None:
        def touch() -> object:
            found = getattr(Emulator(), use)
            return found() if callable(found) else found

        with pytest.raises(RuntimeError, match="use it as `with Emulator"):
            touch()

    def test_emulator_ends_with_its_block(self) -> None:
        with Emulator() as emulator:
            url = emulator.url
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{url}/health", timeout=2)
        with pytest.raises(RuntimeError, match="not running"):
            emulator.client()

    def test_port_in_use_raises_os_error(self, emulator: Emulator) -> None:
        port = int(emulator.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"), Emulator(port=port):
            pass

    def test_invalid_scenario_leaves_no_server_and_restores_no_proxy(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NO_PROXY", "intranet")
        broken = tmp_path / "broken.yaml"
        broken.write_text("users: []\n")
        with pytest.raises(ScenarioError, match=r"broken\.yaml:1"), Emulator(str(broken)):
            pass
        assert os.environ["NO_PROXY"] == "intranet"

    @pytest.mark.parametrize("before", [None, "intranet", "127.0.0.1"])
    def test_proxies_are_avoided_while_the_emulator_runs(
        self, monkeypatch: pytest.MonkeyPatch, before: str | None
    ) -> None:
        monkeypatch.delenv("NO_PROXY", raising=False)
        if before:
            monkeypatch.setenv("NO_PROXY", before)
        with Emulator("empty"):
            names = os.environ["NO_PROXY"].split(",")
            assert {"127.0.0.1", "localhost", *filter(None, [before])} == set(names)
        assert os.environ.get("NO_PROXY") == before


def test_package_import_is_lazy() -> None:
    code = (
        "import sys, emulator, kili_emulator.testing.pytest_plugin\n"
        "print(kili_emulator.__version__, {'flask', 'ariadne', 'kili'} & {*sys.modules})"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        encoding="utf-8",
        capture_output=True,
        timeout=60,
        check=True,
    ).stdout
    assert printed == f"{kili_emulator.__version__} set()\n"


def test_installed_sdk_is_the_newest_tested_version() -> None:
    assert version("kili") == NEWEST


def test_public_names_can_be_imported() -> None:
    names = ["Emulator", "__version__", "record", "replay_bundle"]
    assert kili_emulator.__all__ == names
    assert all(getattr(kili_emulator, each) for each in names)
    with pytest.raises(AttributeError, match="'kili_emulator' has no attribute 'Emulater'"):
        kili_emulator.Emulater  # noqa: B018


TESTS_OF_A_USER = """
def test_one(kili, kili_emulator):
    assert kili.count_projects() == 1
    kili.create_project(input_type="IMAGE", json_interface={}, title="Mine")
    assert kili.count_projects() == 2

def test_other(kili, kili_emulator):
    assert kili.count_projects() == 1
    assert kili is kili_emulator.client()
    assert kili_emulator.client("labeler").count_projects() == 1

def test_session(kili_emulator, kili_emulator_session):
    assert kili_emulator is kili_emulator_session
"""


@pytest.mark.parametrize("order", [[], ["--reverse"]])
def test_pytest_fixture_gives_each_test_a_new_world(tmp_path: Path, order: list[str]) -> None:
    (tmp_path / "test_mine.py").write_text(TESTS_OF_A_USER)
    (tmp_path / "conftest.py").write_text(
        "def pytest_addoption(parser):\n"
        "    parser.addoption('--reverse', action='store_true')\n"
        "def pytest_collection_modifyitems(config, items):\n"
        "    if config.getoption('--reverse'):\n"
        "        items.reverse()\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-p", "kili_emulator.testing.pytest_plugin", *order],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "emulator"),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        encoding="utf-8",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert "3 passed" in done.stdout, done.stdout + done.stderr
