"""The application that forwards requests to a server, and records them with the answers."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from kili_emulator import clock, errors
from kili_emulator.config import LOOPBACK
from kili_emulator.http.request_body import BodyError
from kili_emulator.recording.addresses import Addresses
from kili_emulator.recording.cassette import (
    AnswerEntry,
    Cassette,
    Exchange,
    RequestEntry,
    is_set_up,
)
from kili_emulator.recording.hidden_secrets import HiddenSecrets
from kili_emulator.recording.placeholders import ClientNames, map_texts
from kili_emulator.recording.request_form import ReadRequest, refuse_subscription
from kili_emulator.rules.json_text import parse_json, write_json

if TYPE_CHECKING:
    import requests
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_SECONDS = (30.0, 600.0)  # to connect, and to answer
_CONNECTION_HEADERS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "date",
        "host",
        "keep-alive",
        "proxy-authorization",
        "server",
        "transfer-encoding",
        "upgrade",
    }
)
# The headers of answers that clients read, besides the type of the content.
_READ_HEADERS = frozenset({"content-range", "etag", "location", "retry-after", "x-complexity"})
_JSON = "application/json"


class Recorder:
    """A WSGI application that records what passes through it.

    Args:
        target: the address of the server, without a path.
        local: the address under which clients reach this application, without a path.

    Attributes:
        notes: what a user should know about the recording.
    """

    def __init__(self, target: str, local: str) -> None:
        self.notes: list[str] = []
        now = clock.Clock().now
        self._addresses = Addresses(target, local)
        self._names = ClientNames(now, local)
        self._secrets = HiddenSecrets()
        self._keys = ClientNames(now, local)
        self._slots: list[Exchange | None] = []
        self._media: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self._sessions = threading.local()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Forward a request and record it."""
        request = Request(environ)
        try:
            answer = self._answer(request)
        except BodyError as error:
            answer = Response(str(error), error.status, content_type="text/plain; charset=utf-8")
        return answer(environ, start_response)

    def cassette(self) -> Cassette:
        """Return what was recorded up to now, without any secret."""
        with self._lock:
            pending = self._slots.count(None)
            if pending:
                self._note(errors.CASSETTE_PENDING.format(count=pending))
            secrets = self._secrets
            exchanges = [
                Exchange(
                    request=map_texts(each.request, secrets.replaced),
                    answer=map_texts(each.answer, secrets.replaced),
                )
                for each in self._slots
                if each
            ]
            media = {
                digest: secrets.replaced_bytes(content) for digest, content in self._media.items()
            }
        return Cassette(_once_set_up(exchanges), media)

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def _answer(self, request: Request) -> Response:
        sent = ReadRequest(request)
        if sent.is_subscription:
            self._note(errors.CASSETTE_SUBSCRIPTION)
            return refuse_subscription()
        with self._lock:
            slot = len(self._slots)
            self._slots.append(None)
            entry = self._record_request(sent)
        status, headers, content = self._forward(sent, request.headers)
        with self._lock:
            answer, body = self._record_answer(sent, status, headers, content)
            self._slots[slot] = Exchange(entry, answer)
        kept = [(name, value) for name, value in headers.items() if name != "content-type"]
        return Response(body, status, kept, content_type=headers.get("content-type"))

    def _record_request(self, sent: ReadRequest) -> RequestEntry:
        key = sent.key
        entry = sent.describe(self._addresses, self._secrets)
        self._names.note_request(
            entry.get("variables", entry.get("body")), is_mutation=sent.is_mutation
        )
        document = entry.pop("document", None)
        recorded: RequestEntry = self._names.recorded(entry)
        if key:
            self._secrets.add(key)
            recorded["key"] = self._keys.name("key", key)
        if document is not None:
            recorded["document"] = document
        return recorded

    def _forward(self, sent: ReadRequest, headers: Any) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers with lower-case names, and body of the server's answer."""
        import requests

        kept = {name: each for name, each in headers.items() if _is_kept(name)}
        try:
            answer = self._session().request(
                sent.method,
                self._addresses.target_of(sent.path),
                data=sent.content_for(self._addresses),
                headers=kept,
                timeout=_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            text = errors.CASSETTE_SERVER_UNREACHABLE.format(
                url=self._addresses.target, reason=type(error).__name__
            )
            self._note(text)
            return 502, {"content-type": "text/plain; charset=utf-8"}, text.encode()
        found = {name.lower(): each for name, each in answer.headers.items() if _is_kept(name)}
        return answer.status_code, self._addresses.to_client(found), answer.content

    def _session(self) -> requests.Session:
        if not hasattr(self._sessions, "session"):
            import requests

            session = requests.Session()
            session.auth = lambda prepared: prepared  # no netrc file replaces the client's key
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            if urlsplit(self._addresses.target).hostname in LOOPBACK:
                session.trust_env = False
            self._sessions.session = session
        return self._sessions.session  # type: ignore[no-any-return]

    def _record_answer(
        self, sent: ReadRequest, status: int, headers: Mapping[str, str], content: bytes
    ) -> tuple[AnswerEntry, bytes]:
        """Return the answer in recorded form, and its body as the client is to get it."""
        answer = AnswerEntry()
        if status != 200:
            answer["status"] = status
        value = _json_of(headers, content) if sent.is_graphql else None
        seen = {name: each for name, each in headers.items() if name in _READ_HEADERS}
        if content and value is None and "content-type" in headers:
            seen["content-type"] = headers["content-type"]
        self._secrets.name_parameters(seen)
        if value is not None:
            value = self._addresses.to_client(value)
            self._record_json(sent, answer, value)
            content = write_json(value)
        elif content:
            content = self._record_content(answer, headers, content)
        if seen:
            answer["headers"] = self._names.recorded(self._secrets.masked(seen))
        return answer, content

    def _record_json(self, sent: ReadRequest, answer: AnswerEntry, value: Any) -> None:
        if is_set_up(RequestEntry(request=sent.name)):
            answer["headers"] = {"content-type": _JSON}
            self._keep_media(answer, write_json(value))
            return
        self._secrets.name_parameters(value)
        self._names.note_answer(value)
        answer["json"] = self._names.recorded(self._secrets.masked(value, sent.secret_names))

    def _record_content(
        self, answer: AnswerEntry, headers: Mapping[str, str], content: bytes
    ) -> bytes:
        kind = headers.get("content-type", "")
        text = _text_of(kind, content)
        if text is None:
            self._keep_media(answer, content)
            return content
        text = str(self._addresses.to_client(text))
        self._secrets.name_parameters(text)
        answer["text"] = self._names.recorded(self._secrets.masked(text))
        return text.encode()

    def _keep_media(self, answer: AnswerEntry, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()
        self._media[digest] = content
        answer["media"] = digest


def _once_set_up(exchanges: list[Exchange]) -> list[Exchange]:
    """Return the exchanges without the repetitions of those of the set-up."""
    kept, seen = [], set()
    for each in exchanges:
        name = each.request["request"]
        if is_set_up(each.request) and "status" not in each.answer:
            if name in seen:
                continue
            seen.add(name)
        kept.append(each)
    return kept


def _is_kept(name: str) -> bool:
    return name.lower() not in _CONNECTION_HEADERS


def _json_of(headers: Mapping[str, str], content: bytes) -> Any:
    try:
        return parse_json(content) if "json" in headers.get("content-type", "") else None
    except ValueError:
        return None


def _text_of(kind: str, content: bytes) -> str | None:
    if not (kind.startswith("text/") or "json" in kind):
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
