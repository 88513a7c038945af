"""Hostile requests are answered in the form of the route that receives them."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import requests

from kili_emulator.app import Emulator
from kili_emulator.domain import file, registry
from tests.kit.responses import EASY_JSON
from tests.kit.wire import Wire
from tests.kit.wire_plugins import activate_plugin
from tests.kit.world_content import (
    PLUGIN,
    QUIET_PLUGIN,
    archive,
    deploy_plugin,
    read_world_ids,
    upload,
)

QUERY = {"query": "{ data: viewer { email } }"}
ANSWER = {"data": {"data": {"email": "admin@example.com"}}}
DIGITS = "9" * 5000


@pytest.fixture
def wire(kili_emulator: Emulator) -> Iterator[Wire]:
    wire = Wire(kili_emulator)
    yield wire
    assert wire.post(QUERY).json() == ANSWER
    wire.close()


def control(wire: Wire, method: str, path: str, body: bytes = b"") -> requests.Response:
    headers = wire.authorization("admin")
    return wire.request(method, f"/_emulator{path}", data=body, headers=headers)


def refused(answer: requests.Response, status: int = 400) -> str:
    """Return the error in an answer of the control plane."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
    assert answer.json().keys() - {"code"} == {"error", "kind"}
    return str(answer.json()["error"])


# Bodies

BODIES = {
    b'{"query": "{ viewer { email } }", "variables": {"a": NaN}}': '"variables.a" is NaN',
    b'{"query": "{ viewer { id } }", "variables": {"a": [1e999]}}': '"variables.a[0]" is Infinity',
    rb'{"query": "{ viewer { email } } # \ud800"}': '"query" holds half a character',
    b'{"query": "\xed\xa0\x80"}': '"query" holds half a character',
    rb'{"query": "", "variables": {"\udfff": 1}}': "has a key with half a character",
    b'{"query": "", "variables": ' + b'{"a":' * 700 + b"1" + b"}" * 701: "nested too deeply",
    b'{"query": "", "variables": {"a": ' + DIGITS.encode() + b"}}": "too many digits",
}


@pytest.mark.parametrize("body", BODIES, ids=lambda body: ascii(body[:60]))
def test_body_with_a_value_outside_the_json_standard_is_refused(wire: Wire, body: bytes) -> None:
    answer = wire.post(body)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["message"].startswith("The body is not a JSON object: ")
    assert BODIES[body] in error["message"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    says = refused(control(wire, "POST", "/worlds", body))
    assert BODIES[body] in says


@pytest.mark.parametrize(
    ("operation", "arguments", "says"),
    [
        (
            "updatePropertiesInAssets",
            {"where": [{"id": "<asset>"}], "data": [{"jsonMetadata": r'{"a": "\ud800"}'}]},
            '"a" holds half a character',
        ),
        (
            "updatePropertiesInAssets",
            {"where": [{"id": "<asset>"}], "data": [{"jsonMetadata": "[" * 700 + "]" * 700}]},
            "nested too deeply",
        ),
        (
            "updatePropertiesInProject",
            {"where": {"id": "<project>"}, "data": {"jsonInterface": '{"jobs": {"A": NaN}}'}},
            '"jobs.A" is NaN',
        ),
        (
            "appendToLabels",
            {
                "where": {"id": "<asset>"},
                "data": {"labelType": "DEFAULT", "jsonResponse": r'{"A": "\ud800"}'},
            },
            '"A" holds half a character',
        ),
        (
            "appendToLabels",
            {
                "where": {"id": "<asset>"},
                "data": {
                    "labelType": "DEFAULT",
                    "jsonResponse": '{"A":' * 700 + "1" + "}" * 700,
                },
            },
            "nested too deeply",
        ),
        (
            "appendManyAssets",
            {
                "where": {"id": "<texts>"},
                "data": {"contentArray": ["x"], "jsonContentArray": ["[" * 700 + "]" * 700]},
            },
            "nested too deeply",
        ),
    ],
)
def test_json_in_a_text_argument_has_the_limits_of_the_body(
    wire: Wire, operation: str, arguments: dict[str, Any], says: str
) -> None:
    world_ids = {"<asset>": wire.ids("assets", {})[0], "<project>": wire.ids("projects", {})[0]}
    made = wire.call("createProject", data={"title": "Texts", "inputType": "TEXT"}, selection="id")
    world_ids["<texts>"] = made["id"]
    text = json.dumps(arguments)
    for name, each in world_ids.items():
        text = text.replace(name, each)
    before = wire.emulator.world.export()
    message = wire.refusal(operation, **json.loads(text))
    assert says in message
    assert message.endswith(" | trace : false")
    assert wire.emulator.world.export() == before


@pytest.mark.parametrize("number", ["1" + "0" * 90 + "e300", "1e999", "-1e999"])
def test_too_large_number_in_a_document_is_refused(wire: Wire, number: str) -> None:
    for where in (f"metadata: {{a: {number}}}", f"consensusMarkGte: {number}"):
        query = f"{{ data: assets(where: {{{where}}}, first: 1, skip: 0) {{ id }} }}"
        answer = wire.post({"query": query})
        assert answer.status_code == 400, where
        messages = [each["message"] for each in answer.json()["errors"]]
        assert f"The number {number[:20]}{'…' * (len(number) > 20)} is too large." in messages


@pytest.mark.parametrize(("depth", "status"), [(90, 200), (300, 400), (2000, 400)])
def test_too_deeply_nested_value_in_a_document_is_refused(
    wire: Wire, depth: int, status: int
) -> None:
    where = f"metadata: {{a: {'[' * depth}{']' * depth}}}"
    query = f"{{ data: assets(where: {{{where}}}, first: 1, skip: 0) {{ id }} }}"
    answer = wire.post({"query": query})
    assert answer.status_code == status
    assert ("nested too deeply" in answer.text) == (status == 400)


# Headers


@pytest.mark.parametrize(
    "version",
    [DIGITS, f"{DIGITS}.1.2", f"26.{DIGITS}", f"26.2.{DIGITS}", "26.2", "²", "", "-1.2.3"],
)
def test_malformed_client_version_is_accepted(wire: Wire, version: str) -> None:
    headers = {"apollographql-client-version": version.encode()}
    assert wire.post(QUERY, headers=headers).json() == ANSWER  # type: ignore[arg-type]
    data = {"title": "T", "inputType": "TEXT"}
    query = "mutation($d: CreateProjectData!) { data: createProject(data: $d) { workflowVersion } }"
    answer = wire.post({"query": query, "variables": {"d": data}}, headers=headers)  # type: ignore[arg-type]
    expected = "V2" if version.startswith("26.2") else "V1"
    assert answer.json() == {"data": {"data": {"workflowVersion": expected}}}


HEADERS = (
    *("Range", "If-Range", "If-None-Match", "If-Modified-Since", "Content-Type", "Host", "Origin"),
    *("Content-Encoding", "Accept", "Cookie", "Sec-WebSocket-Protocol", "kili-client-method-name"),
)


@pytest.mark.parametrize(
    "value", [DIGITS, f"bytes=0-{DIGITS}", "é", "a@[::1", f"localhost:{DIGITS}"]
)
@pytest.mark.parametrize("path", ["/api/label/v2/files?id=x", "/_emulator/worlds", "/health"])
def test_malformed_header_causes_no_server_error(wire: Wire, path: str, value: str) -> None:
    for name in HEADERS:
        headers = {**wire.authorization("admin"), name: value.encode("latin-1")}
        answer = wire.request("GET", path, headers=headers)
        assert answer.status_code < 500, name
        assert "html" not in answer.headers["Content-Type"], name


# Texts that become paths

PATHS = ["a\0b", "\0", "/dev/zero", "/dev", "x" * 5000 + ".yaml", "no/such.yaml", "../" * 3000]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ascii(path[:20]))
def test_invalid_path_is_refused_and_no_world_is_created(wire: Wire, path: str) -> None:
    body = json.dumps({"name": "w", "scenario": path}).encode()
    says = refused(control(wire, "POST", "/worlds", body))
    assert "cannot be read as a scenario" in says
    assert "give the path of a file, or one of the names: default, empty" in says
    assert says.isprintable()
    link = json.dumps({"plugin": "P", "path": f"/{path}"}).encode()
    says = refused(control(wire, "POST", "/worlds/default/plugins/link", link))
    assert says.startswith("the plugin was not linked: ")
    assert [each["name"] for each in control(wire, "GET", "/worlds").json()] == ["default"]


def test_pipe_as_scenario_is_refused(wire: Wire, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    body = json.dumps({"name": "w", "scenario": str(tmp_path / "pipe.yaml")}).encode()
    assert "it is not a file" in refused(control(wire, "POST", "/worlds", body))


SCENARIOS = {
    "users: " + "[" * 700 + "]" * 700: "nested too deeply",
    "users: " + "[" * 300 + "]" * 300: "nested too deeply",
    "users: " + "{a: " * 700 + "}" * 700: "nested too deeply",
    f"users: {DIGITS}": "too many digits",
    "users: 1e999": "is Infinity",
    "users: []\n# \x1b[2J\n": ":2: this is not valid YAML: special characters are not allowed",
    "users: \0": "special characters are not allowed",
    'users: "\\ud800"': "half a character",
    '"\\ud800": 1': "half a character",
    "a: &a [1,1,1,1,1,1,1,1,1,1]\n"
    + "".join(
        f"b{n}: &b{n} [{','.join([f'*b{n - 1}' if n else '*a'] * 30)}]\n" for n in range(5)
    ): ("more than 300000 values"),
}


@pytest.mark.parametrize("text", SCENARIOS, ids=lambda text: ascii(text[:20]))
def test_scenario_file_beyond_the_limits_is_refused(wire: Wire, tmp_path: Path, text: str) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    body = json.dumps({"name": "w", "scenario": str(path)}).encode()
    assert SCENARIOS[text] in refused(control(wire, "POST", "/worlds", body))


SECRET = "hunter2"
NO_SCENARIOS = {
    f"root:{SECRET}:0": 1,
    f"organization:\n  {SECRET}: 1\nusers: []": 2,
    f"{SECRET}: 1\n{SECRET}: 2": 2,
    f"users: {SECRET}": 1,
    f"organization: !{SECRET} x": 1,
    f"a: b: {SECRET}": 1,
    f"a: *{SECRET}": 1,
}


@pytest.mark.parametrize("text", NO_SCENARIOS)
def test_refused_scenario_file_is_not_shown_to_the_client(
    wire: Wire, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    body = json.dumps({"name": "w", "scenario": str(path)}).encode()
    says = refused(control(wire, "POST", "/worlds", body))
    assert f"{path}:{NO_SCENARIOS[text]}: " in says
    assert SECRET not in says


# What no route foresees


def test_defect_is_answered_in_the_form_of_the_route_and_logged(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    authorization = wire.authorization("admin")

    def fail(*_: object) -> None:
        raise RuntimeError("a defect")

    with monkeypatch.context() as patch:
        patch.setattr(registry.WorldRegistry, "authenticate", fail)
        patch.setattr(file, "find_readable_file", fail)
        answers = (
            wire.post(QUERY, key=None, headers=authorization),
            wire.request("GET", "/_emulator/worlds", headers=authorization),
            wire.request("GET", "/api/label/v2/files?id=x", headers=authorization),
        )
    for answer in answers:
        assert answer.status_code == 500
        assert "[unexpectedRetrieving] " in answer.text
        assert "This can be due to: RuntimeError: a defect" in answer.text
    (error,) = answers[0].json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR"}
    assert answers[1].json().keys() == {"error"}
    assert answers[2].headers["Content-Type"] == "text/plain; charset=utf-8"
    assert len([each for each in caplog.records if each.exc_info]) == 3


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/nothing/<script>", 404),
        ("DELETE", "/health", 405),
        ("GET", "/api/label/v2/graphql", 405),
        ("PUT", "/api/label/v2/graphql", 405),
        ("GET", "/_emulator/nothing", 404),
        ("PATCH", "/_emulator/worlds", 405),
        ("OPTIONS", "/health", 200),
        ("GET", "/_emulator//worlds", 308),
        ("GET", "/api//label/v2/files", 308),
    ],
)
def test_no_response_is_an_html_page(wire: Wire, method: str, path: str, status: int) -> None:
    answer = wire.request(method, path, headers=wire.authorization("admin"), allow_redirects=False)
    assert answer.status_code == status
    is_json = path.startswith(("/_emulator", "/api/label/v2/graphql"))
    expected = "application/json" if is_json else "text/plain; charset=utf-8"
    assert answer.headers["Content-Type"] == expected
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ("Allow" in answer.headers) == (status in (405, 200))


def test_malformed_http_request_is_answered_as_text(wire: Wire) -> None:
    address = urlsplit(wire.emulator.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(b"<script>\r\n\r\n")
        received = b""
        while part := connection.recv(4096):
            received += part
    assert b"<!DOCTYPE" not in received
    assert b"<html" not in received.lower()


# Damaged uploads


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[tuple[Wire, Path]]:
    """An emulator that stores its uploads in a folder."""
    with Emulator(ephemeral=False, data_dir=tmp_path) as emulator:
        wire = Wire(emulator)
        yield wire, tmp_path / "worlds" / "default" / "blobs"
        wire.close()


@pytest.mark.parametrize("content", [None, b"", b"short"], ids=["missing", "empty", "truncated"])
def test_damaged_upload_is_refused_until_uploaded_again(
    stored: tuple[Wire, Path], content: bytes | None
) -> None:
    wire, blobs = stored
    project = wire.call("createProject", data={"title": "T", "inputType": "PDF"}, selection="id")
    upload = f"projects/{project['id']}/assets/a/content"
    (url,) = wire.call("createUploadBucketSignedUrls", filePaths=[upload])
    put = {"data": b"%PDF-1.4", "headers": {"Content-Type": "application/pdf"}}
    assert wire.request("PUT", url, **put).status_code == 201
    rows = {"contentArray": [url], "externalIDArray": ["a"]}
    (asset,) = wire.call(
        "appendManyAssets", data=rows, where={"id": project["id"]}, selection="content"
    )
    assert deploy_plugin(wire) == "ACTIVE"
    for blob in list(blobs.iterdir()):
        blob.unlink() if content is None else blob.write_bytes(content)

    def read(method: str, path: str = asset["content"]) -> requests.Response:
        return wire.request(method, path, headers=wire.authorization("admin"))

    for method in ("GET", "HEAD"):
        answer = read(method)
        assert answer.status_code == 500
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert read("GET").text.startswith("[fileDamaged] The file cannot be read.")
    copied = {"projectId": project["id"], "shouldCopyAssets": True, "shouldCopyUsers": False}
    again = {"contentArray": [url], "externalIDArray": ["b"]}
    before = wire.emulator.world.export()
    for operation, arguments in (
        ("copyProject", {"data": copied}),
        ("appendManyAssets", {"data": again, "where": {"id": project["id"]}}),
    ):
        assert wire.refusal(operation, **arguments).startswith("[fileDamaged] ")
    assert wire.emulator.world.export() == before
    source = control(wire, "GET", f"/worlds/default/plugins/files?plugin={quote(PLUGIN)}")
    assert refused(source, 500).startswith("[fileDamaged] ")

    assert wire.request("PUT", url, **put).status_code == 201
    assert read("GET").content == b"%PDF-1.4"
    wire.call("copyProject", data=copied)


@pytest.mark.parametrize("content", [b"", b"[", b"[" * 700 + b"]" * 700, b"[NaN]", b"\xff"])
def test_layers_overwritten_with_invalid_content_are_empty(wire: Wire, content: bytes) -> None:
    data = {"title": "T", "inputType": "GEOSPATIAL"}
    project = wire.call("createProject", data=data, selection="id")["id"]
    path = f"projects/{project}/assets/a/jsonContent"
    (url,) = wire.call("createUploadBucketSignedUrls", filePaths=[path])
    put = {"headers": {"Content-Type": "application/json"}}
    assert wire.request("PUT", url, data=b'[{"name": "web"}]', **put).status_code == 201
    rows = {"contentArray": [""], "jsonContentArray": [url]}
    (asset,) = wire.call("appendManyAssets", data=rows, where={"id": project}, selection="id")

    def layers() -> Any:
        fields = "geospatialExportMetadata"
        (found,) = wire.list("assets", {"id": asset["id"]}, selection=fields)
        return found[fields]

    assert layers() == [{"name": "web"}]
    assert wire.request("PUT", url, data=content, **put).status_code == 201
    assert layers() == []


def test_plugin_with_damaged_code_fails_with_a_remedy(tmp_path: Path) -> None:
    with Emulator(ephemeral=False, data_dir=tmp_path) as emulator:
        wire = Wire(emulator)
        world_ids = read_world_ids(wire)
        assert deploy_plugin(wire) == "ACTIVE"
        activate_plugin(wire, PLUGIN, world_ids["project"])
        (version,) = emulator.world.view.plugin_versions.all()
        wire.close()
    (tmp_path / "worlds" / "default" / "blobs" / version["digest"]).unlink()
    with Emulator(ephemeral=False, data_dir=tmp_path) as emulator:  # nothing is built yet
        wire = Wire(emulator)
        wire.append_label(world_ids["street"], EASY_JSON)
        assert emulator.wait_idle()
        (run,) = emulator.world.view.runs.all()
        assert run["outcome"] == "FAILED"
        assert run["error"].startswith("[fileDamaged] ")
        assert deploy_plugin_again(wire) == "ACTIVE"
        wire.close()


def deploy_plugin_again(wire: Wire) -> str:
    upload(
        wire,
        wire.call("generateUpdateUrl", data={"pluginName": PLUGIN}),
        archive(main__py=QUIET_PLUGIN),
    )
    wire.call("updatePluginRunner", data={"pluginName": PLUGIN})
    return str(wire.call("getPluginRunnerStatus", name=PLUGIN))
