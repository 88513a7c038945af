"""The requests of one connection, one after another."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import sys
from typing import TYPE_CHECKING, Any, Protocol, cast

from werkzeug.serving import DechunkedInput, WSGIRequestHandler

from kili_emulator import clock, messages
from kili_emulator.http.serving.answer import Answer
from kili_emulator.http.serving.request_head import read_usual_head
from kili_emulator.http.serving.request_stream import (
    ExactReader,
    RequestBody,
    SocketReader,
    TimeLimits,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

# A client that sends a body which nobody reads gets its answer only if the rest is read: an unread
# byte makes the system reset the connection. Seconds without a byte, and in total.
_UNREAD_SILENCE = 1.0
_UNREAD_TOTAL = 60.0
_UNREAD_PIECE = 64 * 1024
_LENGTH = re.compile(r"[0-9]{1,18}")


class Site(Protocol):
    """The part of a server that a connection uses."""

    app: WSGIApplication
    limits: TimeLimits

    @property
    def keeps_connections(self) -> bool:
        """Whether a connection may wait for a further request."""

    def note_answer(self) -> None:
        """Take note that an answer of the application was sent."""

    def add_connection(self, connection: RequestHandler) -> None:
        """Take a connection into the list of open connections."""

    def remove_connection(self, connection: RequestHandler) -> None:
        """Take a connection out of the list of open connections."""


class RequestHandler(WSGIRequestHandler):
    """The requests of one connection.

    Werkzeug and the standard library parse the requests and answer invalid HTTP; heads of the usual
    form are parsed by :func:`read_usual_head`, with the same result. This class keeps
    the connection for further requests, limits the time of silent clients, and sends an answer in
    one segment.

    Attributes:
        waiting_since: the time on :func:`clock.monotonic` since which the connection waits for a
            request; ``None`` during a request.
        is_answering: whether a request is being answered; not for websockets.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    error_content_type = "text/plain; charset=utf-8"  # the answer to invalid HTTP
    error_message_format = "%(message)s: %(explain)s"
    server_version = "kili-emulator"
    sys_version = ""
    connection: socket.socket

    def setup(self) -> None:
        """Limit the time of each silence."""
        self._site = cast(Site, self.server)
        self.request.settimeout(self._site.limits.silence)
        super().setup()
        self._reader = SocketReader(self.connection)
        self.rfile = self._reader.buffered()
        self._body_is_read = True
        self.waiting_since: float | None = clock.monotonic()
        self.is_answering = False
        self._site.add_connection(self)

    def handle_one_request(self) -> None:
        """Wait for a request, and answer it."""
        self.waiting_since = clock.monotonic()
        may_wait = self._site.keeps_connections  # a server that stops ends those that wait before
        if not may_wait or not self.rfile.peek(1):  # type: ignore[attr-defined]
            self.close_connection = True
            return
        self.waiting_since = None
        self._reader.deadline = clock.monotonic() + self._site.limits.head
        super().handle_one_request()

    def parse_request(self) -> bool:
        """Parse the head behind the request line; return whether the request can be answered."""
        self._usual_head = head = read_usual_head(self.raw_requestline, self.rfile)  # type: ignore[arg-type]
        if head is None:
            return super().parse_request()
        self.requestline = self.raw_requestline.decode("ascii").rstrip()
        self.command, self.path, self.headers = head
        self.request_version = "HTTP/1.1"
        self.close_connection = self.headers.get("Connection", "").lower() == "close"
        return True

    def make_environ(self) -> WSGIEnvironment:
        """Return the WSGI environment of the request."""
        variables = self._usual_head.variables() if self._usual_head else None
        if variables is None or "HTTP_TRANSFER_ENCODING" in variables:
            return super().make_environ()
        name, port = self.server.server_address[:2]
        return {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": self.rfile,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": self.server.multithread,
            "wsgi.multiprocess": self.server.multiprocess,
            "wsgi.run_once": False,
            "werkzeug.socket": self.connection,
            "SERVER_SOFTWARE": self.server_version,
            "REMOTE_ADDR": self.client_address[0],
            "REMOTE_PORT": self.client_address[1],
            "SERVER_NAME": name,
            "SERVER_PORT": str(port),
            **variables,
        }

    def handle_expect_100(self) -> bool:
        """Let the first read of the body ask for it: a refused request needs no body."""
        return True

    def log_request(self, *_: Any) -> None:
        """Log nothing."""

    def log(self, *_: Any) -> None:
        """Log nothing."""

    def run_wsgi(self) -> None:
        """Answer a request whose headers were read."""
        self._reader.deadline = None
        environ = self.make_environ()
        self.is_answering = "HTTP_UPGRADE" not in environ
        body = self._make_body(environ)
        answer = Answer(
            self.connection, self.request_version, head_only=environ["REQUEST_METHOD"] == "HEAD"
        )
        try:
            self._call_application(environ, body, answer)
        except OSError:  # the client left; the connection of a websocket ends in this way, too
            self.close_connection = True
        except Exception:
            logger.exception(messages.REQUEST_FAILED.format(path=self.path))
            self.close_connection = True
            if not answer.is_sent:
                answer.start("500 Internal Server Error", [])
                answer.send([], keeps_connection=False)
        self.is_answering = False
        if not body.is_complete:
            self.close_connection = True
            self._body_is_read = False

    def _call_application(
        self, environ: WSGIEnvironment, body: RequestBody, answer: Answer
    ) -> None:
        chunks = self._site.app(environ, answer.start)
        try:
            may_keep = body.is_complete and self._site.keeps_connections
            if not may_keep or answer.ends_connection:
                self.close_connection = True
            answer.send(chunks, keeps_connection=not self.close_connection)
            self._site.note_answer()
        finally:
            if hasattr(chunks, "close"):
                chunks.close()

    def _make_body(self, environ: WSGIEnvironment) -> RequestBody:
        """Replace the input of the application by one that ends with the body."""
        expects_100 = environ.get("HTTP_EXPECT", "").strip().lower() == "100-continue"
        send_100 = self._ask_for_body if expects_100 else None
        source: Any = self.rfile
        length: int | None
        if isinstance(environ["wsgi.input"], DechunkedInput):
            source, length = DechunkedInput(cast(Any, ExactReader(source))), None
        else:
            length = self._content_length(environ)
        body = RequestBody(source, length, send_100)
        environ["wsgi.input"] = body
        environ["wsgi.input_terminated"] = True
        return body

    def _content_length(self, environ: WSGIEnvironment) -> int:
        """Return the length of the body; no request follows a body whose length is in doubt."""
        is_encoded = "HTTP_TRANSFER_ENCODING" in environ
        if "CONTENT_LENGTH" not in environ and not is_encoded:
            return 0
        texts = self.headers.get_all("Content-Length", [])
        is_number = len(texts) == 1 and _LENGTH.fullmatch(texts[0]) is not None
        if not is_number or is_encoded:
            self.close_connection, self._body_is_read = True, False
        return int(texts[0]) if is_number else 0

    def _ask_for_body(self) -> None:
        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def finish(self) -> None:
        """End the connection, so that the client still gets an answer to an unread body."""
        self._site.remove_connection(self)
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            if not self._body_is_read:
                self._read_rest()

    def _read_rest(self) -> None:
        self.connection.settimeout(_UNREAD_SILENCE)
        end = clock.monotonic() + _UNREAD_TOTAL
        while clock.monotonic() < end and self.connection.recv(_UNREAD_PIECE):
            pass
