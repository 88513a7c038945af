"""The clock of a world governs everything in it: from Python, HTTP and the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import requests
import time_machine
from click.testing import CliRunner
from freezegun import freeze_time

from kili_emulator import Emulator
from kili_emulator.cli import main
from kili_emulator.clock import Clock, ClockState
from kili_emulator.domain.api_key import change_api_key
from kili_emulator.domain.world import Actor
from kili_emulator.errors import KiliError
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.server_under_test import ServerUnderTest
from tests.kit.wire import Wire
from tests.kit.world_content import deploy_plugin

MONDAY = "2026-01-05T09:00:00.000Z"
TUESDAY = "2026-01-06T09:00:00.000Z"


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    with fast_sdk(), Emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Emulator:
    running.reset()
    return running


def created_at(emulator: Emulator) -> str:
    """Create a project; return the time of its creation."""
    kili = emulator.client()
    project = kili.create_project(input_type="TEXT", json_interface={}, title="New")
    return str(emulator.world.view.projects.require(project["id"])["createdAt"])


class TestVerbs:
    def test_a_frozen_clock_stands_still(self, emulator: Emulator) -> None:
        emulator.freeze(MONDAY)
        assert [created_at(emulator), created_at(emulator)] == [MONDAY, MONDAY]

    def test_without_a_time_it_stops_at_the_present_moment(self, emulator: Emulator) -> None:
        before = emulator.clock.now()
        emulator.freeze()
        assert before <= emulator.clock.now() <= Clock().now()
        assert created_at(emulator) == emulator.clock.show()["time"]

    def test_it_goes_on_as_before_after_the_block(self, emulator: Emulator) -> None:
        before = emulator.clock.show()
        with emulator.freeze(MONDAY) as clock:
            clock.advance(days=1)
            assert created_at(emulator) == TUESDAY
        after = emulator.clock.show()
        assert (after["mode"], after["state"]) == ("running", before["state"])

    def test_advance_moves_a_clock_that_runs(self, emulator: Emulator) -> None:
        before = emulator.clock.now()
        emulator.advance(days=1, hours=2, minutes=3, seconds=4)
        assert emulator.clock.show()["mode"] == "running"
        assert emulator.clock.now() - before >= timedelta(days=1, hours=2, minutes=3, seconds=4)

    def test_set_moves_it_back_too_and_keeps_how_it_goes(self, emulator: Emulator) -> None:
        emulator.freeze(TUESDAY)
        assert emulator.clock.set(MONDAY)["mode"] == "frozen"
        assert created_at(emulator) == MONDAY
        emulator.clock.resume()
        assert emulator.clock.set(TUESDAY)["mode"] == "running"

    def test_a_time_can_be_a_datetime(self, emulator: Emulator) -> None:
        zone = timezone(timedelta(hours=2))
        emulator.freeze(datetime(2026, 1, 5, 11, tzinfo=zone))
        assert emulator.clock.show()["time"] == MONDAY
        emulator.freeze(datetime(2026, 1, 6, 9))  # noqa: DTZ001  (in UTC, as in texts)
        assert emulator.clock.show()["time"] == TUESDAY

    def test_now_is_the_time_of_the_system(self, emulator: Emulator) -> None:
        with freeze_time("2031-05-01"):
            emulator.freeze("now")
        assert emulator.clock.show()["time"] == "2031-05-01T00:00:00.000Z"

    def test_resume_runs_on_from_the_present_time(self, emulator: Emulator) -> None:
        emulator.freeze(MONDAY)
        with freeze_time("2031-05-01") as system:
            emulator.clock.resume()
            system.tick(timedelta(seconds=5))
            assert emulator.clock.show()["time"] == "2026-01-05T09:00:05.000Z"

    def test_speed_counts_from_the_moment_of_the_call(self, emulator: Emulator) -> None:
        emulator.freeze(MONDAY)
        with freeze_time("2031-05-01") as system:
            emulator.clock.speed(60)
            system.tick(timedelta(seconds=5))
            assert emulator.clock.show()["time"] == "2026-01-05T09:05:00.000Z"
            emulator.clock.speed(0.5)
            system.tick(timedelta(seconds=4))
            assert emulator.clock.show()["time"] == "2026-01-05T09:05:02.000Z"

    @pytest.mark.parametrize("time", ["yesterday", "", "2026-13-01", "12:00"])
    def test_a_text_that_is_no_time_is_refused(self, emulator: Emulator, time: str) -> None:
        before = emulator.clock.show()["state"]
        for verb in (emulator.freeze, emulator.clock.set):
            with pytest.raises(KiliError, match="is not a time: give an ISO 8601 time"):
                verb(time)
        assert emulator.clock.show()["state"] == before

    @pytest.mark.parametrize("time", ["1969-12-31", "9999-01-01"])
    def test_a_time_that_no_world_can_have_is_refused(self, emulator: Emulator, time: str) -> None:
        with pytest.raises(KiliError, match="the years 1970 to 9998"):
            emulator.clock.set(time)

    @pytest.mark.parametrize("hours", [0, -1])
    def test_it_advances_by_a_span_above_0_only(self, emulator: Emulator, hours: float) -> None:
        with pytest.raises(KiliError, match="give a time span above 0"):
            emulator.advance(hours=hours)

    def test_it_does_not_advance_beyond_the_last_year(self, emulator: Emulator) -> None:
        for days in (9000 * 366.0, 1e300):
            with pytest.raises(KiliError, match="the years 1970 to 9998"):
                emulator.advance(days=days)

    @pytest.mark.parametrize("factor", [0, -1, 1e9, True, "2"])
    def test_a_speed_that_is_not_possible_is_refused(self, emulator: Emulator, factor: Any) -> None:
        with pytest.raises(KiliError, match="is not a speed"):
            emulator.clock.speed(factor)

    def test_a_state_that_is_none_is_refused(self, emulator: Emulator) -> None:
        broken: Any = {"mode": "frozen"}
        with pytest.raises(KiliError, match="the state of the clock is invalid"):
            emulator.clock.restore(broken)


class TestStorage:
    def test_a_reset_returns_to_the_clock_of_the_mark(self, emulator: Emulator) -> None:
        emulator.freeze(MONDAY)
        mark = emulator.mark()
        emulator.clock.speed(60)
        emulator.advance(days=9)
        emulator.reset(mark)
        assert created_at(emulator) == MONDAY
        emulator.reset()
        assert emulator.clock.show()["mode"] == "running"

    def test_it_survives_a_restart(self, tmp_path: Path) -> None:
        for _ in range(2):
            with Emulator(ephemeral=False, data_dir=tmp_path / "data") as emulator:
                if emulator.clock.show()["mode"] == "running":
                    emulator.freeze(MONDAY)
                else:
                    assert emulator.clock.show()["time"] == MONDAY
        assert emulator._settings.data_dir == tmp_path / "data"

    def test_the_state_of_earlier_versions_is_an_offset(self) -> None:
        with freeze_time("2026-01-05"):
            clock = Clock(ClockState.parse(3600.0))
            assert clock.now() == datetime(2026, 1, 5, 1, tzinfo=timezone.utc)

    @pytest.mark.parametrize("mode", ["running", "frozen", "stepping"])
    def test_a_state_is_read_back(self, mode: Any) -> None:
        state = Clock().turned(mode, speed=2.5)
        assert ClockState.parse(json.loads(json.dumps(state.stored()))) == state


class TestSteps:
    """A world with a seed has a clock that steps."""

    def test_each_change_moves_it_by_a_millisecond(self) -> None:
        with Emulator(seed=0) as emulator:
            first, second = created_at(emulator), created_at(emulator)
            assert (first, second) == ("2026-01-05T09:00:00.001Z", "2026-01-05T09:00:00.002Z")

    def test_reads_and_refused_changes_do_not_move_it(self) -> None:
        with Emulator(seed=0) as emulator:
            kili = emulator.client()
            kili.projects(fields=["id"])
            with pytest.raises(Exception, match="accessDenied"):
                kili.update_properties_in_project("unknown", title="New")
            assert emulator.clock.show()["time"] == MONDAY

    def test_it_can_be_moved_and_steps_on(self) -> None:
        with Emulator(seed=0) as emulator:
            emulator.advance(days=1)
            assert created_at(emulator) == "2026-01-06T09:00:00.001Z"

    def test_a_replaced_system_time_overrides_it_in_between(self) -> None:
        with Emulator(seed=0) as emulator:
            with freeze_time("2031-05-01"):
                assert created_at(emulator) == "2031-05-01T00:00:00.000Z"
                emulator.advance(hours=1)
                assert created_at(emulator) == "2031-05-01T01:00:00.000Z"
            emulator.reset()
            assert created_at(emulator) == "2026-01-05T09:00:00.001Z"

    def test_time_machine_overrides_it_too(self) -> None:
        with Emulator(seed=0) as emulator:
            with time_machine.travel(datetime(2031, 5, 1, tzinfo=timezone.utc), tick=False):
                assert created_at(emulator) == "2031-05-01T00:00:00.000Z"
            assert created_at(emulator) == "2026-01-05T09:00:00.001Z"


HANDLER = """
from kili.plugins import PluginCore


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print("called")
"""


def upload(emulator: Emulator, folder: Path) -> str:
    """Upload a plugin, and activate it on the first project; return the project's id."""
    kili = emulator.client()
    (folder / "main.py").write_text(HANDLER, encoding="utf-8")
    project_id = str(kili.projects(fields=["id"])[0]["id"])
    kili.upload_plugin(str(folder / "main.py"), "P", verbose=False)
    kili.activate_plugin_on_project("P", project_id=project_id)
    return project_id


def outcomes(emulator: Emulator) -> list[str]:
    return [run["outcome"] for run in emulator.world.view.runs.all()]


def status(emulator: Emulator) -> str:
    (plugin,) = emulator.world.view.plugins.all()
    return str(plugin["status"])


@pytest.mark.parametrize("options", [{}, {"seed": 0}], ids=str)
class TestPlugins:
    def test_advance_makes_a_pending_deployment_due_at_once(self, options: dict[str, Any]) -> None:
        with fast_sdk(), Emulator(deploy_seconds=5000, **options) as emulator:
            deploy_plugin(Wire(emulator), "P", HANDLER)
            assert status(emulator) == "DEPLOYING"
            emulator.advance(seconds=4000)
            assert status(emulator) == "DEPLOYING"
            emulator.advance(seconds=1001)
            assert status(emulator) == "ACTIVE"

    def test_a_run_waits_for_a_frozen_clock_and_its_cause_does_not(
        self, tmp_path: Path, options: dict[str, Any]
    ) -> None:
        with fast_sdk(), Emulator(plugin_latency=300, **options) as emulator:
            upload(emulator, tmp_path)
            emulator.freeze(MONDAY)
            emulator.submit(emulator.client().projects(fields=["id"])[0]["id"])
            assert outcomes(emulator) == ["RUNNING"]
            assert emulator.wait_idle(), "a run that waits for the clock is not waited for"
            emulator.advance(minutes=5)
            assert outcomes(emulator) == ["SUCCEEDED"]
            (run,) = emulator.world.view.runs.all()
            assert (run["createdAt"], run["startedAt"]) == (MONDAY, "2026-01-05T09:05:00.000Z")
            contents = [(line["content"], line["createdAt"]) for line in lines(emulator)]
            assert contents[0][0].startswith("Queued, and the caller does not wait: the clock")
            assert contents[1:] == [("called", "2026-01-05T09:05:00.000Z")]

    def test_setting_the_clock_back_lets_a_run_wait_longer(
        self, tmp_path: Path, options: dict[str, Any]
    ) -> None:
        with fast_sdk(), Emulator(plugin_latency=300, **options) as emulator:
            upload(emulator, tmp_path)
            emulator.freeze(TUESDAY)
            emulator.submit(emulator.client().projects(fields=["id"])[0]["id"])
            emulator.clock.set(MONDAY)
            emulator.advance(hours=1)
            assert outcomes(emulator) == ["RUNNING"]
            emulator.clock.set(TUESDAY)
            emulator.advance(hours=1)
            assert outcomes(emulator) == ["SUCCEEDED"]

    def test_a_reset_ends_the_wait_for_the_clock(
        self, tmp_path: Path, options: dict[str, Any]
    ) -> None:
        with fast_sdk(), Emulator(plugin_latency=300, **options) as emulator:
            upload(emulator, tmp_path)
            emulator.freeze(MONDAY)
            emulator.submit(emulator.client().projects(fields=["id"])[0]["id"])
            emulator.reset()
            emulator.advance(hours=1)
            assert outcomes(emulator) == []


def lines(emulator: Emulator) -> list[Any]:
    return emulator.world.view.plugin_logs.all()


class TestExpiry:
    def test_a_key_expires(self, emulator: Emulator) -> None:
        emulator.freeze(MONDAY)
        with emulator.world.transaction(Actor.system()) as tx:
            change_api_key(tx, "labeler", expiry=TUESDAY)
        answers = []
        for span in ({"hours": 23}, {"hours": 1}):
            emulator.advance(**span)
            answers.append(viewer(emulator, "labeler").status_code)
        assert answers == [200, 401]

    def test_an_upload_url_expires(self, emulator: Emulator) -> None:
        emulator.freeze(MONDAY)
        project_id = emulator.world.view.projects.all()[0]["id"]
        path = f"projects/{project_id}/assets/new/content"
        query = f'{{ urls: createUploadBucketSignedUrls(filePaths: ["{path}"]) }}'
        (url,) = post(emulator, "admin", query).json()["data"]["urls"]
        answers = []
        for minutes in (59, 2):
            emulator.advance(minutes=minutes)
            answers.append(requests.put(url, data=b"x", timeout=30).status_code)
        assert answers == [201, 403]


def viewer(emulator: Emulator, key: str) -> requests.Response:
    return post(emulator, key, "{ viewer { id } }")


def post(emulator: Emulator, key: str, query: str) -> requests.Response:
    headers = {"Authorization": f"X-API-Key: {emulator.key(key)}"}
    return requests.post(emulator.endpoint, json={"query": query}, headers=headers, timeout=30)


def test_documents_of_one_moment_keep_their_order(emulator: Emulator) -> None:
    emulator.freeze(MONDAY)
    kili = emulator.client()
    project_id = kili.projects(fields=["id"])[0]["id"]
    names = [f"{number:02}" for number in reversed(range(20))]
    for name in names:
        kili.append_many_to_dataset(
            project_id, content_array=["https://example.com/x"], external_id_array=[name]
        )
    listed = kili.assets(project_id, fields=["externalId"], external_id_strictly_in=names)
    assert [each["externalId"] for each in listed] == names


class TestControlPlane:
    def request(self, emulator: Emulator, method: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"X-API-Key: {emulator.key()}"}
        url = f"{emulator.url}/_emulator/worlds/default/clock"
        return requests.request(method, url, headers=headers, timeout=30, **options)

    def test_it_shows_and_sets_the_clock(self, emulator: Emulator) -> None:
        before = self.request(emulator, "GET").json()
        assert (before["world"], before["mode"], before["speed"]) == ("default", "running", 1.0)
        for body, expected in (
            ({"action": "freeze", "time": MONDAY}, (MONDAY, "frozen")),
            ({"action": "advance", "seconds": 86400}, (TUESDAY, "frozen")),
            ({"action": "set", "time": MONDAY}, (MONDAY, "frozen")),
            ({"action": "freeze", "time": None}, (MONDAY, "frozen")),
            ({"action": "freeze"}, (MONDAY, "frozen")),
        ):
            answer = self.request(emulator, "POST", json=body).json()
            assert (answer["time"], answer["mode"]) == expected
        fast = self.request(emulator, "POST", json={"action": "speed", "factor": 60}).json()
        assert (fast["mode"], fast["speed"]) == ("running", 60)
        assert self.request(emulator, "POST", json={"action": "resume"}).json()["speed"] == 1
        body = {"action": "restore", "state": before["state"]}
        assert self.request(emulator, "POST", json=body).json()["state"] == before["state"]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"action": "stop"},
            {"action": ["freeze"]},
            {"action": "set"},
            {"action": "advance"},
            {"action": "advance", "time": MONDAY},
            {"action": "resume", "factor": 2},
            {"action": "freeze", "time": MONDAY, "seconds": 1},
            {"action": "freeze", "time": 5},
            {"action": "set", "time": None},
            {"action": "advance", "seconds": "60"},
            {"action": "advance", "seconds": True},
            {"action": "advance", "seconds": 10**400},
            {"action": "speed", "factor": None},
            {"action": "restore", "state": 1e300},
            {"action": "restore", "state": None},
        ],
        ids=str,
    )
    def test_an_invalid_request_changes_nothing(
        self, emulator: Emulator, body: dict[str, Any]
    ) -> None:
        before = emulator.world.clock.state
        answer = self.request(emulator, "POST", json=body)
        assert answer.status_code == 400
        assert answer.json()["error"]
        assert emulator.world.clock.state == before


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """Return a function that runs ``kili-emulator clock`` for a server."""
    folder = tmp_path_factory.mktemp("clock")
    with ServerUnderTest(folder, "--ephemeral", "--start-time", MONDAY, "--seed", "1"):
        yield lambda *arguments: CliRunner().invoke(
            main, ["clock", *arguments, "--data-dir", str(folder)]
        )


class TestCommand:
    def test_it_shows_and_sets_the_clock(self, run: Callable[..., Any]) -> None:
        assert run().output == f"{MONDAY}  stepping\n"
        assert run("freeze", "2026-03-01").output == "2026-03-01T00:00:00.000Z  frozen\n"
        for span, time in (("2h30m", "02:30:00"), ("90", "02:31:30"), ("1.5h", "04:01:30")):
            assert run("advance", span).output == f"2026-03-01T{time}.000Z  frozen\n"
        assert run("advance", "1d 1s").output == "2026-03-02T04:01:31.000Z  frozen\n"
        assert run("set", TUESDAY).output == f"{TUESDAY}  frozen\n"
        assert run("speed", "60").output.endswith("running, 60 times as fast as the system\n")
        assert run("resume").output.endswith("running\n")
        assert json.loads(run("freeze", MONDAY, "--json").output)["time"] == MONDAY
        assert json.loads(run("--json").output)["mode"] == "frozen"

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["set", "noon"], "'noon' is not a time"),
            (["advance", "2x"], "'2x' is not a time span: give days, hours"),
            (["advance", "0"], "give a time span above 0"),
            (["speed", "0"], "is not a speed"),
            (["freeze", "--world", "none"], "there is no world 'none'"),
        ],
        ids=str,
    )
    def test_a_bad_value_is_refused(
        self, run: Callable[..., Any], arguments: list[str], message: str
    ) -> None:
        result = run(*arguments)
        assert result.exit_code != 0
        assert message in result.output
