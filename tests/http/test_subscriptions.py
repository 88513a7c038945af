"""The websocket, frame by frame, as a client sees it (contract/subscription.md#protocol)."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import websocket

from kili_emulator.app import Emulator
from kili_emulator.http.websocket_connection import Connection
from tests.kit.responses import EASY_JSON, HARD, HARD_JSON, RED_JSON
from tests.kit.subscription_client import (
    QUERY,
    SubscriptionClient,
    connected_client,
    unauthenticated_client,
)
from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds, read_world_ids, set_up_world
from tests.test_bad_input import DENIED


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


@pytest.fixture(scope="module")
def world_ids(wire: Wire) -> WorldIds:
    return set_up_world(wire)


@pytest.fixture(autouse=True)
def _wait_for_closed_connections(wire: Wire) -> Iterator[None]:
    yield
    for each in wire.emulator.platform.subscriptions._open_connections():
        each.ended.result(20)


def connection_of(wire: Wire) -> Connection:
    """Return the server's side of the only connection that has a subscription."""
    (found,) = (
        each
        for each in wire.emulator.platform.subscriptions._open_connections()
        if each._active_subscriptions
    )
    return found


def label(wire: Wire, asset: str, response: str = EASY_JSON, kind: str = "DEFAULT") -> str:
    return wire.append_label(asset, response, kind=kind, modelName="m")


@pytest.mark.parametrize("kind", ["DEFAULT", "REVIEW", "INFERENCE", "PREDICTION", "AUTOSAVE"])
def test_created_label_is_sent_in_the_recorded_form(
    wire: Wire, world_ids: WorldIds, kind: str
) -> None:
    with connected_client(wire) as client:
        client.start("lLSMLJ", world_ids["project"])
        created_label = label(wire, world_ids["farm"], kind=kind)
        assert client.receive() == {
            "type": "data",
            "id": "lLSMLJ",
            "payload": {
                "data": {
                    "data": {
                        "id": created_label,
                        "author": {"email": "admin@example.com"},
                        "labelOf": {"id": world_ids["farm"]},
                        "labelType": kind,
                        "jsonResponse": '{"CLASSIFICATION_JOB":{"categories":[{"name":"EASY"}]}}',
                    }
                }
            },
        }


def test_changed_label_is_sent_with_its_new_content(wire: Wire, world_ids: WorldIds) -> None:
    created_label = label(wire, world_ids["farm"])
    with connected_client(wire) as client:
        client.start("a", world_ids["project"])
        for seconds in (3, 4):
            data = {"secondsToLabel": seconds, "jsonResponse": HARD_JSON}
            wire.call(
                "updatePropertiesInLabel", data=data, where={"id": created_label}, selection="id"
            )
        label(wire, world_ids["pond"])
        notified_labels = [client.receive()["payload"]["data"]["data"] for _ in range(3)]
        assert [each["id"] for each in notified_labels[:2]] == [created_label, created_label]
        assert json.loads(notified_labels[0]["jsonResponse"]) == HARD
        assert notified_labels[2]["labelOf"] == {"id": world_ids["pond"]}


def test_labels_of_a_batch_are_sent_in_order(wire: Wire, world_ids: WorldIds) -> None:
    assets = [world_ids[name] for name in ("farm", "pond", "meadow")]
    rows = [{"assetID": each, "jsonResponse": EASY_JSON} for each in assets]
    with connected_client(wire) as client:
        client.start("a", world_ids["project"])
        data = {"labelType": "DEFAULT", "labelsData": rows}
        wire.call("appendManyLabels", data=data, where={}, selection="id")
        notified_labels = [client.receive()["payload"]["data"]["data"] for _ in rows]
        assert [each["labelOf"]["id"] for each in notified_labels] == assets


def test_large_label_is_sent_completely(wire: Wire, world_ids: WorldIds) -> None:
    corners = [
        {"x": 0.1, "y": 0.1},
        {"x": 0.1, "y": 0.5},
        {"x": 0.5, "y": 0.5},
        {"x": 0.5, "y": 0.1},
    ]
    box = {
        "type": "rectangle",
        "categories": [{"name": "OBJECT_A"}],
        "boundingPoly": [{"normalizedVertices": corners}],
    }
    response = json.dumps({"JOB_0": {"annotations": [box] * 10_000}})
    with connected_client(wire) as client:
        client.start("a", world_ids["project"])
        label(wire, world_ids["farm"], response, "INFERENCE")
        notified_labels = client.receive()["payload"]["data"]["data"]["jsonResponse"]
        assert json.loads(notified_labels) == json.loads(response)


def test_all_subscribers_get_labels_of_concurrent_writers_in_one_order(
    wire: Wire, world_ids: WorldIds
) -> None:
    """Each subscriber gets each label, in the same order."""
    count = 20
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(4) as pool:
        clients = [stack.enter_context(connected_client(wire)) for _ in range(5)]
        for client in clients:
            client.start("a", world_ids["project"])
        # A session of its own for each writer: requests' are not for several threads.
        writers = [Wire(wire.emulator) for _ in range(count)]
        for each in writers:
            stack.callback(each.close)
        created_label = list(pool.map(lambda writer: label(writer, world_ids["farm"]), writers))
        notified_labels = [
            [client.receive()["payload"]["data"]["data"]["id"] for _ in range(count)]
            for client in clients
        ]
    assert sorted(notified_labels[0]) == sorted(created_label)
    assert all(each == notified_labels[0] for each in notified_labels)


def test_one_connection_carries_several_subscriptions(wire: Wire, world_ids: WorldIds) -> None:
    with connected_client(wire) as client:
        client.start("a", world_ids["project"])
        client.start(
            "b",
            world_ids["hidden project"],
            "subscription($projectID: ID!)"
            "{ labelCreatedOrUpdated(projectID: $projectID) { labelType } }",
        )
        client.start("c", world_ids["project"])
        label(wire, world_ids["hidden asset"], RED_JSON, "REVIEW")
        shown = {"data": {"labelCreatedOrUpdated": {"labelType": "REVIEW"}}}
        assert client.receive() == {"type": "data", "id": "b", "payload": shown}
        label(wire, world_ids["farm"])
        assert {client.receive()["id"], client.receive()["id"]} == {"a", "c"}
        client.send(type="stop", id="a")
        assert client.receive() == {"type": "complete", "id": "a"}
        label(wire, world_ids["farm"])
        assert client.receive()["id"] == "c"


def test_repeated_id_replaces_the_subscription(wire: Wire, world_ids: WorldIds) -> None:
    with connected_client(wire) as client:
        client.start("a", world_ids["hidden project"])
        client.start("a", world_ids["project"])
        label(wire, world_ids["hidden asset"], RED_JSON)
        created_label = label(wire, world_ids["farm"])
        assert client.receive()["payload"]["data"]["data"]["id"] == created_label


def test_subscription_beyond_the_limit_of_the_connection_is_refused(
    wire: Wire, world_ids: WorldIds, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections = wire.emulator.platform.subscriptions
    limits = replace(connections.limits, subscriptions=2)
    monkeypatch.setattr(connections, "limits", limits)
    with connected_client(wire) as client:
        for frame_id in ("a", "b", "a"):
            client.start(frame_id, world_ids["project"])
        assert client.received == []
        client.start("c", world_ids["project"])
        (refusal,) = client.received
        assert (refusal["type"], refusal["id"]) == ("error", "c")
        assert "2 subscriptions, which is the limit" in refusal["payload"]["message"]
        client.send(type="stop", id="a")
        assert client.receive() == {"type": "complete", "id": "a"}
        client.start("c", world_ids["project"])
        assert client.received == [refusal]


def test_every_stop_is_answered_once(wire: Wire, world_ids: WorldIds) -> None:
    with connected_client(wire) as client:
        client.start("a", world_ids["project"])
        for frame_id in ("a", "a", "never started"):
            client.send(type="stop", id=frame_id)
            assert client.receive() == {"type": "complete", "id": frame_id}
        label(wire, world_ids["farm"])
        client.wait_until_processed()
        assert client.received == []


def test_a_silent_connection_is_kept_alive(wire: Wire, world_ids: WorldIds) -> None:
    subscriptions = wire.emulator.platform.subscriptions
    before = subscriptions.limits
    subscriptions.limits = replace(before, keep_alive=0.05)
    with connected_client(wire) as client:
        assert client.receive() == client.receive() == {"type": "ka"}
    subscriptions.limits = before


# Who may listen


def test_a_bad_key_is_refused_and_the_connection_closed(wire: Wire) -> None:
    refusal = {"type": "connection_error", "payload": {"message": "Unauthorized"}}
    with unauthenticated_client(wire.emulator) as client:
        assert client.init("nobody's") == refusal
        assert client.receive() is None


@pytest.mark.parametrize(
    "message",
    [
        '{"type": "start", "id": "a", "payload": {"query": "{ me { id } }"}}',
        '{"type": "connection_init"}',
        '{"type": "connection_init", "payload": {"Authorization": 1}}',
        '{"type": "connection_init", "payload": {"Authorization": "Bearer x"}}',
        "[]",
        "{",
        "\xff",
    ],
)
def test_connection_that_does_not_begin_with_a_key_is_refused(wire: Wire, message: str) -> None:
    with unauthenticated_client(wire.emulator) as client:
        client.socket.send(message)
        assert client.receive()["type"] == "connection_error"
        assert client.receive() is None


def test_connection_without_an_init_message_is_closed(wire: Wire) -> None:
    subscriptions = wire.emulator.platform.subscriptions
    before = subscriptions.limits
    subscriptions.limits = replace(before, init=0.05)
    with unauthenticated_client(wire.emulator) as client:
        assert client.receive() is None
    subscriptions.limits = before


@pytest.mark.parametrize("project", ["hidden project", "unknown"])
def test_subscription_to_an_inaccessible_project_is_an_error(
    wire: Wire, world_ids: WorldIds, project: str
) -> None:
    with connected_client(wire, "manager") as client:
        client.start("a", world_ids.get(project, project))
        (error,) = client.received
        assert error["type"] == "error"
        assert error["id"] == "a"
        assert error["payload"]["message"] == DENIED
        (found,) = error["payload"]["errors"]
        assert found["extensions"] == {"code": "401"}
        assert found["path"] == ["data"]


def test_subscription_ends_when_the_user_loses_access(wire: Wire, world_ids: WorldIds) -> None:
    mark = wire.emulator.mark()
    members = wire.emulator.world.documents.table("projectUsers")
    with connected_client(wire, "manager") as client:
        client.start("a", world_ids["project"])
        members.remove(lambda each: each["userId"] == world_ids["max"])
        label(wire, world_ids["farm"])
        error = client.receive()
        assert (error["type"], error["payload"]["message"]) == ("error", DENIED)
        label(wire, world_ids["farm"])
        client.wait_until_processed()
        assert client.received == []
    wire.emulator.reset(mark)


def test_subscription_ends_when_its_key_is_revoked(wire: Wire, world_ids: WorldIds) -> None:
    mark = wire.emulator.mark()
    with connected_client(wire, "manager") as client:
        client.start("a", world_ids["project"])
        keys = wire.emulator.world.documents.table("apiKeys")
        keys.update({"revoked": True}, lambda each: each["userId"] == world_ids["max"])
        label(wire, world_ids["farm"])
        assert client.receive()["type"] == "error"
        client.start("b", world_ids["project"])
        assert [each["type"] for each in client.received] == ["error"]
    wire.emulator.reset(mark)


# What is not understood


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("subscription {", "Syntax Error"),
        ("subscription { nothing }", 'Cannot query field "nothing"'),
        ("{ projects(where: {}, first: 1, skip: 0) { id } }", "accepts only subscriptions"),
        ("subscription { __typename }", "must not select an introspection top level field"),
        (
            'subscription { labelCreatedOrUpdated(projectID: "x") @skip(if: true) { id } }',
            "accepts only subscriptions",
        ),
        ("subscription($projectID: ID!) { labelCreatedOrUpdated { id } }", '"projectID"'),
        (QUERY.replace("$projectID", "$other"), 'Variable "$other"'),
    ],
)
def test_an_invalid_document_is_an_error(
    wire: Wire, world_ids: WorldIds, query: str, says: str
) -> None:
    with connected_client(wire) as client:
        client.start("a", world_ids["project"], query)
        (error,) = client.received
        assert (error["type"], error["id"]) == ("error", "a")
        assert says in error["payload"]["message"]
        assert all(each["extensions"]["code"] for each in error["payload"]["errors"])


@pytest.mark.parametrize(
    "frame",
    [
        {},
        {"type": "surprise"},
        {"type": "start"},
        {"type": "start", "id": 1, "payload": {"query": QUERY}},
        {"type": "start", "id": "a", "payload": "x"},
        {"type": "start", "id": "a", "payload": {"query": 1}},
        {"type": "start", "id": "a", "payload": {"query": QUERY, "variables": []}},
        {"type": "start", "id": "a", "payload": {"query": QUERY, "operationName": 1}},
    ],
)
def test_malformed_frame_is_an_error(
    wire: Wire, world_ids: WorldIds, frame: dict[str, Any]
) -> None:
    with connected_client(wire) as client:
        client.send(**frame)
        error = client.receive()
        assert (error["type"], error["id"]) == ("error", frame.get("id"))
        assert error["payload"]["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
        client.start("a", world_ids["project"])
        assert client.received == []


def test_too_large_a_message_ends_the_connection(wire: Wire) -> None:
    with connected_client(wire) as client:
        with contextlib.suppress(OSError):
            client.socket.send("x" * 2_000_000)
        with contextlib.suppress(OSError, websocket.WebSocketConnectionClosedException):
            assert client.receive() is None


@pytest.mark.parametrize(
    "sent",
    [
        b"\xff" * 200,
        b"\x81\x03abc",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x81\x85\0\0\0\0\xff\xfe\xfd\xfc\xfb",
    ],
    ids=["noise", "not masked", "HTTP request", "invalid UTF-8"],
)
def test_invalid_websocket_bytes_end_the_connection(
    wire: Wire, world_ids: WorldIds, sent: bytes
) -> None:
    with connected_client(wire) as client:
        client.start("a", world_ids["project"])
        connection = connection_of(wire)
        client.socket.sock.sendall(sent)
        connection.ended.result(20)
    with connected_client(wire) as client:
        client.start("a", world_ids["project"])
        assert client.received == []


@pytest.mark.parametrize("sent", [b"", b"\x81\xfe\x01"], ids=["between frames", "within a frame"])
def test_broken_connection_is_ended(wire: Wire, world_ids: WorldIds, sent: bytes) -> None:
    with connected_client(wire) as client:
        client.start("a", world_ids["project"])
        connection = connection_of(wire)
        client.socket.sock.sendall(sent)
        # Without a farewell: the peer's system answers what comes with a reset.
        client.socket.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.socket.sock.close()
        label(wire, world_ids["farm"])
        connection.ended.result(20)


def test_client_can_terminate_the_connection(wire: Wire, world_ids: WorldIds) -> None:
    with connected_client(wire) as client:
        client.start("a", world_ids["project"])
        client.send(type="connection_terminate")
        assert client.receive() is None


# The door


def refused(wire: Wire, **options: Any) -> tuple[int, str]:
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        SubscriptionClient(wire.emulator, **options)
    return refusal.value.status_code, refusal.value.resp_body.decode()


def test_foreign_hosts_and_sites_are_refused(wire: Wire) -> None:
    assert refused(wire, host="evil.example.com")[0] == 403
    assert refused(wire, origin="http://evil.example.com")[0] == 403
    assert refused(wire, header=["Sec-Fetch-Site: cross-site"])[0] == 403


@pytest.mark.parametrize("protocols", [[], ["graphql-transport-ws"]])
def test_other_sub_protocols_are_refused(wire: Wire, protocols: list[str]) -> None:
    status, text = refused(wire, subprotocols=protocols)
    assert status == 400
    assert "graphql-ws" in text


def test_a_broken_handshake_is_refused(wire: Wire) -> None:
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Protocol": "graphql-ws",
        "Sec-WebSocket-Version": "1",
        "Sec-WebSocket-Key": "x",
    }
    answer = wire.request("GET", "/api/label/v2/graphql", headers=headers)
    assert answer.status_code == 400
    assert wire.request("GET", "/api/label/v2/graphql").status_code == 405


def test_subscription_in_a_post_request_is_refused(wire: Wire, world_ids: WorldIds) -> None:
    body = {"query": QUERY, "variables": {"projectID": world_ids["project"]}}
    answer = wire.post(body)
    assert answer.status_code == 400
    assert "WebSocket" in answer.json()["errors"][0]["message"]


# Ends


def test_a_reset_completes_the_subscriptions(wire: Wire, world_ids: WorldIds) -> None:
    mark = wire.emulator.mark()
    with connected_client(wire) as client, connected_client(wire) as other:
        client.start("a", world_ids["project"])
        other.start("b", world_ids["project"])
        wire.emulator.reset(mark)
        assert client.receive() == {"type": "complete", "id": "a"}
        assert other.receive() == {"type": "complete", "id": "b"}
        client.start("a", world_ids["project"])
        label(wire, world_ids["farm"])
        assert client.receive()["type"] == "data"


def test_disconnected_client_is_unsubscribed(wire: Wire, world_ids: WorldIds) -> None:
    bus = wire.emulator.world.bus
    before = bus._subscribers
    with connected_client(wire) as client:
        client.start("a", world_ids["project"])
        assert len(bus._subscribers) == len(before) + 1
        connection = connection_of(wire)
    connection.ended.result(20)
    assert bus._subscribers == before


def test_client_that_reads_too_slowly_is_disconnected(wire: Wire, world_ids: WorldIds) -> None:
    subscriptions = wire.emulator.platform.subscriptions
    before = subscriptions.limits
    subscriptions.limits = replace(before, waiting=3)
    with connected_client(wire) as client:
        client.start("a", world_ids["project"])
        connection = connection_of(wire)
        is_free = threading.Event()
        connection.post(lambda: is_free.wait(20) and None)
        for _ in range(5):
            label(wire, world_ids["farm"])
        is_free.set()
        connection.ended.result(20)
    subscriptions.limits = before


def test_deleting_a_world_completes_its_subscriptions() -> None:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        headers = wire.authorization("admin")
        created = wire.request(
            "POST", "/_emulator/worlds", headers=headers, json={"name": "other"}
        ).json()
        with unauthenticated_client(emulator) as client:
            client.init(created["keys"]["admin"])
            client.start("a", created["projects"][0]["id"])
            assert wire.request("DELETE", "/_emulator/worlds/other", headers=headers).ok
            assert client.receive() == {"type": "complete", "id": "a"}
            client.start("b", created["projects"][0]["id"])
            assert client.received[0]["type"] == "error"
        wire.close()


def test_closing_the_emulator_completes_subscriptions_and_disconnects() -> None:
    emulator = Emulator(seed=0)
    with contextlib.ExitStack() as clients:
        with emulator:
            subscriptions = emulator.platform.subscriptions
            subscriptions.limits = replace(subscriptions.limits, grace=0.05)
            wire = Wire(emulator)
            client = clients.enter_context(connected_client(wire))
            client.start("a", read_world_ids(wire)["project"])
            wire.close()
        assert client.receive() == {"type": "complete", "id": "a"}
        assert client.receive() is None
