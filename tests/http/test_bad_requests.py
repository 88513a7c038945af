"""Requests that never reach the schema are refused with the reason, and change nothing."""

from __future__ import annotations

import gzip
import http.client
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from freezegun import freeze_time

from kili_emulator import clock
from kili_emulator.app import Emulator
from kili_emulator.domain.api_key import KEY_LIFETIME
from kili_emulator.http import request_body, security
from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds, read_world_ids, upload

QUERY = {"query": "{ data: viewer { email } }"}
ANSWER = {"data": {"data": {"email": "admin@example.com"}}}
GZIP = {"Content-Encoding": "gzip"}


@pytest.fixture
def wire(kili_emulator: Emulator) -> Iterator[Wire]:
    """A client; after each test the world is unchanged and the server still serves."""
    wire = Wire(kili_emulator)
    before = export(wire)
    yield wire
    assert export(wire) == before
    assert wire.post(QUERY).json() == ANSWER
    wire.close()


@pytest.fixture
def world_ids(wire: Wire) -> WorldIds:
    return read_world_ids(wire)


def export(wire: Wire) -> bytes:
    return json.dumps(wire.emulator.world.export()).encode()


def message(answer: Any, status: int, code: str = "BAD_USER_INPUT") -> str:
    """Return the message of an answer that has one error and no other content."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    (error,) = answer.json().pop("errors")
    assert answer.json().keys() == {"errors"}
    assert error["extensions"] == {"code": code}
    return str(error["message"])


# The body


@pytest.mark.parametrize("sent", [b"query { viewer { id } }", b'{"query": ', b"\xff\xfe"])
def test_a_body_that_is_not_json_is_refused(wire: Wire, sent: bytes) -> None:
    assert message(wire.post(sent), 400).startswith("The body is not a JSON object: ")


@pytest.mark.parametrize("value", [[QUERY], "text", 1, None])
def test_a_body_that_is_not_an_object_is_refused(wire: Wire, value: object) -> None:
    answer = wire.post(json.dumps(value).encode())
    assert message(answer, 400).startswith("The body is not a JSON object: it is a ")


@pytest.mark.parametrize("value", [{}, {"query": None}, {"query": 1}, {"variables": {}}])
def test_a_body_without_a_query_is_refused(wire: Wire, value: dict[str, Any]) -> None:
    assert message(wire.post(value), 400) == "The body has no member 'query' that is a string."


def test_an_empty_body_is_refused(wire: Wire) -> None:
    assert message(wire.post(b""), 400) == "The body has no member 'query' that is a string."


def test_too_deeply_nested_json_is_refused(wire: Wire) -> None:
    sent = b'{"query": ' + b"[" * 100_000
    assert message(wire.post(sent), 400).startswith("The body is not a JSON object: ")


def test_too_deeply_nested_document_is_refused(wire: Wire) -> None:
    answer = wire.post({"query": "{a" * 5_000})
    assert "nested too deeply" in message(answer, 400, "GRAPHQL_PARSE_FAILED")


@pytest.mark.parametrize("variables", [[1], "text", 5])
def test_variables_that_are_not_an_object_are_refused(wire: Wire, variables: object) -> None:
    answer = wire.post({**QUERY, "variables": variables})
    assert "must be a null or an object" in message(answer, 400, "GRAPHQL_VALIDATION_FAILED")


def test_an_unknown_operation_name_is_refused(wire: Wire) -> None:
    answer = wire.post({"query": "query A { viewer { id } }", "operationName": "B"})
    assert message(answer, 400, "GRAPHQL_VALIDATION_FAILED") == 'Unknown operation named "B".'


# Its size


def test_body_beyond_the_limit_is_refused(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "_MAX_BODY", 1000)
    answer = wire.post({**QUERY, "variables": {"padding": "x" * 1000}})
    assert message(answer, 413) == "The request body is larger than 256 MB."


def test_body_exactly_at_the_limit_is_read(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = json.dumps(QUERY).encode()
    monkeypatch.setattr(request_body, "_MAX_BODY", len(sent))
    assert wire.post(sent).json() == ANSWER


def test_body_announced_as_too_large_is_refused_at_once(wire: Wire) -> None:
    address = urlsplit(wire.emulator.endpoint)
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    connection.putrequest("POST", address.path)
    for name, value in wire.authorization("admin").items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(300 * 1024 * 1024))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert b"larger than 256 MB" in answer.read()
    connection.close()


def test_upload_beyond_the_limit_is_refused(
    wire: Wire, world_ids: WorldIds, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"projects/{world_ids['project']}/assets/a/content"
    (url,) = wire.call("createUploadBucketSignedUrls", filePaths=[path])
    monkeypatch.setattr(request_body, "_MAX_BODY", 1000)
    answer = wire.request("PUT", url, data=b"x" * 1001)
    assert (answer.status_code, answer.text) == (413, "The request body is larger than 256 MB.")


# Gzip


def test_a_body_sent_as_gzip_is_read(wire: Wire) -> None:
    answer = wire.post(gzip.compress(json.dumps(QUERY).encode()), headers=GZIP)
    assert (answer.status_code, answer.json()) == (200, ANSWER)


NOT_GZIP = {
    "plain": json.dumps(QUERY).encode(),
    "truncated": gzip.compress(json.dumps(QUERY).encode())[:-12],
    "empty": b"",
    "damaged": gzip.compress(b"x" * 1000)[:10] + b"\x00\xff" * 20,
}


@pytest.mark.parametrize("sent", NOT_GZIP.values(), ids=NOT_GZIP)
def test_invalid_gzip_is_refused(wire: Wire, sent: bytes) -> None:
    answer = wire.post(sent, headers=GZIP)
    assert message(answer, 400) == "The body is declared as gzip, but cannot be decompressed."


def test_gzip_that_unpacks_beyond_the_limit_is_refused(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_body, "_MAX_BODY", 10_000)
    bomb = gzip.compress(b" " * 1_000_000)
    assert len(bomb) < 10_000
    assert "larger than" in message(wire.post(bomb, headers=GZIP), 413)


# Keys


def unauthorized(answer: Any) -> bool:
    """Return whether the answer is the one that every generation of clients understands."""
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    return (answer.status_code, answer.text) == (401, "Unauthorized")


@pytest.mark.parametrize("key", [None, "", "wrong", "emulator-admin.elsewhere", "EMULATOR-ADMIN"])
def test_request_without_a_valid_key_is_unauthorized(wire: Wire, key: str | None) -> None:
    assert unauthorized(wire.post(QUERY, key=key))
    assert unauthorized(
        wire.request("GET", "/api/label/v2/files?id=x", headers=wire.authorization(key))
    )
    assert unauthorized(wire.request("GET", "/_emulator/worlds", headers=wire.authorization(key)))


@pytest.mark.parametrize("scheme", ["Bearer ", "", "Basic ", "x-api-key "])
def test_a_key_in_another_scheme_is_unauthorized(wire: Wire, scheme: str) -> None:
    key = wire.emulator.key()
    headers = {"Authorization": f"{scheme}{key}"}
    assert unauthorized(wire.post(QUERY, key=None, headers=headers))


def test_the_key_is_checked_before_the_body_is_read(wire: Wire) -> None:
    assert unauthorized(wire.post(b"not json", key="wrong"))


@pytest.mark.parametrize("change", [{"revoked": True}, {"expiryDate": "2020-01-01T00:00:00.000Z"}])
def test_revoked_or_expired_key_is_unauthorized(
    kili_emulator: Emulator, change: dict[str, Any]
) -> None:
    table = kili_emulator.world.documents.table("apiKeys")
    table.update(change, lambda key: key["name"] == "labeler")
    wire = Wire(kili_emulator)
    assert unauthorized(wire.post(QUERY, key="labeler"))
    assert wire.post(QUERY).json() == ANSWER
    wire.close()


def test_scenario_key_is_valid_until_its_expiry_under_a_frozen_clock(
    kili_emulator: Emulator,
) -> None:
    wire = Wire(kili_emulator)
    (key,) = wire.list("apiKeys", {"key": kili_emulator.key()}, selection="createdAt expiryDate")
    expiry = clock.parse_time(key["expiryDate"])
    assert expiry - clock.parse_time(key["createdAt"]) == KEY_LIFETIME
    for moment in ("2035-01-01", expiry - timedelta(milliseconds=1)):
        with freeze_time(moment):
            assert wire.post(QUERY).json() == ANSWER
    with freeze_time(expiry):
        assert unauthorized(wire.post(QUERY))
    wire.close()


def test_key_of_a_deactivated_user_is_unauthorized(kili_emulator: Emulator) -> None:
    table = kili_emulator.world.documents.table("users")
    table.update({"activated": False}, lambda user: user["email"] == "labeler@example.com")
    wire = Wire(kili_emulator)
    assert unauthorized(wire.post(QUERY, key="labeler"))
    wire.close()


def test_key_of_an_ended_run_is_refused_with_a_graphql_error(wire: Wire) -> None:
    answer = wire.post(QUERY, key="kili-run-of-long-ago")
    assert answer.status_code == 200
    assert answer.json()["data"] is None
    (error,) = answer.json()["errors"]
    assert "valid only during the run" in error["message"]
    assert error["extensions"] == {"code": "401"}


@pytest.mark.parametrize("path", ["/health", "/api/label/v2/version"])
def test_health_and_version_need_no_key(wire: Wire, path: str) -> None:
    assert wire.request("GET", path).status_code == 200


# Hosts and origins


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.1"]
)
@pytest.mark.parametrize("path", ["/health", "/api/label/v2/version", "/_emulator/worlds"])
def test_foreign_host_is_refused_with_a_remedy(wire: Wire, host: str, path: str) -> None:
    answer = wire.request("GET", path, headers={"Host": host, **wire.authorization("admin")})
    name = host.removesuffix(":80")
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert f"--allow-host {name} " in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "localhost:99"])
def test_local_hosts_are_served(wire: Wire, host: str) -> None:
    assert wire.post(QUERY, headers={"Host": host}).json() == ANSWER


CROSS_SITE = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.mark.parametrize("headers", CROSS_SITE, ids=str)
def test_request_from_another_web_site_is_refused(wire: Wire, headers: dict[str, str]) -> None:
    answer = wire.post(QUERY, headers=headers)
    assert (answer.status_code, answer.text) == (403, "Requests from other web sites are refused.")


def test_request_from_the_own_origin_is_served(wire: Wire) -> None:
    headers = {"Origin": wire.emulator.url, "Sec-Fetch-Site": "same-origin"}
    assert wire.post(QUERY, headers=headers).json() == ANSWER


def test_no_response_permits_other_web_sites_to_read_it(wire: Wire) -> None:
    answers = (wire.post(QUERY), wire.request("OPTIONS", "/api/label/v2/graphql"))
    for answer in answers:
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


# Files


def test_file_is_readable_only_with_access_to_its_project(kili_emulator: Emulator) -> None:
    wire = Wire(kili_emulator)
    project = wire.call("createProject", data={"title": "hidden", "inputType": "TEXT"})["id"]
    data = {"contentArray": ["the text"]}
    (asset,) = wire.call("appendManyAssets", data=data, where={"id": project}, selection="content")
    assert wire.request("GET", asset["content"], headers=wire.authorization("admin")).ok
    answer = wire.request("GET", asset["content"], headers=wire.authorization("manager"))
    assert answer.status_code == 404
    assert answer.text == "No file has this id, or it is not accessible with this key."
    wire.close()


@pytest.mark.parametrize("file_id", ["", "nothing", "../secret", "/etc/passwd", "%00"])
def test_a_file_that_does_not_exist_is_not_found(wire: Wire, file_id: str) -> None:
    path = f"/api/label/v2/files?id={file_id}"
    answer = wire.request("GET", path, headers=wire.authorization("admin"))
    assert answer.status_code == 404


@pytest.fixture
def upload_url(wire: Wire, world_ids: WorldIds) -> str:
    path = f"projects/{world_ids['project']}/assets/new/content"
    (url,) = wire.call("createUploadBucketSignedUrls", filePaths=[path])
    return str(url)


@pytest.mark.parametrize("token", ["", "wrong", "e30.e30.e30"])
def test_an_upload_with_a_bad_token_is_refused(wire: Wire, token: str) -> None:
    answer = wire.request("PUT", f"/api/label/v2/files/upload?token={token}&id=x", data=b"x")
    assert answer.status_code == 403
    assert answer.text == "The upload URL is not valid: ask for a new one."


def test_upload_with_a_changed_token_is_refused(wire: Wire, upload_url: str) -> None:
    head, _, token = upload_url.split("&id=", maxsplit=1)[0].partition("token=")
    answer = wire.request("PUT", f"{head}token={token.swapcase()}", data=b"x")
    assert answer.status_code == 403


def test_upload_url_expires_after_an_hour(wire: Wire, upload_url: str) -> None:
    late = clock.Clock().now() + timedelta(seconds=security.UPLOAD_LIFETIME + 2)
    with freeze_time(late):
        answer = wire.request("PUT", upload_url, data=b"x")
    assert answer.status_code == 403
    assert answer.text == "The upload URL has expired: ask for a new one."


def test_id_in_an_upload_url_is_ignored(kili_emulator: Emulator) -> None:
    wire = Wire(kili_emulator)
    path = f"projects/{read_world_ids(wire)['project']}/assets/new/content"
    (url,) = wire.call("createUploadBucketSignedUrls", filePaths=[path])
    before = kili_emulator.world.view.files.all()
    upload(wire, f"{url}-elsewhere", b"x")
    (new,) = [each for each in kili_emulator.world.view.files.all() if each not in before]
    assert new["id"] == path
    wire.close()


# The control plane


@pytest.mark.parametrize("key", ["manager", "reviewer", "labeler"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/worlds"),
        ("POST", "/worlds"),
        ("DELETE", "/worlds/default"),
        ("POST", "/worlds/default/reset"),
        ("POST", "/worlds/default/mark"),
        ("GET", "/worlds/default/export"),
        ("POST", "/worlds/default/wait-idle"),
        ("POST", "/shutdown"),
    ],
)
def test_the_control_plane_needs_an_administrators_key(
    wire: Wire, key: str, method: str, path: str
) -> None:
    answer = wire.request(method, f"/_emulator{path}", headers=wire.authorization(key))
    assert answer.status_code == 403
    assert answer.text == "The control plane needs the key of an administrator of this world."


BAD_CONTROL = [
    ("POST", "/worlds", {"name": "Not Allowed"}, "use lower-case letters, digits and -"),
    ("POST", "/worlds", {"name": "default"}, "use it, or reset or delete it first"),
    ("POST", "/worlds", {"name": "../evil"}, "use lower-case letters, digits and -"),
    ("POST", "/worlds", {"name": "w", "nope": 1}, 'send {"name": text'),
    ("POST", "/worlds", {"name": 1}, 'send {"name": text'),
    ("POST", "/worlds", {"name": "w", "scenario": "no-such"}, "no-such"),
    ("DELETE", "/worlds/nowhere", None, "there is no world 'nowhere' (there are: default)"),
    ("DELETE", "/worlds/default", None, "reset it instead"),
    ("POST", "/worlds/nowhere/reset", {}, "there is no world 'nowhere'"),
    ("POST", "/worlds/default/reset", {"mark": {"sequence": 1}}, "the answer of POST …/mark"),
    ("POST", "/worlds/default/reset", {"mrak": 1}, "the answer of POST …/mark"),
    ("POST", "/worlds/default/reset", {"mark": 1}, "the answer of POST …/mark"),
    ("POST", "/worlds/default/wait-idle", {"timeout": "long"}, 'send {"timeout": seconds}'),
    ("GET", "/worlds/nowhere/export", None, "there is no world 'nowhere'"),
]


@pytest.mark.parametrize(("method", "path", "sent", "says"), BAD_CONTROL)
def test_error_of_the_control_plane_names_the_expected_request(
    wire: Wire, method: str, path: str, sent: dict[str, Any] | None, says: str
) -> None:
    headers = wire.authorization("admin")
    answer = wire.request(method, f"/_emulator{path}", headers=headers, json=sent)
    assert answer.status_code == 400
    assert says in answer.json()["error"]


@pytest.mark.parametrize("sent", [b"{", b"[1]"])
def test_control_plane_refuses_a_body_that_is_no_object(wire: Wire, sent: bytes) -> None:
    headers = wire.authorization("admin")
    answer = wire.request("POST", "/_emulator/worlds", headers=headers, data=sent)
    assert answer.status_code == 400
    assert "not a JSON object" in answer.json()["error"]
