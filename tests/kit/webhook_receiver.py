"""An HTTP server that receives the webhooks of the emulator in tests."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, NamedTuple


class ReceivedRequest(NamedTuple):
    """The path, headers and parsed JSON body of a received request."""

    path: str
    headers: dict[str, str]
    body: Any


class WebhookReceiver:
    """HTTP server on a free port, which keeps the received requests.

    Attributes:
        status: the status of the answers.
        text: the body of the answers.
        location: the ``Location`` header of the answers, if any.
        before_answer: called before each answer.
    """

    def __init__(self) -> None:
        self.received: list[ReceivedRequest] = []
        self.status = 200
        self.text = "thanks"
        self.location: str | None = None
        self.before_answer: Callable[[], Any] = lambda: None
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                delivered = ReceivedRequest(self.path, dict(self.headers), json.loads(body))
                receiver.received.append(delivered)
                receiver.before_answer()
                answer = receiver.text.encode()
                self.send_response(receiver.status)
                self.send_header("Content-Length", str(len(answer)))
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                """Log nothing."""

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_: Any) -> None:
                """Ignore clients that did not wait for the answer."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def __enter__(self) -> WebhookReceiver:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
