"""Whom each HTTP route serves: the table of ``route_table``, for each caller."""

from __future__ import annotations

import http.client
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import requests

from kili_emulator.domain.world import Actor
from kili_emulator.http.security import FileUrlSigner
from tests.security.callers import CALLERS, INVALID_KEYS, Callers
from tests.security.route_table import ROUTES, WEBSOCKETS, Route

WITH_KEY = [each for each in ROUTES if each.callers is not None]
CONTROL = [each for each in WITH_KEY if each.path.startswith("/_emulator")]


@pytest.fixture(autouse=True)
def _protected_server(callers: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the server and its worlds, whatever a served request asks for."""
    platform = callers.wire.emulator.platform
    monkeypatch.setattr(type(platform.server), "request_shutdown", lambda _: None)
    monkeypatch.setattr(type(platform.registry), "delete", lambda *_: None)


def request(
    callers: Callers, route: Route, key: str | None, world: str = "second"
) -> requests.Response:
    path = route.path.replace("<name>", world)
    for each in ("<key_name>", "<run_id>", "<verb>", "<fault_id>"):
        path = path.replace(each, "nothing")
    options = dict(route.sent)
    if "params" in options:
        project = callers.full_world.names["project"]
        options["params"] = {"id": file_id(callers, project)}
    headers = {} if key is None else {"Authorization": f"X-API-Key: {key}"}
    return callers.wire.request(route.method, path, headers=headers, **options)


def file_id(callers: Callers, project: str) -> str:
    """Return the id of a file of a project."""
    files = callers.wire.emulator.world.view.files.all()
    return next(each["id"] for each in files if each["projectId"] == project)


def is_served(answer: requests.Response) -> bool:
    return answer.status_code not in (401, 403, 404)


def test_the_table_has_each_route_of_the_server(callers: Callers) -> None:
    rules = list(callers.wire.emulator.platform.application.url_map.iter_rules())
    served = {
        (method, rule.rule)
        for rule in rules
        if not rule.websocket
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(each.method, each.path) for each in ROUTES} == served
    assert {rule.rule for rule in rules if rule.websocket} == WEBSOCKETS


@pytest.mark.parametrize("route", WITH_KEY, ids=str)
def test_route_serves_the_callers_of_the_table_only(callers: Callers, route: Route) -> None:
    before = callers.stored()
    answers = {caller: request(callers, route, callers.keys[caller]) for caller in CALLERS}
    assert callers.stored() == before
    served = [caller for caller, answer in answers.items() if is_served(answer)]
    assert route.callers is not None
    assert served == [caller for caller in CALLERS if caller in route.callers]
    for caller, answer in answers.items():
        if caller not in served:
            assert answer.text in (
                "The control plane needs the key of an administrator of this world.",
                "No file has this id, or it is not accessible with this key.",
            )


@pytest.mark.parametrize("route", WITH_KEY, ids=str)
def test_route_with_an_invalid_key_is_unauthorized(callers: Callers, route: Route) -> None:
    before = callers.stored()
    for kind, key in INVALID_KEYS.items():
        answer = request(callers, route, key)
        if kind == "ended run" and route.path == "/api/label/v2/graphql":
            assert answer.json()["data"] is None
        else:
            assert (answer.status_code, answer.text) == (401, "Unauthorized"), kind
    assert callers.stored() == before


@pytest.mark.parametrize("route", CONTROL, ids=str)
def test_plugins_cannot_use_the_control_plane(callers: Callers, route: Route) -> None:
    world = callers.wire.emulator.world
    (ada,) = world.view.users.find("email", "admin@example.com")
    world.run_keys["kili-run-now"] = Actor(ada, run_id="a-run")
    try:
        assert request(callers, route, "kili-run-now").status_code == 403
    finally:
        del world.run_keys["kili-run-now"]


@pytest.mark.parametrize("route", [each for each in CONTROL if "<name>" in each.path], ids=str)
@pytest.mark.parametrize("caller", ["elsewhere", "labeler"])
def test_control_plane_does_not_tell_which_worlds_exist(
    callers: Callers, route: Route, caller: str
) -> None:
    present = request(callers, route, callers.keys[caller], "default")
    absent = request(callers, route, callers.keys[caller], "no-such-world")
    assert present.status_code == 403
    assert (present.status_code, present.text) == (absent.status_code, absent.text)


@pytest.mark.parametrize("route", [each for each in ROUTES if each.callers is None], ids=str)
def test_route_without_a_key_shows_nothing_of_a_world(callers: Callers, route: Route) -> None:
    before = callers.stored()
    for key in (None, "wrong", *callers.keys.values()):
        answer = request(callers, route, key)
        assert answer.status_code == (403 if route.has_token else 200)
        assert not [each for each in callers.full_world.own_ids if each in answer.text]
        assert "second" not in answer.text
    assert callers.stored() == before


def test_download_token_opens_only_its_file_in_its_world(callers: Callers) -> None:
    names, world = callers.full_world.names, callers.wire.emulator.world
    file = file_id(callers, names["project"])
    signed = _signed_urls(callers, file)
    for url, status in signed.items():
        assert callers.wire.request("GET", url).status_code == status
    assert world.view.files.get(file)


def _signed_urls(callers: Callers, file: str) -> dict[str, int]:
    """Return URLs with download tokens, and the status of their answers."""
    query = "{ assets(where: {}, first: 100, skip: 0) { content } }"
    old = {"apollographql-client-version": "2.128.2"}
    answer = callers.wire.post({"query": query}, headers=old).json()
    url = next(each["content"] for each in answer["data"]["assets"] if "token=" in each["content"])
    head, _, token = url.partition("&token=")
    of_other_secret = FileUrlSigner("another secret").make_read_token("default", file)
    return {
        url: 200,
        head: 401,
        f"{head}&token=": 401,
        f"{head}&token={token[:-1]}": 401,
        f"{head}&token={token.swapcase()}": 401,
        f"{head}x&token={token}": 401,
        f"/api/label/v2/files?id={file}&token={of_other_secret}": 401,
        f"/api/label/v2/files/upload?token={token}": 405,
    }


@pytest.mark.parametrize("route", WITH_KEY, ids=str)
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_show_nothing(callers: Callers, route: Route, method: str) -> None:
    before = callers.stored()
    for key in (None, *filter(None, INVALID_KEYS.values()), callers.keys["labeler"]):
        answer = request(callers, replace(route, method=method), key)
        assert answer.status_code in (200, 401, 403, 404, 405)
        assert not answer.content or answer.status_code != 200
        assert not [each for each in callers.full_world.own_ids if each in answer.text]
    assert callers.stored() == before


PATHS = [
    "//evil.example/_emulator/worlds",
    "/_emulator//worlds",
    "/health/../_emulator/worlds",
    "/%2e%2e/_emulator/worlds",
    "/_emulator/worlds/",
    "/_EMULATOR/worlds",
    "/_emulator/worlds;x",
    "/_emulator/worlds%00",
    "/\\_emulator/worlds",
    "http://evil.example/_emulator/worlds",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("key", [None, "the-owners-key"])
def test_spelling_of_a_path_avoids_no_check(callers: Callers, path: str, key: str | None) -> None:
    url = callers.wire.emulator.url
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.putrequest("GET", path)
    if key:
        connection.putheader("Authorization", f"X-API-Key: {key}")
    connection.endheaders()
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    assert answer.status in (308, 401, 403, 404)
    assert "emulator-admin" not in text
    location = answer.getheader("Location")
    assert location is None or location.startswith(f"{url}/")
