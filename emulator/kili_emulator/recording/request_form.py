"""Read a request of a client into the form in which it is recorded and compared."""

from __future__ import annotations

import contextlib
import hashlib
import io
import zipfile
import zlib
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.wrappers import Request, Response

from kili_emulator import errors
from kili_emulator.config import GRAPHQL_PATH
from kili_emulator.http.request_body import read_body
from kili_emulator.recording.addresses import Addresses
from kili_emulator.recording.cassette import ContentDigest, RequestEntry
from kili_emulator.recording.hidden_secrets import HiddenSecrets
from kili_emulator.rules.graphql_text import operation_name, tokens
from kili_emulator.rules.json_text import parse_json, write_json
from kili_emulator.rules.masking import masked_query, masked_text, secret_names_of

_AUTHORIZATION = "Authorization"
_ZIP_BEGIN = b"PK\x03\x04"
_ARCHIVE_ERRORS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError)


class ReadRequest:
    """A request whose body was read.

    Args:
        request: the request, whose body was not read yet.

    Raises:
        BodyError: the body is too large, or is not complete.

    Attributes:
        content: the decompressed body.
        json: the body as a JSON value; ``None`` if it is none.
        path: the path with its parameters.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self.method = request.method
        self.content = read_body(request)
        self.path = request.full_path if request.query_string else request.path
        self.json = _read_json(request, self.content)
        is_graphql = self.method == "POST" and request.path == GRAPHQL_PATH
        is_object = isinstance(self.json, dict) and isinstance(self.json.get("query"), str)
        self.is_graphql = is_graphql and is_object

    @property
    def key(self) -> str | None:
        """The API key, without the name of its scheme."""
        header = self._request.headers.get(_AUTHORIZATION)
        return header.rpartition(" ")[2] if header else None

    @property
    def is_subscription(self) -> bool:
        """Whether the client wants a websocket."""
        return self._request.headers.get("Upgrade", "").lower() == "websocket"

    @property
    def operations(self) -> list[str]:
        """The names in the GraphQL document."""
        names = [match[0] for match in tokens(self.json["query"])] if self.is_graphql else []
        return [each for each in names if each.isidentifier()]

    @property
    def secret_names(self) -> list[str]:
        """The additional secret names of members in this request and its answer."""
        return list(secret_names_of(self.operations))

    @property
    def is_mutation(self) -> bool:
        return self.operations[:1] == ["mutation"]

    def content_for(self, addresses: Addresses) -> bytes:
        """Return the body as the recorded server is to get it."""
        if self.json is None or addresses.local.partition("://")[2].encode() not in self.content:
            return self.content
        return write_json(addresses.to_server(self.json))

    def describe(self, addresses: Addresses, secrets: HiddenSecrets) -> RequestEntry:
        """Describe the request without its secrets; its ids and times are still those sent."""
        entry = RequestEntry(request=self.name)
        if self.is_graphql:
            entry["document"] = masked_query(self.json["query"].strip(), self.secret_names)
        query = masked_text(secrets.replaced("?" + self._request.query_string.decode("latin-1")))
        if query != "?":
            entry["query"] = dict(parse_qsl(query[1:], keep_blank_values=True))
        if "Range" in self._request.headers:
            entry["range"] = self._request.headers["Range"]
        body = self._describe_body(addresses, secrets)
        if body is not None:
            entry["variables" if self.is_graphql else "body"] = body
        elif self.content and not self.is_graphql:
            entry["content"] = _digest(self._request.content_type or "", self.content)
        return entry

    @property
    def name(self) -> str:
        """The name of the GraphQL operation, or method and path."""
        if not self.is_graphql:
            return f"{self.method} {self._request.path}"
        return operation_name(self.json["query"]) or _first_field(self.json["query"])

    def _describe_body(self, addresses: Addresses, secrets: HiddenSecrets) -> Any:
        body = self.json.get("variables") or None if self.is_graphql else self.json
        return secrets.masked(addresses.canonical(body), self.secret_names)


def _read_json(request: Request, content: bytes) -> Any:
    """Return the body of a request of the API; an uploaded JSON file is a file, not a body."""
    if request.method == "PUT" or request.mimetype != "application/json":
        return None
    try:
        return parse_json(content)
    except ValueError:
        return None


def _first_field(document: str) -> str:
    """Return the first field of a document without a name; not its alias."""
    found = [match[0] for match in tokens(document) if not match[0].startswith("#")]
    start = found.index("{") + 1 if "{" in found else 0
    names = found[start + 2 :] if found[start + 1 : start + 2] == [":"] else found[start:]
    return next((each for each in names if each.isidentifier()), "unnamed")


def _digest(content_type: str, content: bytes) -> ContentDigest:
    size, digest = len(content), hashlib.sha256(content).hexdigest()
    if content.startswith(_ZIP_BEGIN):  # archives of the same files differ by their times
        with contextlib.suppress(*_ARCHIVE_ERRORS):
            size, digest = _archive_digest(content)
    return ContentDigest(type=content_type, size=size, sha256=digest)


def _archive_digest(content: bytes) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for each in sorted(archive.infolist(), key=lambda entry: entry.filename):
            entry_digest = hashlib.sha256()
            with archive.open(each) as file:
                while part := file.read(1 << 20):
                    entry_digest.update(part)
                    size += len(part)
            digest.update(f"{each.filename}\n{entry_digest.hexdigest()}\n".encode())
    return size, digest.hexdigest()


def refuse_subscription() -> Response:
    """Answer a request for a websocket, which cassettes do not have."""
    return Response(errors.CASSETTE_SUBSCRIPTION, 501, content_type="text/plain; charset=utf-8")
