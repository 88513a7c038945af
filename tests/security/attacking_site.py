"""A web site that attacks a server on the same machine from a real browser."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

_BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_PAGE = Path(__file__).with_name("attack_page.html")
_SECONDS = 90

Outcomes = dict[str, dict[str, str]]


def find_browser() -> str | None:
    """Return the path of a browser of the Chromium family; ``None`` if there is none."""
    return next(filter(None, map(shutil.which, _BROWSERS)), None)


class AttackingSite:
    """A server of the attack page, under any host name, on a port of this machine.

    Args:
        plan: the paths, the key and the mutation that the page uses; ``target`` is added.
    """

    def __init__(self, plan: dict[str, str]) -> None:
        self.plan = plan
        self.reports: queue.SimpleQueue[Outcomes] = queue.SimpleQueue()
        self.rebound_to: str | None = None
        site = self

        class Handler(_Handler):
            attacking_site = site

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> AttackingSite:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def attack(self, host: str, target: str, *, rebinds: bool = False) -> Outcomes:
        """Open the page in a browser, and return what each attack read, or how it was refused.

        Args:
            host: the host name of the page, which the browser resolves to this machine.
            target: the address of the attacked server.
            rebinds: attack the origin of the page itself, whose name then belongs to the target.
        """
        self.rebound_to = target if rebinds else None
        own = f"http://{host}:{self.port}"
        self.plan["target"] = own if rebinds else target
        with _browser(f"{own}/"):
            return self.reports.get(timeout=_SECONDS)


class _Handler(BaseHTTPRequestHandler):
    attacking_site: ClassVar[AttackingSite]

    def do_GET(self) -> None:
        if self.path == "/":
            page = _PAGE.read_text(encoding="utf-8")
            page = page.replace("PLAN", json.dumps(self.attacking_site.plan), 1)
            self._answer(200, page.encode(), {"Content-Type": "text/html"})
        else:
            self._relay()

    def do_POST(self) -> None:
        if self.path == "/report":
            content = self.rfile.read(int(self.headers["Content-Length"]))
            self.attacking_site.reports.put(json.loads(content))
            self._answer(200, b"", {})
        else:
            self._relay()

    def do_PUT(self) -> None:
        self._relay()

    def do_DELETE(self) -> None:
        self._relay()

    def _relay(self) -> None:
        """Send the request to the server to which the name of this site was rebound."""
        address = self.attacking_site.rebound_to
        if address is None:
            self._answer(404, b"", {})
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        with contextlib.closing(connection):
            connection.putrequest(self.command, self.path, skip_host=True)
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            content_type = answer.getheader("Content-Type", "text/plain")
            self._answer(answer.status, answer.read(), {"Content-Type": content_type})

    def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@contextlib.contextmanager
def _browser(address: str) -> Iterator[None]:
    """Open a page in a browser of its own, which ends with the block."""
    browser = find_browser()
    assert browser
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as profile:
        command = [
            browser,
            *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
            *("--no-first-run", "--no-proxy-server", "--disable-background-networking"),
            "--host-resolver-rules=MAP *.example 127.0.0.1",
            f"--user-data-dir={profile}",
            address,
        ]
        environment = {**os.environ, "HOME": profile}
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.wait(timeout=30)
