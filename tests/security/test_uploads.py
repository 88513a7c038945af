"""Upload URLs, paths of uploads, and encodings of bodies, as an attacker uses them.

tests/http/test_bad_requests.py has the size limit and expired tokens, and
tests/plugins/test_plugin_archive.py the archives.
"""

from __future__ import annotations

import gzip
import http.client
import json
import re
import socket
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from freezegun import freeze_time

from kili_emulator import clock
from kili_emulator.app import Emulator
from kili_emulator.domain.file import Upload
from kili_emulator.http.security import FileUrlSigner
from tests.kit.wire import Wire
from tests.kit.world_content import PLUGIN, QUIET_PLUGIN, archive, read_world_ids

UPLOAD = "/api/label/v2/files/upload"
INVALID = "The upload URL is not valid: ask for a new one."
DENIED = "[accessDenied]"


@pytest.fixture(scope="module")
def _stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Wire, Path]]:
    folder = tmp_path_factory.mktemp("uploads")
    with Emulator(ephemeral=False, data_dir=folder / "data", seed=0) as emulator:
        wire = Wire(emulator)
        yield wire, folder
        wire.close()


@pytest.fixture
def stored(_stored: tuple[Wire, Path]) -> Iterator[tuple[Wire, Path]]:
    """Return a client of an emulator that keeps its data in a folder, and the folder's parent."""
    wire, _ = _stored
    mark = wire.emulator.mark()
    yield _stored
    assert wire.call("viewer", selection="email") == {"email": "admin@example.com"}
    wire.emulator.reset(mark)


@pytest.fixture
def wire(stored: tuple[Wire, Path]) -> Wire:
    return stored[0]


def upload_url(wire: Wire, name: str = "content") -> str:
    path = f"projects/{read_world_ids(wire)['project']}/assets/new/{name}"
    (url,) = wire.call("createUploadBucketSignedUrls", filePaths=[path])
    return str(url)


def token_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["token"][0]


# Tokens


def test_upload_token_of_another_server_is_refused(wire: Wire) -> None:
    project = read_world_ids(wire)["project"]
    path = f"projects/{project}/assets/new/content"
    signer = FileUrlSigner("the secret of another server")
    token = signer.token(wire.emulator.world, Upload(path, project))
    answer = wire.request("PUT", f"{UPLOAD}?token={token}", data=b"x")
    assert (answer.status_code, answer.text) == (403, INVALID)


def test_download_token_is_no_upload_token(wire: Wire) -> None:
    url = upload_url(wire)
    assert wire.request("PUT", url, data=b"mine").status_code == 201
    data = {"contentArray": [url], "externalIDArray": ["new"]}
    wire.call("appendManyAssets", data=data, where={"id": read_world_ids(wire)["project"]})
    body = {"query": '{ assets(where: {externalIdIn: ["new"]}, first: 1, skip: 0) { content } }'}
    old = {"apollographql-client-version": "2.128.2"}
    (asset,) = wire.post(body, headers=old).json()["data"]["assets"]
    answer = wire.request("PUT", f"{UPLOAD}?token={token_of(asset['content'])}", data=b"theirs")
    assert (answer.status_code, answer.text) == (403, INVALID)
    assert wire.request("GET", asset["content"]).content == b"mine"


def test_upload_token_reads_no_file(wire: Wire) -> None:
    url = upload_url(wire)
    assert wire.request("PUT", url, data=b"x").status_code == 201
    file = parse_qs(urlsplit(url).query)["id"][0]
    answer = wire.request("GET", f"/api/label/v2/files?id={file}&token={token_of(url)}")
    assert (answer.status_code, answer.text) == (401, "Unauthorized")


def test_upload_token_of_a_deleted_world_is_refused(wire: Wire) -> None:
    registry = wire.emulator.platform.registry
    registry.create("second", "default", 1)
    key = "emulator-admin.second"
    headers = {"Authorization": f"X-API-Key: {key}"}
    listed = wire.post(
        {"query": "{ projects(where: {}, first: 1, skip: 0) { id } }"}, key=None, headers=headers
    )
    path = f"projects/{listed.json()['data']['projects'][0]['id']}/assets/new/content"
    query = "query($p: [String!]) { urls: createUploadBucketSignedUrls(filePaths: $p) }"
    body = {"query": query, "variables": {"p": [path]}}
    (url,) = wire.post(body, key=None, headers=headers).json()["data"]["urls"]
    assert wire.request("PUT", url, data=b"x").status_code == 201
    registry.delete("second")
    answer = wire.request("PUT", url, data=b"x")
    assert answer.status_code == 403
    assert [each for each in registry.all() if each.view.files.get(path)] == []


def test_upload_token_is_refused_after_the_deletion_of_its_project(wire: Wire) -> None:
    made = wire.call("createProject", data={"title": "T", "inputType": "TEXT"}, selection="id")
    path = f"projects/{made['id']}/assets/new/content"
    (url,) = wire.call("createUploadBucketSignedUrls", filePaths=[path])
    wire.call("deleteProject", where=made, selection="id")
    before = wire.emulator.world.export()
    answer = wire.request("PUT", url, data=b"x")
    assert (answer.status_code, answer.text[: len(DENIED)]) == (403, DENIED)
    assert wire.emulator.world.export() == before


def test_upload_token_is_refused_after_the_deletion_of_its_plugin(wire: Wire) -> None:
    url = wire.call("createPlugin", data={"pluginName": PLUGIN})
    wire.call("deletePlugin", where={"pluginName": PLUGIN})
    before = wire.emulator.world.export()
    answer = wire.request("PUT", url, data=archive(main__py=QUIET_PLUGIN))
    assert (answer.status_code, answer.text[: len(DENIED)]) == (403, DENIED)
    assert wire.emulator.world.export() == before


def test_reused_upload_token_replaces_only_its_file_until_it_expires(wire: Wire) -> None:
    url, other = upload_url(wire), upload_url(wire, "other")
    assert wire.request("PUT", other, data=b"other").status_code == 201
    for content in (b"first", b"second"):
        head, _, _ = url.partition("&id=")
        assert wire.request("PUT", f"{head}&id=elsewhere", data=content).status_code == 201
    read = [
        wire.request(
            "GET",
            f"/api/label/v2/files?id={parse_qs(urlsplit(each).query)['id'][0]}",
            headers=wire.authorization("admin"),
        ).content
        for each in (url, other)
    ]
    assert read == [b"second", b"other"]
    with freeze_time(clock.Clock().now().replace(year=2090)):
        assert wire.request("PUT", url, data=b"late").status_code == 403


# Paths

PATHS = [
    "projects/<project>/assets/new/../../../../../evil",
    "projects/<project>/assets/../../evil",
    "projects/../<project>/assets/new/evil",
    "/etc/passwd",
    "//etc/passwd",
    "../evil",
    "file:///etc/passwd",
    "plugins/<project>/1",
    "projects//assets/new/evil",
    "projects/<project>/assets//evil",
    "projects/<project>/assets/new/",
    "projects/<project>/assets/new/line\nend",
    "",
]
ACCEPTED_PATHS = [
    "projects/<project>/assets/new/a\0b",
    "projects/<project>/assets/new/%2e%2e%2f%2e%2e%2fevil",
    "projects/<project>/assets/new/..\\..\\evil",
    "projects/<project>/assets/new/C:\\evil",
    "projects/<project>/assets/new/CON",
    "projects/<project>/assets/new/~root",
    "projects/<project>/assets/new/" + "x" * 5_000,
    "projects/<project>/assets/new/é\u202e😀",
    "projects/<project>/assets/new/a?b#c&token=x",
]


def outside_of_blobs(folder: Path) -> set[str]:
    return {
        str(each.relative_to(folder))
        for each in folder.rglob("*")
        if each.parent.name != "blobs" and "documents.sqlite" not in each.name
    }


@pytest.mark.parametrize("path", PATHS, ids=ascii)
def test_upload_path_outside_of_the_folder_of_an_asset_is_refused(wire: Wire, path: str) -> None:
    path = path.replace("<project>", read_world_ids(wire)["project"])
    message = wire.refusal("createUploadBucketSignedUrls", filePaths=[path])
    assert "projects/<project id>/assets/<asset id>/<name>" in message or DENIED in message


@pytest.mark.parametrize("path", ACCEPTED_PATHS, ids=lambda path: ascii(path[:60]))
def test_name_of_an_upload_is_never_a_name_on_the_disk(
    stored: tuple[Wire, Path], path: str
) -> None:
    wire, folder = stored
    before = outside_of_blobs(folder)
    path = path.replace("<project>", read_world_ids(wire)["project"])
    (url,) = wire.call("createUploadBucketSignedUrls", filePaths=[path])
    assert wire.request("PUT", url.partition("&id=")[0], data=b"content").status_code == 201
    assert outside_of_blobs(folder) == before
    for blob in folder.rglob("blobs/*"):
        assert len(blob.name) == 64
        assert int(blob.name, 16)
    stored_file = wire.emulator.world.view.files.require(path)
    assert stored_file["size"] == len(b"content")


# Files of other projects

REFERENCES = [
    "<url>/api/label/v2/files?id=<file>",
    "<url>/api/label/v2/files/upload?token=x&id=<file>",
    "/api/label/v2/files?id=<file>",
    "/files?id=<file>",
    "http://127.0.0.1:9/files?id=<file>",
]


def contents_of(reference: str) -> Iterator[dict[str, list[str]]]:
    """Yield the ways to give an asset a content that names a file."""
    yield {"contentArray": [reference]}
    for value in (reference, [reference], {"0": reference}, {"0": {"url": reference}}):
        for content in ("", "https://example.com/a"):
            yield {"contentArray": [content], "jsonContentArray": [json.dumps(value)]}


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("input_type", ["TEXT", "IMAGE", "VIDEO", "PDF"])
def test_asset_cannot_link_to_the_file_of_another_project(
    wire: Wire, input_type: str, reference: str
) -> None:
    """Old clients get links with a token, which opens the file without a key."""
    url = upload_url(wire)
    assert wire.request("PUT", url, data=b"secret content").status_code == 201
    file = parse_qs(urlsplit(url).query)["id"][0]
    named = reference.replace("<url>", wire.emulator.url).replace("<file>", file)
    made = wire.call("createProject", data={"title": "T", "inputType": input_type}, selection="id")
    refused = False
    for number, data in enumerate(contents_of(named)):
        rows = {**data, "externalIDArray": [str(number)]}
        answer = wire.send("appendManyAssets", data=rows, where=made, selection="id").json()
        refused = refused or "errors" in answer
    query = f'{{ assets(where: {{project: {{id: "{made["id"]}"}}}}, first: 99, skip: 0) {{'
    old = {"apollographql-client-version": "2.128.2"}
    shown = wire.post({"query": f"{query} content jsonContent }} }}"}, headers=old).text
    links = own_links(wire, shown)
    links |= {inner for each in links for inner in own_links(wire, wire.request("GET", each).text)}
    assert links or refused
    for each in links:
        assert b"secret content" not in wire.request("GET", each).content


def own_links(wire: Wire, text: str) -> set[str]:
    """Return the addresses of the server in a text."""
    return set(re.findall(re.escape(wire.emulator.url) + r'[^"]*', text))


# Content types become response headers


@pytest.mark.parametrize(
    "content_type",
    [
        b"text/html\r\n X-Injected: 1",
        b"text/html\r\n\tX-Injected: 1",
        b"text/html\x0bX-Injected: 1",
        b"text/html; charset=\xe9\xff",
        b"\x1b[2J",
        b"x" * 20_000,
    ],
    ids=lambda each: ascii(each[:30]),
)
def test_content_type_of_an_upload_injects_no_header(wire: Wire, content_type: bytes) -> None:
    url = upload_url(wire)
    address = urlsplit(wire.emulator.url)
    request = (
        f"PUT {url.removeprefix(wire.emulator.url)} HTTP/1.1\r\nHost: {address.netloc}\r\n"
        "Content-Length: 1\r\nConnection: close\r\nContent-Type: "
    ).encode() + content_type
    received = b""
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(request + b"\r\n\r\nx")
        while part := connection.recv(4096):
            received += part
    status = int(received.split(b" ", 2)[1])
    assert status in (201, 400)
    file = parse_qs(urlsplit(url).query)["id"][0]
    answer = wire.request(
        "GET", f"/api/label/v2/files?id={file}", headers=wire.authorization("admin")
    )
    assert answer.status_code == (200 if status == 201 else 404)
    assert "X-Injected" not in answer.headers
    if status == 201:
        assert answer.content == b"x"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")


# Encodings of bodies

QUERY = json.dumps({"query": "{ viewer { email } }"}).encode()


@pytest.mark.parametrize(
    ("encoding", "sent"),
    [
        ("gzip, gzip", gzip.compress(gzip.compress(QUERY))),
        ("gzip,gzip,gzip", gzip.compress(gzip.compress(gzip.compress(QUERY)))),
        ("deflate", zlib.compress(QUERY)),
        ("br", QUERY),
        ("identity, gzip", gzip.compress(QUERY)),
        ("GZIP; q=1", gzip.compress(QUERY)),
        ("\x1b[2J", QUERY),
    ],
    ids=["twice", "three times", "deflate", "br", "after identity", "with a weight", "escape"],
)
def test_stacked_or_unknown_encoding_is_refused(wire: Wire, encoding: str, sent: bytes) -> None:
    before = wire.emulator.world.export()
    headers = {"Content-Encoding": encoding}
    answer = wire.post(sent, headers=headers)
    assert answer.status_code == 415
    (error,) = answer.json()["errors"]
    assert error["message"].startswith("The Content-Encoding '")
    assert "send the body without an encoding, or as gzip" in error["message"]
    assert "\x1b" not in error["message"]
    upload = wire.request("PUT", upload_url(wire), data=sent, headers=headers)
    assert (upload.status_code, upload.text) == (415, error["message"])
    assert wire.emulator.world.export() == before


@pytest.mark.parametrize("encoding", ["gzip", "GZip", "x-gzip"])
def test_gzip_inside_gzip_is_unpacked_once(wire: Wire, encoding: str) -> None:
    inner = gzip.compress(b"content")
    url = upload_url(wire)
    headers = {"Content-Encoding": encoding, "Content-Type": "application/gzip"}
    sent = gzip.compress(inner)
    assert wire.request("PUT", url, data=sent, headers=headers).status_code == 201
    file = parse_qs(urlsplit(url).query)["id"][0]
    answer = wire.request(
        "GET", f"/api/label/v2/files?id={file}", headers=wire.authorization("admin")
    )
    assert answer.content == inner


def test_rest_of_an_unread_body_is_no_request(wire: Wire) -> None:
    """A refused request must not let its body become the next request of the connection."""
    address = urlsplit(wire.emulator.url)
    smuggled = (
        f"POST /_emulator/worlds/default/reset HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Authorization: X-API-Key: {wire.emulator.key()}\r\nContent-Length: 0\r\n\r\n"
    ).encode()
    epoch = wire.emulator.world.epoch
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    connection.putrequest("POST", "/api/label/v2/graphql")
    connection.putheader("Content-Length", str(len(smuggled)))
    connection.endheaders(smuggled)
    assert connection.getresponse().status == 401
    connection.close()
    assert wire.request("GET", "/health").ok
    assert wire.emulator.world.epoch == epoch
