"""Who may come in: hosts, origins, keys and upload tokens (a plugin upload is running code)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from flask import Request, Response
from itsdangerous import (
    BadSignature,
    SignatureExpired,
    URLSafeSerializer,
    URLSafeTimedSerializer,
)

from kili_emulator import errors
from kili_emulator.config import LOOPBACK
from kili_emulator.domain.file import Upload

API_KEY_SCHEME = "X-API-Key: "
UPLOAD_LIFETIME = 3600

# What documents of other types may do in a browser: be seen.
_CONTENT_SECURITY_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
)
_MEDIA_TYPE = re.compile(r"(audio|image|video)/[a-z0-9.+-]+")
_PASSIVE_TYPES = frozenset({"application/json", "application/pdf", "text/plain"})


def reject_foreign_request(
    request: Request, allowed_hosts: Iterable[str], *, allow_any_address: bool
) -> Response | None:
    """A 403 for a request that a foreign host name or web site made; ``None`` when it may pass.

    Args:
        allowed_hosts: names under which the server may be reached, besides the loopback ones.
        allow_any_address: also accept any numeric address, which no web site can fake.
    """
    host = _parts(f"//{request.host}").hostname
    if not host:
        return text_answer(errors.HOST_MISSING, 403)
    is_allowed = host in {*LOOPBACK, *allowed_hosts} or (allow_any_address and _is_address(host))
    if not is_allowed:
        return text_answer(errors.HOST_NOT_ALLOWED.format(host=request.host, name=host), 403)
    fetch_site = request.headers.get("Sec-Fetch-Site", "none")
    origin = request.headers.get("Origin")
    same_origin = origin is None or _parts(origin).netloc == request.host
    if fetch_site not in ("none", "same-origin") or not same_origin:
        return text_answer(errors.ORIGIN_NOT_ALLOWED, 403)
    return None


def _parts(url: str) -> SplitResult:
    """The parts of an address; all empty where it is none."""
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
    """The key of a request: ``Authorization: X-API-Key: <key>``.

    See contract/http.md#request-headers.
    """
    header = request.headers.get("Authorization", "")
    return header[len(API_KEY_SCHEME) :].strip() if header.startswith(API_KEY_SCHEME) else None


def unauthorized() -> Response:
    """The answer that every generation of clients recognises as a bad key."""
    return text_answer(errors.UNAUTHORIZED, 401)


def text_answer(text: str, status: int) -> Response:
    """A plain text answer."""
    return Response(text, status, content_type="text/plain; charset=utf-8")


def add_security_headers(answer: Response) -> Response:
    """An answer that browsers take for what its type says, and run no code of.

    What is served may have been uploaded by anybody, and stands at the address of the server.
    """
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if not _is_passive(answer.headers.get("Content-Type", "")):
        answer.headers["Content-Security-Policy"] = _CONTENT_SECURITY_POLICY
    return answer


def _is_passive(content_type: str) -> bool:
    """Whether browsers only show a file of that type; of a list of types they take the last."""
    media_type = content_type.partition(";")[0].strip().lower()
    is_media = _MEDIA_TYPE.fullmatch(media_type) is not None and not media_type.endswith("xml")
    return (is_media or media_type in _PASSIVE_TYPES) and "," not in content_type


class FileUrlSigner:
    """Makes and reads the tokens of upload URLs, and those of URLs to read a file from.

    Args:
        secret: known to nobody else; with another one, old URLs are worth nothing.
    """

    def __init__(self, secret: str) -> None:
        self._upload_serializer = URLSafeTimedSerializer(secret, salt="upload")
        self._read_serializer = URLSafeSerializer(secret, salt="download")

    def token(self, world: str, upload: Upload) -> str:
        """A token that allows one upload for an hour."""
        return str(self._upload_serializer.dumps([world, upload.file_id, upload.project_id]))

    def read(self, token: str) -> tuple[str, Upload]:
        """The world and the upload that a token is for.

        Raises:
            ValueError: it is not valid, or no longer; the message is for the client.
        """
        try:
            world, file_id, project_id = self._upload_serializer.loads(
                token, max_age=UPLOAD_LIFETIME
            )
        except SignatureExpired:
            raise ValueError(errors.UPLOAD_TOKEN_EXPIRED) from None
        except BadSignature:
            raise ValueError(errors.UPLOAD_TOKEN_INVALID) from None
        return world, Upload(file_id, project_id)

    def make_read_token(self, world: str, file_id: str) -> str:
        """A token that allows reading one file, for clients that send no key with it."""
        return str(self._read_serializer.dumps([world, file_id]))

    def world_of_read_token(self, token: str, file_id: str) -> str | None:
        """The world whose file may be read with a token."""
        try:
            world, token_file_id = self._read_serializer.loads(token)
        except BadSignature:
            return None
        return str(world) if token_file_id == file_id else None
