"""The GraphQL endpoint: a function from a request to a response, which knows no web framework.

See contract/http.md#endpoints, contract/http.md#status-codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from werkzeug.sansio.utils import get_current_url
from werkzeug.wrappers import Request, Response

from kili_emulator import errors
from kili_emulator.api.answer import Answer
from kili_emulator.api.context import RequestContext
from kili_emulator.api.errors import plain_error
from kili_emulator.api.execution import GraphQLExecutor
from kili_emulator.config import Settings
from kili_emulator.domain.event_bus import wait_for_deliveries
from kili_emulator.domain.registry import WorldRegistry
from kili_emulator.domain.world import Actor, World
from kili_emulator.http import security
from kili_emulator.http.call_recorder import CallRecorder
from kili_emulator.http.file_urls import (
    CLIENT_VERSION_HEADER,
    make_file_url_builder,
    make_upload_url_builder,
    needs_signed_urls,
)
from kili_emulator.http.request_body import BodyError, read_json
from kili_emulator.http.request_log import RequestLog, RequestLogEntry
from kili_emulator.http.request_records import begin_record, keep_errors, keep_graphql_content
from kili_emulator.http.request_scope import note_operations
from kili_emulator.observe.requests import RequestRecord
from kili_emulator.rules.json_text import write_json
from kili_emulator.rules.masking import RUN_KEY_PREFIX
from kili_emulator.rules.workflow import version_for

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

ContextFactory = Callable[[World, Actor], RequestContext]
_CACHED_URLS = 64


@dataclass(frozen=True)
class GraphQLEndpoint:
    """The endpoint that answers the GraphQL requests of all worlds.

    Attributes:
        deploy_saved: a function that deploys the saved files of a world's linked plugins, and
            returns the rest of the time for which the answer may wait, in seconds.
    """

    registry: WorldRegistry
    executor: GraphQLExecutor
    signer: security.FileUrlSigner
    request_log: RequestLog
    settings: Settings
    deploy_saved: Callable[[World], float]

    def answer(self, request: Request) -> Response:
        """Answer a request: its key, its body, its operations."""
        key = security.api_key(request)
        session = self.registry.authenticate(key) if key else None
        if session is None:
            self._log(request, None, [], errors=True)
            is_revoked = key is not None and key.startswith(RUN_KEY_PREFIX)
            return _refuse_revoked_key() if is_revoked else security.unauthorized()
        record = begin_record(*session, "graphql")
        try:
            data = _read_request(request)
        except BodyError as error:
            self._log(request, session, [], errors=True)
            body = write_json(plain_error(str(error), errors.BAD_USER_INPUT))
            return _json_response(body, error.status)
        keep_graphql_content(session[0], record, request, data)
        answer = self._execute(request, session, record, data)
        return _json_response(answer.body, 200 if answer.is_valid else 400)

    def _execute(
        self,
        request: Request,
        session: tuple[World, Actor],
        record: RequestRecord,
        data: dict[str, Any],
    ) -> Answer:
        """Execute the operations of a request, the steps in their order; wait for plugin runs."""
        world, actor = session
        recorder = CallRecorder(request, world, actor, record)
        context = make_context_factory(request, self.signer, self.settings.workflow)(world, actor)
        record.operations = root_fields = self.executor.root_fields(data["query"])
        wait_seconds = self.settings.sync_wait
        if actor.run_id is None and any(map(_may_call_plugins, root_fields)):
            wait_seconds = self.deploy_saved(world)
        answer = self.executor.answer(data, context)
        if answer.has_errors:
            keep_errors(record, answer.content["errors"])
        note_operations(root_fields if answer.is_valid else [], has_errors=answer.has_errors)
        self._log(request, session, root_fields, errors=answer.has_errors)
        wait_for_deliveries(context.deliveries, wait_seconds, include_children=actor.run_id is None)
        if recorder.is_recording:
            variables, query = data.get("variables"), data["query"]
            recorder.record_answer(
                root_fields, variables, answer.content, query=query, errors=answer.has_errors
            )
        return answer

    def _log(
        self,
        request: Request,
        session: tuple[World, Actor] | None,
        root_fields: list[str],
        *,
        errors: bool,
    ) -> None:
        self.request_log.add(RequestLogEntry(request, session, root_fields, errors=errors))


def _read_request(request: Request) -> dict[str, Any]:
    """Read the members of a request: ``query``, ``variables``, ``operationName``.

    Raises:
        BodyError: the body is not JSON, or has no query.
    """
    data = read_json(request)
    if not isinstance(data.get("query"), str):
        raise BodyError(errors.QUERY_MISSING)
    return data


def _may_call_plugins(operation: str) -> bool:
    """Return whether a root field may call plugins, or queries plugins.

    Requests with other fields do not wait for a build: the code that the build imports may send
    such requests itself.
    """
    return operation.startswith("Mutation.") or "Plugin" in operation


def make_context_factory(
    request: Request, signer: security.FileUrlSigner, workflow: str = "auto"
) -> ContextFactory:
    """Return a function that makes the context of a resolver for a request.

    Args:
        workflow: the workflow of new projects; ``auto`` selects it by the version of the client.
    """
    server_url = _server_url(request.scheme, request.host)
    client = request.headers.get(CLIENT_VERSION_HEADER)
    signed = needs_signed_urls(client)
    version = version_for(client) if workflow == "auto" else workflow

    def make_context(world: World, actor: Actor) -> RequestContext:
        build_file_url = make_file_url_builder(server_url, signer, world, signed=signed)
        build_upload_url = make_upload_url_builder(server_url, signer, world)
        return RequestContext(world, actor, build_file_url, build_upload_url, version, client)

    return make_context


@lru_cache(_CACHED_URLS)
def _server_url(scheme: str, host: str) -> str:
    """Return the URL under which a client reaches the server: :attr:`Request.host_url`."""
    return get_current_url(scheme, host)


def _refuse_revoked_key() -> Response:
    error = errors.run_key_revoked()
    return _json_response(write_json({**plain_error(error.message, error.code), "data": None}), 200)


class _JsonResponse(Response):
    """A response whose headers and body are complete.

    Werkzeug prepares each response for redirects, conditional requests and streams, which takes
    longer than the rest of the response.
    """

    def __call__(self, _: WSGIEnvironment, start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response(self.status, self.headers.to_wsgi_list())
        return self.response  # type: ignore[return-value]  # bytes


def _json_response(body: bytes, status: int) -> Response:
    return _JsonResponse(body, status, content_type="application/json")
