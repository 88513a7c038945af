"""The records of requests, which the timeline and ``calls`` show: who sent what, and the errors.

The request scope completes a record before the answer is sent. Requests with an unknown key belong
to no world, and have no record.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from kili_emulator.domain.world import Actor, World
from kili_emulator.http.request_scope import current_request
from kili_emulator.observe.requests import RequestKind, RequestRecord, Sender

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_UNKNOWN = Sender("", "")
_MAX_ERRORS = 5
_LONGEST_ERROR = 500


def begin_record(world: World, actor: Actor | None, kind: RequestKind) -> RequestRecord:
    """Record the request that this thread answers.

    Args:
        actor: the sender; ``None`` if a signed URL stands for the sender.
    """
    sender = Sender(actor.user["id"], actor.user["email"], actor.run_id) if actor else _UNKNOWN
    scope = current_request()
    record = RequestRecord(scope.id if scope else None, kind, world.clock.now(), sender)
    if scope is not None:
        scope.begin_record(world.requests, record)
    return record


def keep_graphql_content(
    world: World, record: RequestRecord, request: Request, data: dict[str, Any]
) -> None:
    """Keep the document and the variables of a GraphQL request."""
    name, query = data.get("operationName"), data.get("query")
    if isinstance(name, str):
        record.name = name
    text = query if isinstance(query, str) else None
    size = _plain_size(request.environ)
    world.requests.keep_content(record, text, data.get("variables"), size)


def _plain_size(environ: WSGIEnvironment) -> int | None:
    """Return the size of an uncompressed body, if the request states it."""
    length = environ.get("CONTENT_LENGTH", "")
    is_plain = "HTTP_CONTENT_ENCODING" not in environ and length.isdecimal()
    return int(length) if is_plain else None


def keep_errors(record: RequestRecord, graphql_errors: Iterable[dict[str, Any]]) -> None:
    """Keep the messages of the errors of a GraphQL answer."""
    messages = [str(each.get("message"))[:_LONGEST_ERROR] for each in graphql_errors]
    record.errors = messages[:_MAX_ERRORS]


def note_refusal(answer: Response) -> None:
    """Keep the text of an answer with an error, of a request that is not a GraphQL request."""
    scope = current_request()
    record = scope.record if scope else None
    if record is None or answer.status_code < 400 or record.errors or answer.is_streamed:
        return
    text = answer.get_data(as_text=True)
    if answer.mimetype == "application/json":
        content = json.loads(text)
        if isinstance(content, dict) and "errors" in content:
            keep_errors(record, content["errors"])
            return
        text = content.get("error", text) if isinstance(content, dict) else text
    record.errors = [text[:_LONGEST_ERROR]]
