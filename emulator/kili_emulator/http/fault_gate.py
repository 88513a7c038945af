"""The application, behind the faults of the worlds: a request that meets one is answered wrongly.

The gate stands in front of all routes, and needs nothing of them: it reads the API key and the
GraphQL document of a request itself, while a world has a fault. Without faults it costs one look at
an attribute. The control plane never meets a fault.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from kili_emulator.api.execution import GraphQLExecutor, OperationNames
from kili_emulator.config import API_PATH, GRAPHQL_PATH
from kili_emulator.domain.file import FILES_PATH, UPLOAD_PATH
from kili_emulator.domain.registry import WorldError, WorldRegistry
from kili_emulator.domain.world import Actor, World
from kili_emulator.http import security
from kili_emulator.http.call_recorder import CallRecorder
from kili_emulator.http.fault_answers import answer_with_fault
from kili_emulator.http.request_body import MAX_BODY_MB, BodyError, read_json
from kili_emulator.http.request_log import RequestLog, RequestLogEntry
from kili_emulator.http.request_records import begin_record, keep_graphql_content
from kili_emulator.http.request_scope import note_fault, note_operations
from kili_emulator.observe.fault_rule import (
    DOWNLOAD,
    OPERATION_PREFIX,
    UPLOAD,
    VERSION,
    FaultRule,
)
from kili_emulator.observe.faults import Occasion

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_TARGETS = {
    ("GET", f"{API_PATH}/version"): VERSION,
    ("GET", FILES_PATH): DOWNLOAD,
    ("PUT", UPLOAD_PATH): UPLOAD,
    ("POST", GRAPHQL_PATH): "graphql",
}
_CHUNK = 64 * 1024
_MAX_BYTES = MAX_BODY_MB * 1024 * 1024


@dataclass(frozen=True)
class _FaultyRequest:
    """A request to a world that has faults.

    Attributes:
        actor: the user of the API key; for a signed URL, the emulator itself.
        operations: the root fields of a GraphQL request, such as ``Query.assets``.
        names: the names in the operation that it chooses.
        content: the content of a GraphQL request.
    """

    request: Request
    target: str
    world: World
    actor: Actor
    operations: list[str]
    names: OperationNames
    content: dict[str, Any]


class FaultGate:
    """The application, behind the faults.

    Args:
        application: answers the requests.
    """

    def __init__(
        self,
        application: WSGIApplication,
        registry: WorldRegistry,
        signer: security.FileUrlSigner,
        executor: GraphQLExecutor,
        request_log: RequestLog,
        guard: security.Guard,
    ) -> None:
        self._application = application
        self._registry = registry
        self._signer = signer
        self._executor = executor
        self._request_log = request_log
        self._guard = guard
        self._has_faults = False

    def attach(self, world: World) -> None:
        """Watch the faults of a world."""
        world.faults.on_change = self._look
        self._look()

    def _look(self) -> None:
        self._has_faults = any(world.faults.is_set for world in self._registry.all())

    def __call__(
        self, environ: WSGIEnvironment, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request.

        Raises:
            OSError: a fault ends the connection.
        """
        if not self._has_faults:
            return self._application(environ, start_response)
        faulty = self._read(environ)
        if faulty is None:
            return self._application(environ, start_response)
        fault = faulty.world.faults.meet(_occasion_of(faulty))
        if fault is None:
            return self._application(environ, start_response)
        self._record(faulty, fault.rule)
        return answer_with_fault(
            self._application,
            environ,
            start_response,
            fault,
            faulty.names.response_keys,
        )

    def _read(self, environ: WSGIEnvironment) -> _FaultyRequest | None:
        """Return the request if it can meet a fault; its body can be read again."""
        target = _TARGETS.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        if target is None:
            return None
        request = Request(environ, populate_request=False)
        if self._guard.refuse(request):  # the application answers it, and it uses up no fault
            return None
        session = self._open_session(request, target)
        if session is None or not session[0].faults.is_set:
            return None
        if target != "graphql":
            return _FaultyRequest(request, target, *session, [], OperationNames(), {})
        content = _peek_json(environ)
        query = content.get("query")
        operations = self._executor.root_fields(query) if isinstance(query, str) else []
        names = self._executor.names_of(content)
        return _FaultyRequest(request, target, *session, operations, names, content)

    def _open_session(self, request: Request, target: str) -> tuple[World, Actor] | None:
        """Return the world and the user of a request, by its key or by its signed URL."""
        token, file_id = request.args.get("token", ""), request.args.get("id", "")
        try:
            if target == UPLOAD:
                return self._signer.read(token, self._registry.get)[0], Actor.system()
            if target == DOWNLOAD and (name := self._signer.world_of_read_token(token, file_id)):
                return self._registry.get(name), Actor.system()
        except (ValueError, WorldError):
            return None
        key = security.api_key(request)
        return self._registry.authenticate(key) if key else None

    def _record(self, faulty: _FaultyRequest, rule: FaultRule) -> None:
        """Note the fault in the request log, and in the calls of the run that sent the request."""
        operations = faulty.operations or [f"{faulty.request.method} {faulty.request.path}"]
        session = (faulty.world, faulty.actor)
        note_fault(rule.effect)
        self._request_log.add(
            RequestLogEntry(faulty.request, session, operations, errors=True, fault=rule.effect)
        )
        if _is_carried_out(rule):
            return
        note_operations(faulty.operations, has_errors=True)
        record = begin_record(*session, "graphql" if faulty.target == "graphql" else "file")
        record.operations = operations
        if faulty.content:
            keep_graphql_content(faulty.world, record, faulty.request, faulty.content)
        CallRecorder(faulty.request, *session, record).record_answer(
            operations,
            faulty.content.get("variables"),
            {"fault": rule.effect},
            query=faulty.content.get("query"),
            errors=True,
        )


def _is_carried_out(rule: FaultRule) -> bool:
    """Return whether the platform gets the request, so that its endpoint records it."""
    options = rule.options
    is_refused = "status" in options or options.get("drop") == "before"
    return not is_refused and ("error" not in options or options.get("partial", False))


def _occasion_of(faulty: _FaultyRequest) -> Occasion:
    view, actor = faulty.world.view, faulty.actor
    keys = view.api_keys.find("key", security.api_key(faulty.request) or "")
    run = view.runs.get(actor.run_id) if actor.run_id else None
    plugin = view.plugins.get(run["pluginId"]) if run else None
    names = faulty.names
    targets = {faulty.target, names.kind, *names.root_fields}
    if names.name:
        targets.add(OPERATION_PREFIX + names.name)
    users = {actor.user["email"], *(each["name"] for each in keys)}
    return Occasion(frozenset(targets), frozenset(users), plugin["name"] if plugin else None)


def _peek_json(environ: WSGIEnvironment) -> dict[str, Any]:
    """Read the body, and leave it to the application; an unreadable one has no content."""
    try:
        body = _read(environ["wsgi.input"])
    except OSError:  # the application meets it, too
        return {}
    environ["wsgi.input"] = io.BytesIO(body)
    environ["wsgi.input_terminated"] = True
    again = {**environ, "wsgi.input": io.BytesIO(body)}
    try:
        return read_json(Request(again, populate_request=False))
    except BodyError:
        return {}


def _read(stream: IO[bytes]) -> bytes:
    """Return the body; of one that is too large, as much as the application needs to refuse it."""
    body = bytearray()
    while len(body) <= _MAX_BYTES and (chunk := stream.read(_CHUNK)):
        body += chunk
    return bytes(body)
