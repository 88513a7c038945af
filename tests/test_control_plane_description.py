"""The OpenAPI description of the control plane, compared with its routes, requests and answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypedDict

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from kili_emulator import Emulator
from kili_emulator.client import ControlPlane, WsgiTransport
from kili_emulator.client.transport import Answer, Request
from kili_emulator.config import CONTROL_PATH
from kili_emulator.http.control.openapi.document import openapi_document
from kili_emulator.http.control.openapi.json_schema import Schemas
from tests.kit.control_plane_description import FILE, file_text
from tests.kit.webhook_receiver import WebhookReceiver
from tests.security.route_table import ROUTES

DOCUMENT = openapi_document()
URI = "urn:description"
REGISTRY: Registry[Any] = Registry().with_resource(
    URI,
    Resource.from_contents({**DOCUMENT, "$schema": "https://json-schema.org/draft/2020-12/schema"}),
)
TITLE = "Plugin tutorial: count the objects"
EMPTY = {"JOB_0": {"annotations": []}}
PLUGIN = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print(self.kili.count_assets(self.project_id))
        raise KeyError("missing")
"""


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


OPERATION_IDS = [operation["operationId"] for _, _, operation in operations()]


def validate(value: Any, schema: dict[str, Any]) -> None:
    """Compare a value with a schema of the description."""
    text = json.dumps(schema).replace('"#/', f'"{URI}#/')
    Draft202012Validator(json.loads(text), registry=REGISTRY).validate(value)


class CheckedTransport:
    """A transport that compares all that it carries with the description.

    Attributes:
        answered: the ids of the operations that were answered without an error.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._transport = WsgiTransport(lambda: emulator.platform.call_in_process)
        self.answered: set[str] = set()

    def send(self, request: Request) -> Answer:
        operation = operation_of(request.method, f"{CONTROL_PATH}{request.path}")
        answer = self._transport.send(request)
        if answer.status < 300:
            check_request(request, operation)
            self.answered.add(operation["operationId"])
        check_answer(answer, operation)
        return answer


def operation_of(method: str, path: str) -> dict[str, Any]:
    """Return the operation of a request; a fixed path precedes one with parameters."""
    found = [
        (template, operation)
        for template_method, template, operation in operations()
        if template_method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
    ]
    assert found, f"{method} {path} is not described"
    return min(found, key=lambda each: each[0].count("{"))[1]


def check_request(request: Request, operation: dict[str, Any]) -> None:
    described = {each["name"]: each for each in operation["parameters"] if each["in"] == "query"}
    for name, text in request.parameters.items():
        kind = described[name]["schema"]["type"]
        value = text if kind == "string" else json.loads(text)
        validate(value, described[name]["schema"])
    assert all(name in request.parameters for name, each in described.items() if each["required"])
    if request.body not in (None, b"{}"):
        content = operation["requestBody"]["content"]
        if "application/json" in content:
            validate(json.loads(request.body or b""), content["application/json"]["schema"])


def check_answer(answer: Answer, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    response = responses.get(str(answer.status), responses["default"])
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
    assert bool(answer.content) == ("content" in response)
    if not answer.content:
        return
    media_type = answer.headers["content-type"].partition(";")[0]
    schema = response["content"][media_type]["schema"]
    is_json = media_type == "application/json"
    content = answer.content
    validate(json.loads(content) if is_json else content.decode(errors="replace"), schema)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(seed=0) as running:
        yield running


def test_description_has_each_route_of_the_server() -> None:
    described = {(method, path) for method, path, _ in operations()}
    served = {
        (each.method, re.sub(r"<(\w+)>", r"{\1}", each.path))
        for each in ROUTES
        if each.path.startswith(CONTROL_PATH)
    }
    assert described == served


def test_description_is_well_formed() -> None:
    assert len(set(OPERATION_IDS)) == len(OPERATION_IDS)
    for _, path, operation in operations():
        in_path = [each for each in operation["parameters"] if each["in"] == "path"]
        assert [each["name"] for each in in_path] == re.findall(r"\{(\w+)\}", path)
        assert all(each["description"] for each in in_path)
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
        assert schema["description"]
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(DOCUMENT)):
        target: Any = DOCUMENT
        for part in reference.split("/"):
            target = target[part]


def test_file_in_the_documentation_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == file_text(), "run `make docs`"


def test_server_serves_the_description(emulator: Emulator) -> None:
    transport = CheckedTransport(emulator)
    answer = transport.send(Request("GET", "/openapi.json"))
    assert json.loads(answer.content) == DOCUMENT


def test_requests_and_answers_of_all_operations_are_as_described(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emulator.platform.server, "request_shutdown", lambda: None)
    transport = CheckedTransport(emulator)
    control = ControlPlane(transport)
    use_worlds(control)
    use_states(control)
    use_plugins(control, tmp_path)
    use_replays(control, tmp_path)
    use_webhooks(control, emulator)
    use_users(control)
    use_clock(control)
    use_faults(control)
    use_observations(control)
    for method, path in (("GET", "/metrics"), ("GET", "/openapi.json"), ("POST", "/shutdown")):
        transport.send(Request(method, path))
    assert sorted(set(OPERATION_IDS) - transport.answered) == []


def use_worlds(control: ControlPlane) -> None:
    control.worlds.create("second", {"organization": {"name": "A"}, "users": [ADMIN]}, seed=2**60)
    control.worlds.list()
    control.worlds.own()
    control.worlds.show("second")
    control.worlds.reset("second")
    control.worlds.delete("second")
    with pytest.raises(Exception, match="second"):
        control.worlds.reset("second")
    with pytest.raises(Exception, match="no-such"):
        control.worlds.load("no-such")
    mark = control.worlds.mark()
    control.worlds.load("empty")
    control.worlds.reset(mark=mark, keep_plugins=True)
    control.worlds.export()
    control.worlds.wait_idle(1)
    with control.clock.freeze("2026-01-05") as clock:
        clock.advance(hours=2)
    clock.set("now")
    clock.speed(2)
    clock.resume()
    requests = control.worlds._requests
    requests.post("/keys/labeler", {"expiryDate": "2099-01-01T00:00:00.000Z"})


def use_replays(control: ControlPlane, folder: Path) -> None:
    run = control.runs.list(plugin="counter")[0]
    control.runs.replay(run["id"], plugin=folder / "counter.py", times=2)
    control.runs.bundle(run["id"], folder / "bug.zip", whole_world=True)


def use_states(control: ControlPlane) -> None:
    control.state.load_bytes(control.state.save_bytes(project=TITLE), replace=True)


def use_plugins(control: ControlPlane, folder: Path) -> None:
    path = folder / "counter.py"
    path.write_text(PLUGIN)
    control.plugins.link("counter", path, projects=[TITLE])
    submitted = control.users.submit(TITLE, "aquarium", EMPTY, seconds=2.5)
    path.write_text(f"{PLUGIN}\n# changed\n")
    control.plugins.list()
    control.plugins.versions("counter")
    control.plugins.files("counter", 1)
    control.plugins.diff("counter", 1, 2)
    control.runs.list(plugin="counter", project=TITLE, failed=True)
    control.runs.show(submitted["runs"][0]["id"])
    control.runs._requests.get("/runs", lines=True, limit=3, wait=0, after="0.-1")
    control.why(label=submitted["labelId"], plugin="counter")
    control.plugins.trigger("on_submit", "counter", TITLE, {"label": {}, "asset_id": "x"})
    control.plugins.unlink("counter")
    with pytest.raises(Exception, match="not linked"):
        control.plugins.unlink("counter")


def use_webhooks(control: ControlPlane, emulator: Emulator) -> None:
    with WebhookReceiver() as receiver:
        kili = emulator.client()
        (project,) = kili.projects(fields=["id"])
        kili.create_webhook(receiver.url, plugin_name="hook")
        kili.activate_plugin_on_project("hook", project_id=project["id"])
        submitted = control.users.submit(TITLE, None, EMPTY)
        (run,) = control.runs.list(plugin="hook")
        control.runs.show(run["id"])
        control.runs.redeliver(run["id"])
        control.plugins.list()
        control.plugins.versions("hook")
        control.why(asset=submitted["externalId"], project=TITLE)


def use_faults(control: ControlPlane) -> None:
    fault = control.faults.add("createIssues", status=503, retry_after=2, probability=0.5)
    control.faults.add(
        "query", error="x", code="X", extensions={"a": 1}, partial=True, user="admin"
    )
    control.faults.load([{"target": "webhook", "drop": "before"}])
    control.faults.add_preset("flaky-network")
    control.faults.list()
    fault.remove()
    control.faults.clear()
    with pytest.raises(Exception, match="did you mean 'createIssues'"):
        control.faults.add("createIssue", status=503)


def use_observations(control: ControlPlane) -> None:
    control.content.projects()
    control.content.assets(TITLE, status="todo", limit=2)
    control.content.labels(TITLE, asset="aquarium", type="DEFAULT", limit=2)
    control.observations.calls("countAssets", user="counter", failed=False, limit=3)
    control.observations.calls()
    control.observations.events("label.*", project=TITLE, asset="aquarium", internal=True, limit=9)
    control.observations.events(run="none")
    control.observations.logs("counter", project=TITLE, limit=3)
    control.observations.timeline()
    control.observations.timeline(asset="aquarium", project=TITLE, limit=3)
    control.observations.timeline(run=control.runs.list()[0]["id"])
    with pytest.raises(Exception, match="no operation"):
        control.observations.calls("nothing")
    requests = control.observations._requests
    requests.get("/logs", after=0, wait=0)
    requests.get("/timeline", after="0", wait=0)


def use_users(control: ControlPlane) -> None:
    asset = control.users.submit(TITLE, None, EMPTY)["assetId"]
    control.users.send_back(TITLE, asset, issue="Look again")
    control.users.save(TITLE, asset, EMPTY)
    control.users.skip(TITLE, asset, reason="blurred")
    control.users.unskip(TITLE, asset)
    with pytest.raises(Exception, match="there is no project"):
        control.users.submit("Nowhere")


def use_clock(control: ControlPlane) -> None:
    with control.clock.freeze() as clock:
        clock.advance(hours=2)
    control.clock.freeze("2030-01-05T09:00:00Z")
    control.clock.set("2030-01-06")
    control.clock.speed(2.5)
    control.clock.resume()
    with pytest.raises(Exception, match="soon"):
        control.clock.set("soon")


ADMIN = {
    "key": "admin",
    "email": "ada@example.com",
    "firstname": "Ada",
    "lastname": "L",
    "organizationRole": "ADMIN",
}


class Leaf(TypedDict, total=False):
    """A leaf: ``None`` or a :class:`tests.Tree`."""

    kind: Literal["a", 1] | None


class Tree(Leaf):
    children: list[Tree]
    sizes: dict[str, float]


def test_schemas_are_derived_from_types() -> None:
    schemas = Schemas()
    assert schemas.of(list[Tree]) == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/Tree"},
    }
    assert schemas.components == {
        "Tree": {
            "type": "object",
            "properties": {
                "kind": {
                    "anyOf": [{"type": ["string", "integer"], "enum": ["a", 1]}, {"type": "null"}]
                },
                "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
                "sizes": {"type": "object", "additionalProperties": {"type": "number"}},
            },
            "required": ["children", "sizes"],
            "additionalProperties": False,
        }
    }
    schemas.of(Leaf)
    assert schemas.components["Leaf"]["description"] == "A leaf: `null` or a `Tree`."
    with pytest.raises(TypeError, match="no JSON schema"):
        schemas.of(set[str])
