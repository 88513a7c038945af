"""Addresses of files, as the client of a request reaches them (contract/file.md#downloads)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from flask import Request

from kili_emulator.domain.file import FILES_PATH, UPLOAD_PATH, Upload
from kili_emulator.domain.world import World
from kili_emulator.http.security import UploadSigner
from kili_emulator.rules.client_version import version_numbers

# The header in which clients say their version (contract/http.md#request-headers).
CLIENT_VERSION = "apollographql-client-version"

# 2.140.3 sends none, 2.150.1 does; those between need not be told apart.
_FIRST_WITH_KEY = (2, 150, 1)


def downloads_without_key(client: Request) -> bool:
    """Whether a client may be too old to send its API key when it reads a file."""
    version = version_numbers(client.headers.get(CLIENT_VERSION))
    return bool(version) and version < _FIRST_WITH_KEY


def upload_urls(host: str, signer: UploadSigner, world: World) -> Callable[[Upload], str]:
    """Makes the signed URLs of a world: the id comes last, for clients cut it off.

    Args:
        host: the URL of the server, as the client reaches it.
    """
    address = host.rstrip("/") + UPLOAD_PATH

    def sign(upload: Upload) -> str:
        return f"{address}?token={signer.token(world.name, upload)}&id={upload.file_id}"

    return sign


def file_urls(
    host: str, signer: UploadSigner, world: World, *, signed: bool
) -> Callable[[str], str]:
    """Makes URLs to read files from.

    Args:
        host: the URL of the server.
        signed: they can be read without an API key.
    """
    address = host.rstrip("/") + FILES_PATH

    def url(file_id: str) -> str:
        token = f"&token={signer.read_token(world.name, file_id)}" if signed else ""
        return f"{address}?id={quote(file_id)}{token}"

    return url
