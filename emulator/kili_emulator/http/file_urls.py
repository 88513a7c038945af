"""URLs of files and uploads, for the client of a request (contract/file.md#downloads)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from kili_emulator.domain.file import FILES_PATH, UPLOAD_PATH, Upload
from kili_emulator.domain.world import World
from kili_emulator.http.security import FileUrlSigner
from kili_emulator.rules.client_version import version_numbers

# The header with the version of the client (contract/http.md#request-headers).
CLIENT_VERSION_HEADER = "apollographql-client-version"

# 2.140.3 sends no key, 2.150.1 does; the emulator does not distinguish the versions between.
_FIRST_VERSION_WITH_KEY = (2, 150, 1)


def needs_signed_urls(client_version: str | None) -> bool:
    """Return whether a client may be too old to send its API key when it reads a file."""
    version = version_numbers(client_version)
    return bool(version) and version < _FIRST_VERSION_WITH_KEY


def make_upload_url_builder(
    server_url: str, signer: FileUrlSigner, world: World
) -> Callable[[Upload], str]:
    """Return a function that makes signed upload URLs of a world.

    The id is the last parameter, because clients cut it off.

    Args:
        server_url: the URL under which the client reaches the server.
    """
    address = server_url.rstrip("/") + UPLOAD_PATH

    def build_upload_url(upload: Upload) -> str:
        return f"{address}?token={signer.token(world, upload)}&id={upload.file_id}"

    return build_upload_url


def make_file_url_builder(
    server_url: str, signer: FileUrlSigner, world: World, *, signed: bool
) -> Callable[[str], str]:
    """Return a function that makes download URLs of a world.

    Args:
        server_url: the URL under which the client reaches the server.
        signed: add a token that replaces the API key.
    """
    address = server_url.rstrip("/") + FILES_PATH

    def build_file_url(file_id: str) -> str:
        token = f"&token={signer.make_read_token(world.name, file_id)}" if signed else ""
        return f"{address}?id={quote(file_id)}{token}"

    return build_file_url
