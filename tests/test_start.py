"""The start of a server: modules that the first answer does not need are not imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kili_emulator import Emulator

QUERY = "query { projects(where: {}, first: 10, skip: 0) { id title } }"

# Start a server, send one query to it, and print the answer and the names of the imported modules.
# The import of the SDK, which begins after the first answer, is left out.
PROGRAM = f"""
import http.client, json, sys, threading
import kili_emulator.app
from kili_emulator.cli import main
from kili_emulator.http.server import HttpServer

def ask(port):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {{"Authorization": "X-API-Key: emulator-admin", "Content-Type": "application/json"}}
    body = json.dumps({{"query": {QUERY!r}}})
    connection.request("POST", "/api/label/v2/graphql", body, headers)
    return json.load(connection.getresponse())

def report(server):
    print(json.dumps([ask(server.port), sorted(sys.modules)]), flush=True)
    server.request_shutdown()

def serve_and_report(server):
    threading.Thread(target=report, args=(server,)).start()
    serve(server)

serve, HttpServer.serve = HttpServer.serve, serve_and_report
kili_emulator.app.warm_up = lambda: None
main(sys.argv[1:])
"""

# Modules that are heavy, and that only some requests, commands or settings need.
UNNEEDED = (
    "gql",
    "jsonschema",
    "kili",
    "kili_emulator.app.emulator",
    "kili_emulator.domain.why.explanation",
    "kili_emulator.lint",
    "kili_emulator.plugins.build.requirements",
    "kili_emulator.plugins.guest.sdk_client",
    "kili_emulator.plugins.inline.version",
    "kili_emulator.plugins.links.linked_source",
    "kili_emulator.plugins.process",
    "kili_emulator.plugins.webhooks",
    "kili_emulator.python_source.module",
    "kili_emulator.recording",
    "kili_emulator.scenario.yaml_document",
    "kili_emulator.services.why",
    "kili_emulator.testing",
    "numpy",
    "packaging.markers",
    "packaging.requirements",
    "prometheus_client",
    "requests",
    "simple_websocket",
    "urllib3",
    "werkzeug.debug",
    "wsproto",
    "yaml",
)


@pytest.fixture(params=["ephemeral", "data folder", "existing data"], scope="module")
def modules(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the modules that a server has imported when it has answered its first query."""
    folder = tmp_path_factory.mktemp("start")
    options = ["--ephemeral"] if request.param == "ephemeral" else []
    if request.param == "existing data":
        run_server(folder, options)
    return run_server(folder, options)


def run_server(folder: Path, options: list[str]) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "start", "--port", "0", "--data-dir", "data", *options],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    (line,) = (each for each in done.stdout.splitlines() if each.startswith("[{"))
    answer, modules = json.loads(line)
    assert answer["data"]["projects"][0]["title"].startswith("Plugin tutorial")
    return set(modules)


def test_the_first_answer_needs_no_heavy_module(modules: set[str]) -> None:
    assert "flask" in modules
    assert not modules & set(UNNEEDED)


def test_only_a_server_with_plugins_imports_the_sdk_in_advance(kili_emulator: Emulator) -> None:
    assert not kili_emulator.platform.has_plugins
    kili_emulator.client().create_webhook("http://127.0.0.1:1", plugin_name="P")
    assert kili_emulator.platform.has_plugins
