"""A server that costs nearly nothing: it repeats the answers of a real server.

While it records, it passes each request to the real server, and keeps the answer. Afterwards it
looks up the recorded answer by the first line and the body of a request. The time of a client
against it is about the least that a server of any kind can reach.
"""

from __future__ import annotations

import http.client
import itertools
import json
import socketserver
import subprocess
import sys
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from urllib.parse import urlsplit

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_CONTROL = "/_null/"

# The headers of a request or an answer that belong to one connection.
_OF_CONNECTION = {"connection", "content-length", "transfer-encoding", "accept-encoding"}


class Recording:
    """The recorded answers, by the exact request and by its operation.

    A repeated mutation has other ids each time; it gets the answers to its operation in turn.
    """

    def __init__(self, target: str) -> None:
        self.is_active = False
        self._target = urlsplit(target)
        self._exact: dict[tuple[str, bytes], bytes] = {}
        self._by_operation: defaultdict[tuple[str, str], list[bytes]] = defaultdict(list)
        self._turns: dict[tuple[str, str], Iterator[bytes]] = {}

    def answer(self, line: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
        """Return the bytes of the answer to a request.

        Args:
            line: the method and the path.
        """
        if self.is_active:
            return self._record(line, headers, body)
        known = self._exact.get((line, body))
        if known is not None:
            return known
        operation = _operation(line, body)
        if operation not in self._turns:
            self._turns[operation] = itertools.cycle(self._by_operation[operation])
        return next(self._turns[operation], b"HTTP/1.1 500 Unrecorded\r\nContent-Length: 0\r\n\r\n")

    def start(self) -> None:
        """Forget all answers and record new ones."""
        self._exact.clear()
        self._by_operation.clear()
        self._turns.clear()
        self.is_active = True

    def _record(self, line: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
        method, path = line.split(" ")
        kept = {name: value for name, value in headers if name.lower() not in _OF_CONNECTION}
        assert self._target.hostname
        connection = http.client.HTTPConnection(self._target.hostname, self._target.port)
        connection.request(method, path, body, kept)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        lines = [f"HTTP/1.1 {response.status} {response.reason}", f"Content-Length: {len(content)}"]
        lines += [
            f"{name}: {value}"
            for name, value in response.getheaders()
            if name.lower() not in _OF_CONNECTION
        ]
        answer = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content
        self._exact[line, body] = answer
        self._by_operation[_operation(line, body)].append(answer)
        return answer


def _operation(line: str, body: bytes) -> tuple[str, str]:
    """Return the part of a request that is the same each time."""
    path = line.partition("?")[0]
    if not body.startswith(b"{"):
        return path, ""
    return path, json.loads(body).get("query", "")


class _Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        while request := _read_request(self.rfile):
            self.wfile.write(self.server.respond(*request))  # type: ignore[attr-defined]


def _read_request(stream: IO[bytes]) -> tuple[str, list[tuple[str, str]], bytes] | None:
    """Read a request: its method and path, headers and body; ``None`` at the end of the stream."""
    first = stream.readline()
    if not first:
        return None
    headers, length = [], 0
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers.append((name, value.strip()))
        if name.lower() == "content-length":
            length = int(value)
    return first.decode("latin-1").rpartition(" ")[0], headers, stream.read(length)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 128

    def __init__(self, recording: Recording) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._recording = recording

    def respond(self, line: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
        if line.startswith(f"POST {_CONTROL}"):
            if line.endswith("record"):
                self._recording.start()
            else:
                self._recording.is_active = False
            return b"HTTP/1.1 204 No Content\r\n\r\n"
        return self._recording.answer(line, headers, body)


class NullServer:
    """The null server in a process of its own.

    Attributes:
        url: its address.
    """

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self._process = process
        self.url = url

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record the answers to the requests of the block."""
        self._control("record")
        yield
        self._control("replay")

    def _control(self, verb: str) -> None:
        request = urllib.request.Request(f"{self.url}{_CONTROL}{verb}", method="POST")
        _DIRECT.open(request, timeout=10).close()


@contextmanager
def null_server(target: str) -> Iterator[NullServer]:
    """Run a null server for the server with that address."""
    command = [sys.executable, "-m", "benchmarks.null_server", target]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield NullServer(process, process.stdout.readline().strip())
        finally:
            process.terminate()


def main(arguments: Any) -> None:
    with _Server(Recording(arguments[0])) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
