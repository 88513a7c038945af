"""Addresses of files, as the client of a request reaches them (contract/file.md#downloads)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from flask import Request

from kili_emulator.domain.file import FILES_PATH, UPLOAD_PATH, Upload
from kili_emulator.domain.world import World
from kili_emulator.http.security import FileUrlSigner
from kili_emulator.rules.client_version import version_numbers

# The header in which clients say their version (contract/http.md#request-headers).
CLIENT_VERSION_HEADER = "apollographql-client-version"

# 2.140.3 sends none, 2.150.1 does; those between need not be told apart.
_FIRST_VERSION_WITH_KEY = (2, 150, 1)


def needs_signed_urls(request: Request) -> bool:
    """Whether a client may be too old to send its API key when it reads a file."""
    version = version_numbers(request.headers.get(CLIENT_VERSION_HEADER))
    return bool(version) and version < _FIRST_VERSION_WITH_KEY


def make_upload_url_builder(
    server_url: str, signer: FileUrlSigner, world: World
) -> Callable[[Upload], str]:
    """Makes the signed URLs of a world: the id comes last, for clients cut it off.

    Args:
        server_url: the URL of the server, as the client reaches it.
    """
    address = server_url.rstrip("/") + UPLOAD_PATH

    def build_upload_url(upload: Upload) -> str:
        return f"{address}?token={signer.token(world.name, upload)}&id={upload.file_id}"

    return build_upload_url


def make_file_url_builder(
    server_url: str, signer: FileUrlSigner, world: World, *, signed: bool
) -> Callable[[str], str]:
    """Makes URLs to read files from.

    Args:
        server_url: the URL of the server.
        signed: they can be read without an API key.
    """
    address = server_url.rstrip("/") + FILES_PATH

    def build_file_url(file_id: str) -> str:
        token = f"&token={signer.make_read_token(world.name, file_id)}" if signed else ""
        return f"{address}?id={quote(file_id)}{token}"

    return build_file_url
