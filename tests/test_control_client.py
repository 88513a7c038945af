"""The client of the control plane: what it sends, and the errors that it raises, on each way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator
from kili_emulator.client import (
    ControlPlane,
    HttpTransport,
    RequestRefusedError,
    UnreachableError,
    WsgiTransport,
)
from kili_emulator.domain.registry import WorldError
from kili_emulator.errors import KiliError
from kili_emulator.scenario import ScenarioError

TITLE = "Plugin tutorial: count the objects"
LARGEST_EXACT = 2**53
USERS = [
    {
        "key": "boss",
        "email": "boss@example.com",
        "firstname": "Bo",
        "lastname": "Ss",
        "organizationRole": "ADMIN",
    }
]
SCENARIO: dict[str, Any] = {"organization": {"name": "Mine"}, "users": USERS}
PROJECT: dict[str, Any] = {
    "title": "P",
    "inputType": "TEXT",
    "jsonInterface": {"jobs": {}},
    "members": {"boss": "ADMIN"},
}


@pytest.fixture(scope="module")
def emulator_of_module() -> Iterator[Emulator]:
    with Emulator(seed=0) as emulator:
        yield emulator


@pytest.fixture
def emulator(emulator_of_module: Emulator) -> Iterator[Emulator]:
    emulator_of_module.reset()
    yield emulator_of_module
    for each in emulator_of_module.worlds.list():
        if each["name"] != "default":
            emulator_of_module.worlds.delete(each["name"])


@pytest.fixture(params=["http", "in process"])
def control(request: pytest.FixtureRequest, emulator: Emulator) -> ControlPlane:
    if request.param == "http":
        return ControlPlane(HttpTransport(emulator.url, emulator.key()))
    return ControlPlane(WsgiTransport(lambda: emulator.platform.call_in_process))


ERRORS: list[tuple[Callable[[ControlPlane], Any], type[Exception], str]] = [
    (lambda it: it.runs.show("r1"), KiliError, "there is no run"),
    (lambda it: it.plugins.files("Judge"), KiliError, 'no plugin "Judge"'),
    (lambda it: it.why(label="x", asset="y"), KiliError, "exactly one"),
    (lambda it: it.worlds.delete("default"), WorldError, "reset it instead"),
    (lambda it: it.worlds.reset("é ?&"), WorldError, "there is no world 'é \\?&'"),
    (lambda it: it.worlds.create("w", "no-such"), ScenarioError, "no-such: cannot be read"),
    (lambda it: it.worlds.create("w", "no/such.yaml"), ScenarioError, "no/such.yaml"),
    (lambda it: it.worlds.create("w", {"users": 1}), ScenarioError, "scenario: users: 1 is not"),
    (lambda it: it.worlds.create("w", {"users": {1}}), ScenarioError, "a value that is not JSON"),
    (lambda it: it.users.submit(TITLE, "pond", {"J": object()}), KiliError, "value is not JSON"),
]


@pytest.mark.parametrize(("call", "error", "text"), ERRORS, ids=range(len(ERRORS)))
def test_error_of_a_verb_is_the_error_of_the_service(
    control: ControlPlane,
    call: Callable[[ControlPlane], Any],
    error: type[Exception],
    text: str,
) -> None:
    with pytest.raises(error, match=text) as caught:
        call(control)
    assert type(caught.value) is error


def test_error_of_the_api_keeps_its_code(control: ControlPlane) -> None:
    with pytest.raises(KiliError) as caught:
        control.users.submit("Nowhere")
    assert caught.value.code == "OPERATION_RESOLUTION_FAILURE"


@pytest.mark.parametrize("key", ["wrong", "emulator-labeler"])
def test_key_of_no_administrator_is_refused(emulator: Emulator, key: str) -> None:
    with pytest.raises(RequestRefusedError, match="administrator of") as caught:
        ControlPlane(HttpTransport(emulator.url, key)).plugins.list()
    assert caught.value.status == (401 if key == "wrong" else 403)


def test_absent_emulator_is_named() -> None:
    with pytest.raises(UnreachableError, match=r"no emulator answers at http://127\.0\.0\.1:1 "):
        ControlPlane(HttpTransport("http://127.0.0.1:1", "key")).worlds.list()


def test_credentials_of_the_users_netrc_file_are_not_sent(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    control = ControlPlane(HttpTransport(emulator.url, emulator.key()))
    assert control.worlds.show()["name"] == "default"


def test_client_sees_the_same_as_the_services(control: ControlPlane, emulator: Emulator) -> None:
    view = control.worlds.show()
    assert view in control.worlds.list()
    assert list(view["keys"]) == [key["name"] for key in emulator.world.view.api_keys.all()]
    assert control.worlds.export()["users"]


def test_marks_have_no_integer_that_a_json_client_rounds(control: ControlPlane) -> None:
    control.worlds.create("seeded", "empty", seed=2**63)
    mark = ControlPlane(control._requests._transport, "seeded").worlds.mark()
    assert str(2**63) in mark.ids
    numbers = [each for each in [*mark.ids, mark.sequence, mark.epoch] if not isinstance(each, str)]
    assert all(abs(each) <= LARGEST_EXACT for each in numbers)


def test_reset_accepts_the_mark_of_an_earlier_version_whose_seed_is_a_number(
    control: ControlPlane, emulator: Emulator
) -> None:
    mark = control.worlds.mark()
    repeatable, seed, *counts = mark.ids
    mark.ids[:] = [repeatable, int(seed), *counts]
    draws = emulator.world.ids.draw()
    control.worlds.reset(mark=mark)
    assert emulator.world.ids.draw() == draws


@pytest.mark.parametrize("scenario", [SCENARIO, {**SCENARIO, "projects": [PROJECT]}])
def test_world_is_created_from_a_dictionary(
    control: ControlPlane, scenario: dict[str, Any]
) -> None:
    before = json.dumps(scenario)
    view = control.worlds.create("mine", scenario)
    assert list(view["keys"]) == ["boss"]
    assert [each["title"] for each in view["projects"]] == [
        each["title"] for each in scenario.get("projects", [])
    ]
    assert view["scenario"] == "dictionary"
    assert json.dumps(scenario) == before


def test_world_is_created_from_a_file_of_the_client_with_media_beside_it(
    control: ControlPlane, emulator: Emulator, tmp_path: Path
) -> None:
    assets = [{"externalId": "one", "file": "one.txt"}]
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps({**SCENARIO, "projects": [{**PROJECT, "assets": assets}]}))
    (tmp_path / "one.txt").write_text("One")
    view = control.worlds.create("mine", path)
    assert view["scenario"] == str(path)
    (asset,) = emulator.platform.registry.get("mine").view.assets.all()
    assert asset["externalId"] == "one"


def test_rule_that_a_dictionary_breaks_is_reported_with_its_place(control: ControlPlane) -> None:
    scenario = {**SCENARIO, "users": [*USERS, {**USERS[0], "key": "other", "email": "no address"}]}
    with pytest.raises(ScenarioError, match=r"^scenario: users\[1\]"):
        control.worlds.create("mine", scenario)
    assert [each["name"] for each in control.worlds.list()] == ["default"]


def test_emulator_starts_with_a_dictionary_and_uses_it_for_further_worlds() -> None:
    with Emulator(SCENARIO) as emulator:
        assert emulator.client("boss").count_projects() == 0
        assert list(emulator.worlds.create("second")["keys"]) == ["boss"]
    with (
        pytest.raises(ScenarioError, match=r"^scenario: .users. is"),
        Emulator({"organization": {"name": "Mine"}}),
    ):
        pass
