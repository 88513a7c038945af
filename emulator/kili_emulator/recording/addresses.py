"""The URLs of the recorded server, as clients of the recorder see them, and back.

URLs of the server itself get the recorder's address. Signed URLs of other servers, such as those of
a cloud storage for uploads, are led through the recorder, too: ``/_signed/https/host/path``.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from kili_emulator.recording.placeholders import map_texts
from kili_emulator.rules.masking import secret_parameters

_SIGNED = "/_signed"
_SIGNED_PATH = re.compile(r"/_signed/(https?)/([^/]+)(.*)", re.DOTALL)
# A client may write https for http, and another name of this machine.
_LOCAL_URL = re.compile(
    r"(https?)://(?:127\.0\.0\.1|localhost):([0-9]{1,5})(?![0-9])(?:/_signed/(https?)/([^/\s]+))?"
)
_URL = re.compile(r"(https?)://([^/\s\"'<>?#]+)([^\s\"'<>]*)")


class Addresses:
    """The translation of URLs.

    Args:
        target: the address of the recorded server, without a path; empty in a replay.
        local: the address under which clients reach the recorder, without a path.
    """

    def __init__(self, target: str, local: str) -> None:
        parts = urlsplit(target)
        self.target, self.local = f"{parts.scheme}://{parts.netloc}" if target else "", local
        self._port = str(urlsplit(local).port)

    def to_client(self, value: Any) -> Any:
        """Return an answer of the server as clients are to see it."""
        return map_texts(value, self._text_to_client)

    def to_server(self, value: Any) -> Any:
        """Return a request of a client as the server is to see it."""
        return map_texts(value, lambda text: _LOCAL_URL.sub(self._server_url, text))

    def canonical(self, value: Any) -> Any:
        """Return a request in which all URLs of the recorder are written in the same way."""
        return map_texts(value, lambda text: _LOCAL_URL.sub(self._canonical_url, text))

    def target_of(self, path: str) -> str:
        """Return the URL to which a request is forwarded.

        Args:
            path: the requested path, with its parameters.
        """
        match = _SIGNED_PATH.match(path)
        return f"{match[1]}://{match[2]}{match[3]}" if match else self.target + path

    def _text_to_client(self, text: str) -> str:
        return _URL.sub(self._client_url, text) if "://" in text else text

    def _client_url(self, match: re.Match[str]) -> str:
        scheme, host, rest = match.groups()
        if f"{scheme}://{host}" == self.target or host == urlsplit(self.target).netloc:
            return self.local + rest
        if secret_parameters(match[0]):
            return f"{self.local}{_SIGNED}/{scheme}/{host}{rest}"
        return match[0]

    def _server_url(self, match: re.Match[str]) -> str:
        scheme, port, other_scheme, other_host = match.groups()
        if port != self._port:
            return match[0]
        if other_host:
            return f"{other_scheme}://{other_host}"
        host = urlsplit(self.target)
        return f"{'https' if scheme == 'https' else host.scheme}://{host.netloc}"

    def _canonical_url(self, match: re.Match[str]) -> str:
        _, port, other_scheme, other_host = match.groups()
        if port != self._port:
            return match[0]
        return self.local + (f"{_SIGNED}/{other_scheme}/{other_host}" if other_host else "")
