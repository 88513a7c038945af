"""Refuse new requests while the emulator stops, except those that running plugins need."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from kili_emulator import errors
from kili_emulator.config import CONTROL_PATH, GRAPHQL_PATH, HEALTH_PATH, PRODUCT_HEADER
from kili_emulator.http.security import API_KEY_SCHEME
from kili_emulator.rules.masking import RUN_KEY_PREFIX

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_RUN_KEY = API_KEY_SCHEME + RUN_KEY_PREFIX
# Other paths serve files by signed URLs, which a running plugin may have got before.
_REFUSED_PATHS = (GRAPHQL_PATH, CONTROL_PATH, HEALTH_PATH)


class StopGate:
    """The application, behind a gate that is open until the emulator stops.

    Args:
        application: answers the requests.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._is_closed = False

    def close(self) -> None:
        """Refuse new requests with the status 503, except those of plugin runs."""
        self._is_closed = True

    def __call__(
        self, environ: WSGIEnvironment, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request, or refuse it."""
        if self._is_closed and _is_refused(environ):
            headers = [
                ("Content-Type", "text/plain; charset=utf-8"),
                (PRODUCT_HEADER, "1"),
            ]
            start_response("503 Service Unavailable", headers)
            return [errors.EMULATOR_STOPS.encode()]
        return self._application(environ, start_response)


def _is_refused(environ: WSGIEnvironment) -> bool:
    if not environ["PATH_INFO"].startswith(_REFUSED_PATHS):
        return False
    return not environ.get("HTTP_AUTHORIZATION", "").startswith(_RUN_KEY)
