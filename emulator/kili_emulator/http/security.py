"""Access checks: hosts, origins, API keys and upload tokens (plugin uploads run code)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Request, Response

from kili_emulator import errors
from kili_emulator.clock import format_time, parse_time
from kili_emulator.config import LOOPBACK, Settings
from kili_emulator.domain.file import Upload
from kili_emulator.domain.world import World

API_KEY_SCHEME = "X-API-Key: "
UPLOAD_LIFETIME = 3600  # seconds
_CACHED_HOSTS = 64

# Documents of other types may only be displayed in a browser.
_CONTENT_SECURITY_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
)
_MEDIA_TYPE = re.compile(r"(audio|image|video)/[a-z0-9.+-]+")
_PASSIVE_TYPES = frozenset({"application/json", "application/pdf", "text/plain"})


class Guard:
    """The check of each request, which refuses those of foreign host names and web sites.

    Args:
        allowed_hosts: accepted host names, besides the loopback ones.
        allow_any_address: also accept any numeric address, which no web site can fake.
    """

    def __init__(self, allowed_hosts: Iterable[str], *, allow_any_address: bool) -> None:
        self._allowed_hosts = frozenset((*LOOPBACK, *allowed_hosts))
        self._allow_any_address = allow_any_address

    @classmethod
    def of(cls, settings: Settings) -> Guard:
        """Return the guard of a server with these settings."""
        hosts = (settings.host, *settings.allow_host)
        return cls(hosts, allow_any_address=not settings.is_loopback)

    def refuse(self, request: Request) -> Response | None:
        """Return a 403 for a foreign request; ``None`` to accept it."""
        host = _host_name(request.host)
        if not host:
            return text_answer(errors.HOST_MISSING, 403)
        if not self._is_allowed(host):
            return text_answer(errors.HOST_NOT_ALLOWED.format(host=request.host, name=host), 403)
        fetch_site = request.headers.get("Sec-Fetch-Site", "none")
        origin = request.headers.get("Origin")
        same_origin = origin is None or _parts(origin).netloc == request.host
        if fetch_site not in ("none", "same-origin") or not same_origin:
            return text_answer(errors.ORIGIN_NOT_ALLOWED, 403)
        return None

    def _is_allowed(self, host: str) -> bool:
        return host in self._allowed_hosts or (self._allow_any_address and _is_address(host))


@lru_cache(_CACHED_HOSTS)
def _host_name(host: str) -> str | None:
    """Return the name in a ``Host`` header, without the port; ``None`` if there is none."""
    return _parts(f"//{host}").hostname


def _parts(url: str) -> SplitResult:
    """Return the parts of a URL; all are empty if it is not a URL."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def api_key(request: Request) -> str | None:
    """Return the API key of a request: ``Authorization: X-API-Key: <key>``.

    See contract/http.md#request-headers.
    """
    header = request.headers.get("Authorization", "")
    return header[len(API_KEY_SCHEME) :].strip() if header.startswith(API_KEY_SCHEME) else None


def unauthorized() -> Response:
    """Return the answer that every generation of clients recognizes as a bad key."""
    return text_answer(errors.UNAUTHORIZED, 401)


def text_answer(text: str, status: int) -> Response:
    """Return a plain text answer."""
    return Response(text, status, content_type="text/plain; charset=utf-8")


def add_security_headers(answer: Response) -> Response:
    """Add headers that keep browsers from guessing the type and from running code.

    Any user may have uploaded the served file, and it has the origin of the server.
    """
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if not _is_passive(answer.headers.get("Content-Type", "")):
        answer.headers["Content-Security-Policy"] = _CONTENT_SECURITY_POLICY
    return answer


def _is_passive(content_type: str) -> bool:
    """Return whether browsers only display this type; of a list of types, they use the last."""
    media_type = content_type.partition(";")[0].strip().lower()
    is_media = _MEDIA_TYPE.fullmatch(media_type) is not None and not media_type.endswith("xml")
    return (is_media or media_type in _PASSIVE_TYPES) and "," not in content_type


class FileUrlSigner:
    """The tokens of upload and download URLs.

    Args:
        secret: signs the tokens; a new secret invalidates earlier URLs.
    """

    def __init__(self, secret: str) -> None:
        self._upload_serializer = URLSafeSerializer(secret, salt="upload")
        self._read_serializer = URLSafeSerializer(secret, salt="download")

    def token(self, world: World, upload: Upload) -> str:
        """Make a token that allows one upload for an hour of the world's time."""
        made_at = format_time(world.clock.now())
        content = [world.name, upload.file_id, upload.project_id, made_at]
        return str(self._upload_serializer.dumps(content))

    def read(self, token: str, get_world: Callable[[str], World]) -> tuple[World, Upload]:
        """Return the world and the upload of a token.

        Args:
            get_world: returns the world of a name.

        Raises:
            ValueError: the token is invalid or expired; the message is for the client.
            WorldError: the world does not exist any more.
        """
        try:
            name, file_id, project_id, made_at = self._upload_serializer.loads(token)
        except (BadSignature, ValueError):  # an earlier version made tokens without a time
            raise ValueError(errors.UPLOAD_TOKEN_INVALID) from None
        world = get_world(name)
        # A token from the future was made before the clock was set back.
        if world.clock.now() - parse_time(made_at) > timedelta(seconds=UPLOAD_LIFETIME):
            raise ValueError(errors.UPLOAD_TOKEN_EXPIRED)
        return world, Upload(file_id, project_id)

    def make_read_token(self, world: str, file_id: str) -> str:
        """Make a token to read one file, for clients that send no key."""
        return str(self._read_serializer.dumps([world, file_id]))

    def world_of_read_token(self, token: str, file_id: str) -> str | None:
        """Return the world of a token for this file; ``None`` for an invalid token."""
        try:
            world, token_file_id = self._read_serializer.loads(token)
        except BadSignature:
            return None
        return str(world) if token_file_id == file_id else None
