"""Requests to an emulator over HTTP."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from kili_emulator.client.transport import Answer, AnswerTimeoutError, Request, UnreachableError
from kili_emulator.config import CONTROL_PATH

if TYPE_CHECKING:
    import requests

_WITHOUT_PROXY = {"http": "", "https": ""}


class HttpTransport:
    """The transport to the emulator at an address.

    Each request has its own connection, so that threads and forked processes may share a transport.

    Args:
        url: the address of the emulator, without a path.
        key: the API key of an administrator.
    """

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self._key = key

    @functools.cached_property
    def _session(self) -> requests.Session:
        import requests  # here and below: the import takes longer than most commands

        session = requests.Session()
        session.headers.update({"Connection": "close", "Content-Type": "application/json"})
        session.auth = self._authorize  # a netrc file of the user would replace the header
        session.proxies.update(_WITHOUT_PROXY)
        return session

    def _authorize(self, prepared: Any) -> Any:
        prepared.headers["Authorization"] = f"X-API-Key: {self._key}"
        return prepared

    def send(self, request: Request) -> Answer:
        """Send a request; see :meth:`kili_emulator.client.transport.Transport.send`."""
        import requests

        try:
            answer = self._session.request(
                request.method,
                f"{self.url}{CONTROL_PATH}{request.path}",
                params=request.parameters,
                data=request.body,
                timeout=request.seconds,
                allow_redirects=False,
            )
        except requests.Timeout:
            raise AnswerTimeoutError(
                f"the emulator at {self.url} did not answer within {request.seconds:g} seconds: "
                "look at its log"
            ) from None
        except requests.RequestException as error:
            raise UnreachableError(
                f"no emulator answers at {self.url} ({type(error).__name__}): start it with "
                "`kili-emulator start`, or give another address"
            ) from None
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status_code, headers, answer.content)
