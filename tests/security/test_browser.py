"""Pages of other web sites, in a real browser, can neither read from the server nor change it.

The documented keys of a server on this machine are no secret: only the checks of ``Host``,
``Origin`` and ``Sec-Fetch-Site`` stop a page.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from kili_emulator.app import Emulator
from kili_emulator.config import API_PATH, GRAPHQL_PATH
from tests.kit.media_files import png
from tests.kit.wire import Wire
from tests.kit.world_content import read_world_ids
from tests.security.attacking_site import AttackingSite, find_browser

pytestmark = pytest.mark.skipif(
    find_browser() is None, reason="no Chromium or Chrome is on the PATH: install one to run this"
)

# Attacks whose answers no page can read, on any server; what they change counts.
WITHOUT_ANSWER = {
    "mutate without permission",
    "stop the server without permission",
    "send a beacon",
    "read a file without permission",
    "replace a file without permission",
    "submit a form of text",
    "submit a form to the control plane",
}


@pytest.fixture
def attacked() -> Iterator[Wire]:
    with Emulator(seed=0) as emulator:
        emulator.worlds.create("second")
        wire = Wire(emulator)
        yield wire
        wire.close()


def make_plan(wire: Wire) -> dict[str, str]:
    """Return the best plan of an attacker, who knows a key, a download URL and an upload URL."""
    project = read_world_ids(wire)["project"]
    path = f"projects/{project}/assets/new/content"
    (upload,) = wire.call("createUploadBucketSignedUrls", filePaths=[path])
    put = {"data": png(2, 3), "headers": {"Content-Type": "image/png"}}
    assert wire.request("PUT", upload, **put).status_code == 201
    data = {"contentArray": [upload], "externalIDArray": ["new"]}
    wire.call("appendManyAssets", data=data, where={"id": project})
    body = {"query": '{ assets(where: {externalIdIn: ["new"]}, first: 1, skip: 0) { content } }'}
    old = {"apollographql-client-version": "2.128.2"}
    (asset,) = wire.post(body, headers=old).json()["data"]["assets"]
    assert wire.request("GET", asset["content"]).content == png(2, 3)
    return {
        "key": wire.emulator.key(),
        "graphql": GRAPHQL_PATH,
        "version": f"{API_PATH}/version",
        "mutation": 'mutation { createProject(data: {title: "Attacked", inputType: TEXT}) { id } }',
        "file": asset["content"].removeprefix(wire.emulator.url),
        "upload": upload.removeprefix(wire.emulator.url),
    }


def state(wire: Wire) -> Any:
    emulator = wire.emulator
    worlds = {each.name: each.export() for each in emulator.platform.registry.all()}
    return json.dumps(worlds), emulator.world.epoch


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1"])
def test_page_of_another_site_reads_and_changes_nothing(attacked: Wire, host: str) -> None:
    plan = make_plan(attacked)
    before = state(attacked)
    with AttackingSite(plan) as site:
        outcomes = site.attack(host, attacked.emulator.url)
    assert {name: each for name, each in outcomes.items() if each.get("read")} == {}
    assert state(attacked) == before
    assert attacked.request("GET", "/health").ok


def test_page_whose_host_name_was_rebound_reads_and_changes_nothing(attacked: Wire) -> None:
    plan = make_plan(attacked)
    before = state(attacked)
    with AttackingSite(plan) as site:
        outcomes = site.attack("rebound.example", attacked.emulator.url, rebinds=True)
    read = {each["read"] for each in outcomes.values() if each.get("read")}
    (refusal,) = read
    assert refusal.startswith("This emulator does not answer for host 'rebound.example:")
    assert state(attacked) == before
    assert attacked.request("GET", "/health").ok


class _OpenHandler(BaseHTTPRequestHandler):
    """A server without any protection: it permits each site to read its answers."""

    requests: ClassVar[list[str]] = []

    def _serve(self) -> None:
        self.requests.append(f"{self.command} {self.path}")
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_event_source = "event-stream" in self.headers.get("Accept", "")
        is_picture = "image/" in self.headers.get("Accept", "")
        content = png(2, 3) if is_picture else b"/* content */\n\n"
        kind = {(True, False): "text/event-stream", (False, True): "image/png"}
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Methods", "*")
        self.send_header("Access-Control-Allow-Headers", "*, Authorization")
        self.send_header("Content-Type", kind.get((is_event_source, is_picture), "text/css"))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = _serve  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


def test_attacks_of_the_page_succeed_against_a_server_without_protection(attacked: Wire) -> None:
    plan = make_plan(attacked)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _OpenHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with AttackingSite(plan) as site:
            outcomes = site.attack("evil.example", f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
    refused = {name for name, each in outcomes.items() if not each.get("read")}
    assert refused == {*WITHOUT_ANSWER, "open a websocket"}
    changes = [each for each in _OpenHandler.requests if each.startswith(("POST", "PUT", "DELETE"))]
    assert len(changes) == 12
