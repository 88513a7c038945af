"""The addresses of emulators, and the check that an emulator listens there before a key is sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from kili_emulator.client.refusals import NotAnEmulatorError
from kili_emulator.client.transport import UnreachableError
from kili_emulator.config import GRAPHQL_PATH, HEALTH_PATH, PRODUCT_HEADER

_PLATFORM_DOMAIN = "kili-technology.com"
_PATIENCE_SECONDS = 10.0
_WITHOUT_PROXY = {"http": "", "https": ""}


def base_url(url: str) -> str:
    """Return the address without the path of the endpoint.

    Raises:
        ValueError: it is not an HTTP address.
    """
    base = url.strip().removesuffix("/").removesuffix(GRAPHQL_PATH)
    try:
        parts = urlsplit(base)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        is_address = False
    if not is_address or parts.path not in ("", "/"):
        raise ValueError(
            f"{url} is not the address of an emulator: give one like http://127.0.0.1:5454"
        )
    return base.removesuffix("/")


def require_emulator(url: str, *, seconds: float = _PATIENCE_SECONDS) -> None:
    """Check that an emulator listens at an address.

    No key is sent for it, and nothing at all to the real platform.

    Args:
        url: the address, as :func:`base_url` returns it.
        seconds: how long to wait for the answer.

    Raises:
        NotAnEmulatorError: it is the real platform, or another server.
        UnreachableError: nothing answers there.
    """
    host = urlsplit(url).hostname or ""
    if host == _PLATFORM_DOMAIN or host.endswith(f".{_PLATFORM_DOMAIN}"):
        raise NotAnEmulatorError(f"{url} is the Kili platform, not an emulator: nothing was sent")
    import requests  # the import takes longer than most commands

    try:
        with requests.Session() as session:
            session.trust_env = False  # neither a proxy nor the keys of a netrc file
            session.proxies.update(_WITHOUT_PROXY)
            answer = session.get(f"{url}{HEALTH_PATH}", timeout=seconds, allow_redirects=False)
    except requests.RequestException as error:
        raise UnreachableError(
            f"no emulator answers at {url} ({type(error).__name__}): start it with "
            "`kili-emulator start`, or give another address"
        ) from None
    if PRODUCT_HEADER not in answer.headers:
        raise NotAnEmulatorError(
            f"no emulator answers at the address {url}, but another server; no key was sent to it"
        )
