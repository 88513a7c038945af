"""A websocket client that sends and receives single frames.

See contract/subscription.md#protocol.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import websocket

from kili_emulator.app import Emulator
from tests.kit.wire import Wire

QUERY = """
subscription($projectID: ID!) {
  data: labelCreatedOrUpdated(projectID: $projectID) {
    id author { email } labelOf { id } labelType jsonResponse
  }
}
"""


class SubscriptionClient:
    """A connection, which :meth:`init` authenticates."""

    def __init__(self, emulator: Emulator, **options: Any) -> None:
        url = emulator.endpoint.replace("http", "ws")
        self.socket = websocket.create_connection(
            url, timeout=20, **{"subprotocols": ["graphql-ws"], **options}
        )

    def send(self, **frame: Any) -> None:
        self.socket.send(json.dumps(frame).encode())

    def receive(self) -> Any:
        """Return the next frame; ``None`` if the server has closed the connection."""
        text = self.socket.recv()
        return json.loads(text) if text else None

    def init(self, key: str) -> Any:
        header = f"X-API-Key: {key}"
        self.send(type="connection_init", payload={"headers": {}, "Authorization": header})
        return self.receive()

    def start(self, frame_id: str, project_id: str, query: str = QUERY, **payload: Any) -> None:
        variables = {"projectID": project_id}
        payload = {"headers": {}, "query": query, "variables": variables, **payload}
        self.send(type="start", id=frame_id, payload=payload)
        self.wait_until_processed()

    def wait_until_processed(self) -> None:
        """Wait until the server has processed all frames sent so far."""
        self.send(type="stop", id="settled")
        while True:
            frame = self.receive()
            if frame == {"type": "complete", "id": "settled"}:
                return
            self.received.append(frame)

    @property
    def received(self) -> list[Any]:
        return self.__dict__.setdefault("_received", [])


@contextlib.contextmanager
def unauthenticated_client(emulator: Emulator) -> Iterator[SubscriptionClient]:
    """Connect a client that is not authenticated."""
    client = SubscriptionClient(emulator)
    try:
        yield client
    finally:
        client.socket.shutdown()


@contextlib.contextmanager
def connected_client(wire: Wire, key: str = "admin") -> Iterator[SubscriptionClient]:
    with unauthenticated_client(wire.emulator) as client:
        assert client.init(wire.emulator.key(key)) == {"type": "connection_ack"}
        yield client
