"""One set of verbs for an emulator in this process, in its own process, and at an address."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator
from kili_emulator.app.emulator_front import EmulatorFront
from kili_emulator.app.spawned_emulator import SpawnedEmulator, SpawnError
from kili_emulator.client import RequestRefusedError, UnreachableError
from kili_emulator.config import SettingsError
from kili_emulator.domain.registry import WorldError
from kili_emulator.errors import KiliError
from kili_emulator.scenario import ScenarioError
from tests.kit.server_under_test import ServerUnderTest

TITLE = "Plugin tutorial: count the objects"
EMPTY = {"JOB_0": {"annotations": []}}
PLUGIN = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print("submitted", self.kili.count_assets(self.project_id))

    def on_custom_interface_click(self, label, asset_id):
        print("clicked")
"""
ADMIN = {
    "key": "admin",
    "email": "ada@example.com",
    "firstname": "Ada",
    "lastname": "L",
    "organizationRole": "ADMIN",
}
SCENARIO: dict[str, Any] = {"organization": {"name": "Mine"}, "users": [ADMIN]}


@pytest.fixture(scope="module", params=["in process", "spawned", "connected"])
def emulator_of_module(
    request: pytest.FixtureRequest, server: ServerUnderTest
) -> Iterator[EmulatorFront]:
    if request.param == "in process":
        with Emulator(seed=0) as emulator:
            yield emulator
    elif request.param == "spawned":
        with Emulator.spawn(seed=0) as spawned:
            yield spawned
    else:
        world = server.new_world()
        with Emulator.connect(world.endpoint, world.keys["admin"]) as connected:
            yield connected


@pytest.fixture
def emulator(emulator_of_module: EmulatorFront) -> EmulatorFront:
    emulator_of_module.reset()
    return emulator_of_module


@pytest.fixture
def linked(emulator: EmulatorFront, tmp_path: Path) -> EmulatorFront:
    (tmp_path / "counter.py").write_text(PLUGIN)
    plugin = emulator.plugins.link("counter", tmp_path / "counter.py", projects=[TITLE])
    assert plugin["status"] == "ACTIVE"
    return emulator


class TestVerbs:
    def test_clients_act_as_the_users_of_the_scenario(self, emulator: EmulatorFront) -> None:
        assert emulator.client().count_projects() == 1
        (me,) = emulator.client("labeler").users(email="labeler@example.com", fields=["email"])
        assert me["email"] == "labeler@example.com"
        assert emulator.client("labeler") is emulator.client("labeler")
        with pytest.raises(KeyError, match="there are: admin, labeler, manager, reviewer"):
            emulator.client("boss")

    def test_faults_let_requests_fail(self, emulator: EmulatorFront) -> None:
        with (
            emulator.faults.add("countProjects", error="[down] Not now") as fault,
            pytest.raises(Exception, match="Not now"),
        ):
            emulator.client().count_projects()
        assert (fault.matched, fault.fired) == (1, 1)
        emulator.faults.load([{"target": "upload", "status": 503}])
        assert [each["target"] for each in emulator.faults.list()] == ["upload"]
        emulator.reset()
        assert emulator.faults.list() == []

    def test_client_has_no_progress_bars_unless_told_otherwise(
        self, emulator: EmulatorFront, capfd: pytest.CaptureFixture[str]
    ) -> None:
        emulator.client().projects(fields=["id"])
        assert "Retrieving" not in capfd.readouterr().err
        loud = emulator.client(disable_tqdm=False)
        assert loud is not emulator.client()
        loud.projects(fields=["id"])
        assert "Retrieving" in capfd.readouterr().err

    @pytest.mark.parametrize("option", ["api_key", "api_endpoint"])
    def test_client_keeps_its_key_and_address(self, emulator: EmulatorFront, option: str) -> None:
        options: dict[str, Any] = {option: "other"}
        with pytest.raises(TypeError, match=f"client\\(\\) chooses '{option}'"):
            emulator.client(**options)

    def test_users_submit_review_send_back_skip_and_click(self, linked: EmulatorFront) -> None:
        submitted = linked.users.submit(TITLE, "aquarium", EMPTY, seconds=3)
        assert submitted["after"] is not None
        assert submitted["after"]["status"] == "LABELED"
        assert [each["outcome"] for each in submitted["runs"]] == ["SUCCEEDED"]
        assert linked.users.send_back(TITLE, "aquarium", issue="Look again")["issueId"]
        assert linked.users.skip(TITLE, "aquarium", reason="blurred")["after"]
        assert linked.users.unskip(TITLE, "aquarium")["after"]
        (clicked,) = linked.users.click(TITLE, "aquarium", EMPTY)["runs"]
        assert linked.runs.show(clicked["id"])["lines"][0]["content"] == "clicked"
        linked.users.submit(TITLE, "aquarium", EMPTY)
        reviewed = linked.users.review(TITLE, "aquarium")["after"]
        assert reviewed is not None
        assert reviewed["status"] == "REVIEWED"
        with pytest.raises(KiliError, match="there is no project"):
            linked.users.submit("Nowhere")

    def test_runs_are_listed_shown_and_explained(self, linked: EmulatorFront) -> None:
        submitted = linked.users.submit(TITLE, "aquarium", EMPTY)
        (run,) = linked.runs.list(plugin="counter")
        assert linked.runs(failed=True) == []
        assert linked.runs.show(run["id"])["lines"][0]["content"] == "submitted 6"
        (occurrence,) = linked.why(label=submitted["labelId"])["events"]
        assert [each["plugin"] for each in occurrence["plugins"]] == ["counter"]
        linked.reset(linked.runs.mark_of(run["id"]))
        (before,) = linked.runs.list()
        assert before["outcome"] == "INTERRUPTED"
        assert (
            linked.plugins.trigger("on_submit", "counter", TITLE, {"label": {}, "asset_id": "x"})[
                "outcome"
            ]
            == "SUCCEEDED"
        )

    def test_reset_returns_to_a_mark_and_to_the_scenario(self, emulator: EmulatorFront) -> None:
        kili = emulator.client()
        kili.create_project(input_type="TEXT", json_interface={"jobs": {}}, title="First")
        mark, exported = emulator.mark(), emulator.export()
        kili.create_project(input_type="TEXT", json_interface={"jobs": {}}, title="Second")
        later = emulator.mark()
        emulator.reset(mark)
        assert emulator.export() == exported
        with pytest.raises(WorldError):
            emulator.reset(later)
        emulator.reset()
        assert kili.count_projects() == 1

    def test_scenario_is_loaded_in_place_of_the_content_until_a_reset(
        self, linked: EmulatorFront, tmp_path: Path
    ) -> None:
        linked.users.submit(TITLE, "aquarium", EMPTY)
        before = linked.export()
        mark = linked.mark()
        linked.load(SCENARIO)
        assert linked.client().count_projects() == 0
        assert [each["email"] for each in linked.export()["users"]] == ["ada@example.com"]
        assert linked.plugins() == linked.runs() == []
        linked.reset(mark)
        assert linked.export() == before
        with pytest.raises(ScenarioError, match="no such"):
            linked.load({**SCENARIO, "colour": "red"})
        assert linked.export() == before

    def test_time_is_frozen_and_advanced(self, emulator: EmulatorFront) -> None:
        with emulator.freeze("2026-01-05T09:00:00Z"):
            emulator.advance(hours=2)
            assert emulator.clock.show()["time"] == "2026-01-05T11:00:00.000Z"
            created = emulator.client().create_project(
                input_type="TEXT", json_interface={"jobs": {}}, title="Timed"
            )
            (project,) = emulator.client().projects(created["id"], fields=["createdAt"])
            assert project["createdAt"].startswith("2026-01-05T11:00:00")
        assert emulator.clock.show()["mode"] != "frozen"
        with pytest.raises(KiliError, match="soon"):
            emulator.freeze("soon")

    def test_requests_fail_on_purpose(self, emulator: EmulatorFront) -> None:
        with emulator.faults.add("countProjects", status=503, times=2) as fault:
            assert emulator.client().count_projects() == 1  # the third attempt
            assert fault.fired == 2
        assert emulator.faults.list() == []

    def test_wait_idle_and_worlds(self, emulator: EmulatorFront) -> None:
        assert emulator.wait_idle(5)
        assert emulator.worlds.show()["name"] == emulator.world_name
        assert emulator.worlds.own()["keys"]["admin"] == emulator.key()

    def test_environment_is_that_of_a_client(self, emulator: EmulatorFront) -> None:
        environment = emulator.environment("manager")
        assert environment["KILI_API_ENDPOINT"] == emulator.endpoint
        assert environment["KILI_API_KEY"] == emulator.key("manager")
        assert "127.0.0.1" in environment["NO_PROXY"]

    def test_description_for_people(self, emulator: EmulatorFront) -> None:
        assert repr(emulator).endswith(f"at {emulator.url}, world {emulator.world_name}>")
        emulator.client().create_project(
            input_type="TEXT", json_interface={"jobs": {}}, title="<b>Bold</b>"
        )
        html = emulator._repr_html_()
        assert emulator.url in html
        assert "&lt;b&gt;Bold&lt;/b&gt;" in html
        assert emulator.key() not in html


class TestSpawned:
    def test_process_has_its_settings_and_ends(self, tmp_path: Path) -> None:
        with Emulator.spawn(
            SCENARIO, plugin_timeout=3, allow_host=["a.test", "b.test"], public_keys=False
        ) as emulator:
            assert emulator.pid != os.getpid()
            assert list(emulator.worlds.show()["keys"]) == ["admin"]
            assert emulator.endpoint in emulator.output
            url = emulator.url
        assert not emulator.is_running
        emulator.stop()
        with pytest.raises(ProcessLookupError):
            os.kill(emulator.pid, 0)
        with pytest.raises(UnreachableError, match=url):
            emulator.worlds.list()
        with pytest.raises(RuntimeError, match="has ended"):
            emulator.client()

    def test_output_of_a_process_that_does_not_start_is_shown(self, tmp_path: Path) -> None:
        with pytest.raises(SpawnError, match=r"did not start:\nError: .*no\.yaml: cannot be read"):
            Emulator.spawn(tmp_path / "no.yaml")

    def test_wrong_arguments_are_refused_before_the_start(self) -> None:
        unknown: dict[str, Any] = {"sede": 3}
        with pytest.raises(TypeError, match=r"Emulator\.spawn\(\) .*'sede': did you mean seed\?"):
            Emulator.spawn(**unknown)
        with pytest.raises(SettingsError, match="plugin_timeout"):
            Emulator.spawn(plugin_timeout=-1)
        with pytest.raises(ScenarioError, match="organization"):
            Emulator.spawn({})

    def test_killed_emulator_is_reported_and_can_be_stopped(self) -> None:
        with Emulator.spawn("empty") as emulator:
            os.kill(emulator.pid, signal.SIGKILL)
            emulator._child.wait(10)
            with pytest.raises(UnreachableError):
                emulator.mark()

    def test_process_ends_with_the_interpreter(self) -> None:
        printed = run_python(
            "from kili_emulator import Emulator\nprint(Emulator.spawn('empty').pid)\n"
        )
        with pytest.raises(ProcessLookupError):
            os.kill(int(printed), 0)

    def test_stopped_emulator_is_forgotten_at_the_exit(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        registered: list[Any] = []
        monkeypatch.setattr(atexit, "register", registered.append)
        monkeypatch.setattr(atexit, "unregister", registered.remove)
        with Emulator.spawn("empty") as emulator:
            assert isinstance(emulator, SpawnedEmulator)
            assert registered == [emulator.stop]
        assert registered == []


class TestConnect:
    def test_variables_of_a_client_are_the_defaults(
        self, server: ServerUnderTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = server.new_world()
        for name, value in world.environment().items():
            monkeypatch.setenv(name, value)
        with Emulator.connect() as emulator:
            assert (emulator.world_name, emulator.url) == (world.name, server.url)
        assert server.world(world.name)  # it goes on

    def test_administrator_of_the_default_world_chooses_the_world(
        self, server: ServerUnderTest
    ) -> None:
        world = server.new_world()
        admin = server.world().keys["admin"]
        with Emulator.connect(server.url, admin, world=world.name) as emulator:
            assert emulator.key() == world.keys["admin"]
        with pytest.raises(WorldError, match="there is no world 'nowhere'"):
            Emulator.connect(server.url, admin, world="nowhere")

    @pytest.mark.parametrize("variable", ["KILI_API_ENDPOINT", "KILI_API_KEY"])
    def test_missing_argument_is_named(
        self, variable: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KILI_API_ENDPOINT", "http://127.0.0.1:1")
        monkeypatch.setenv("KILI_API_KEY", "key")
        monkeypatch.delenv(variable)
        with pytest.raises(ValueError, match=f"{variable} is not set: give connect"):
            Emulator.connect()

    @pytest.mark.parametrize("url", ["127.0.0.1:5454", "http://127.0.0.1/path", "ftp://a.test"])
    def test_address_of_another_form_is_refused(self, url: str) -> None:
        with pytest.raises(ValueError, match="is not the address of an emulator"):
            Emulator.connect(url, "key")

    def test_scenario_that_would_lock_the_sender_out_is_refused(
        self, server: ServerUnderTest
    ) -> None:
        world = server.new_world()
        with Emulator.connect(world.endpoint, world.keys["admin"]) as emulator:
            before = emulator.export()
            with pytest.raises(WorldError, match="no administrator with the API key"):
                emulator.load({**SCENARIO, "users": [{**ADMIN, "key": "boss"}]})
            assert emulator.export() == before

    def test_key_of_a_labeler_is_refused(self, server: ServerUnderTest) -> None:
        world = server.new_world()
        with pytest.raises(RequestRefusedError, match="administrator of this world"):
            Emulator.connect(world.endpoint, world.keys["labeler"])

    def test_server_that_is_no_emulator_is_named(self, httpserver_url: str) -> None:
        with pytest.raises(RequestRefusedError, match="no emulator answers at the address"):
            Emulator.connect(httpserver_url, "key")


@pytest.fixture(params=[200, 404])
def httpserver_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Serve pages of a web site."""
    from threading import Thread
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    def answer(_: Any, start: Any) -> list[bytes]:
        start(f"{request.param} Status", [("Content-Type", "text/html")])
        return [b"<html>Hello</html>"]

    with make_server("127.0.0.1", 0, answer, handler_class=Quiet) as web_site:
        thread = Thread(target=web_site.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{web_site.server_port}"
        web_site.shutdown()
        thread.join()


def run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        encoding="utf-8",
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
