"""The application that answers requests from a cassette."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from kili_emulator.http.request_body import BodyError
from kili_emulator.recording import differences
from kili_emulator.recording.addresses import Addresses
from kili_emulator.recording.cassette import (
    AnswerEntry,
    Cassette,
    Exchange,
    RequestEntry,
    is_set_up,
)
from kili_emulator.recording.hidden_secrets import HiddenSecrets
from kili_emulator.recording.matching import Bindings, same_document
from kili_emulator.recording.placeholders import SERVER
from kili_emulator.recording.request_form import ReadRequest, refuse_subscription
from kili_emulator.rules.json_text import write_json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_TEXT = "text/plain; charset=utf-8"


class Player:
    """A WSGI application that answers each recorded request once.

    A request is answered by the first recorded one of the same operation that is not used yet and
    equals it. So equal requests are answered in the recorded order, and different ones, which
    concurrent threads may send, in any order.

    Args:
        local: the address under which clients reach this application, without a path.
    """

    def __init__(self, cassette: Cassette, local: str) -> None:
        self._media = cassette.media
        self._addresses = Addresses("", local)
        self._bindings = Bindings({SERVER: local})
        self._unused = list(cassette.exchanges)
        self._set_up = {each.request["request"]: each for each in self._unused if _is_set_up(each)}
        self._differences: list[str] = []
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or note that it differs."""
        try:
            answer = self._answer(Request(environ))
        except BodyError as error:
            answer = Response(str(error), error.status, content_type=_TEXT)
        return answer(environ, start_response)

    def differences(self) -> list[str]:
        """Return the differences up to now: each other request, then the requests left over."""
        with self._lock:
            left = [each.request for each in self._unused if not _is_set_up(each)]
            return self._differences + ([differences.describe_left_over(left)] if left else [])

    def _answer(self, request: Request) -> Response:
        sent = ReadRequest(request)
        if sent.is_subscription:
            return refuse_subscription()
        entry = sent.describe(self._addresses, HiddenSecrets())
        if sent.key:
            entry["key"] = sent.key
        with self._lock:
            exchange = self._set_up.get(entry["request"]) or self._take(entry)
            if exchange is None:
                return self._note_difference(sent, entry)
            return self._response(exchange.answer)

    def _take(self, sent: RequestEntry) -> Exchange | None:
        """Return the recorded request that equals a sent one, and mark it as used."""
        for index, each in enumerate(self._unused):
            if _may_be(each.request, sent) and _is_equal(each.request, sent, self._bindings):
                return self._unused.pop(index)
        return None

    def _note_difference(self, sent: ReadRequest, entry: RequestEntry) -> Response:
        same = [each.request for each in self._unused if _may_be(each.request, entry)]
        text = differences.describe_request(entry, same, self._bindings.copy())
        if text not in self._differences:  # the SDK may send it several times
            self._differences.append(text)
        if not sent.is_graphql:
            return Response(text, 404, content_type=_TEXT)
        error = {"message": text, "extensions": {"code": "CASSETTE_DIFFERENCE"}}
        body = write_json({"errors": [error], "data": None})
        return Response(body, content_type="application/json")

    def _response(self, answer: AnswerEntry) -> Response:
        headers = self._bindings.filled(answer.get("headers", {}))
        content_type = headers.pop("content-type", "application/json")
        if "json" in answer:
            body = write_json(self._bindings.filled(answer["json"]))
        elif "media" in answer:
            body = self._media[answer["media"]]
        else:
            body = self._bindings.filled(answer.get("text", "")).encode()
        return Response(body, answer.get("status", 200), headers, content_type=content_type)


def _is_set_up(exchange: Exchange) -> bool:
    return is_set_up(exchange.request) and "status" not in exchange.answer


def _may_be(recorded: RequestEntry, sent: RequestEntry) -> bool:
    return recorded["request"] == sent["request"]


def _is_equal(recorded: RequestEntry, sent: RequestEntry, bindings: Bindings) -> bool:
    if not same_document(recorded.get("document", ""), sent.get("document", "")):
        return False
    others = [
        {name: each for name, each in entry.items() if name != "document"}
        for entry in (recorded, sent)
    ]
    return bindings.accept(*others)
