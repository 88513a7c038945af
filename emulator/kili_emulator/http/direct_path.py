"""The direct path of GraphQL requests, past the web framework, which takes 0.08 ms of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from kili_emulator.config import GRAPHQL_PATH
from kili_emulator.http.error_handlers import answer_error
from kili_emulator.http.graphql_endpoint import GraphQLEndpoint
from kili_emulator.http.request_records import note_refusal
from kili_emulator.http.request_scope import note_route
from kili_emulator.http.security import Guard, add_security_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


class DirectPath:
    """The application, in which the requests to the GraphQL endpoint take the direct path.

    Args:
        application: answers all other requests; also answers those of clients that want to change
            the protocol, for example to a websocket.
        guard: checks each request first.
        endpoint: answers the requests to the GraphQL endpoint.
    """

    def __init__(
        self, application: WSGIApplication, guard: Guard, endpoint: GraphQLEndpoint
    ) -> None:
        self._application = application
        self._guard = guard
        self._endpoint = endpoint

    def __call__(
        self, environ: WSGIEnvironment, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request."""
        if _is_direct(environ):
            return self._answer(Request(environ))(environ, start_response)
        return self._application(environ, start_response)

    def _answer(self, request: Request) -> Response:
        """Take the steps of the web framework, in its order."""
        try:
            response = self._guard.refuse(request) or self._endpoint.answer(request)
        except Exception as error:
            response = answer_error(request, error)
        note_route(request.method, request.path)
        note_refusal(response)
        return add_security_headers(response)


def _is_direct(environ: WSGIEnvironment) -> bool:
    return (
        environ["PATH_INFO"] == GRAPHQL_PATH
        and environ["REQUEST_METHOD"] == "POST"
        and "HTTP_UPGRADE" not in environ
    )
