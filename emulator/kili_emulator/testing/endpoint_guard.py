"""Refuse calls of the Kili API to any other server than an emulator of this process.

All generations of the SDK send their requests through ``requests``, and their subscriptions
through ``websocket``. The guard stands there, so that it also meets clients that were made before
it was set. A request is a call of the Kili API if it has an API key of Kili, or if its path is that
of the API; all other requests pass.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

_KEY_PREFIX = "x-api-key"
_API_PATH = "/api/label/"

Refuse = Callable[[str], None]


@contextlib.contextmanager
def guard_endpoints(allowed_urls: Callable[[], Iterable[str]], refuse: Refuse) -> Iterator[None]:
    """Check each call of the Kili API during a ``with`` block.

    Args:
        allowed_urls: returns the addresses of the servers that may be called.
        refuse: called with the address of another server; it raises an exception.
    """

    def check(url: str) -> None:
        __tracebackhide__ = True
        if _origin(url) not in {_origin(each) for each in allowed_urls()}:
            refuse(url)

    with contextlib.ExitStack() as undo:
        undo.enter_context(_checked("requests", "Session", "send", _request_checker(check)))
        undo.enter_context(_checked("websocket", "WebSocket", "connect", _socket_checker(check)))
        yield


@contextlib.contextmanager
def _checked(
    module_name: str, class_name: str, method_name: str, check: Callable[..., None]
) -> Iterator[None]:
    """Call a function before each call of a method, with the same arguments."""
    try:
        owner = getattr(importlib.import_module(module_name), class_name)
    except ImportError:  # an SDK without subscriptions
        yield
        return
    original = getattr(owner, method_name)

    @functools.wraps(original)
    def method(*args: Any, **options: Any) -> Any:
        __tracebackhide__ = True  # the traceback of a refusal ends at the caller
        check(*args, **options)
        return original(*args, **options)

    setattr(owner, method_name, method)
    try:
        yield
    finally:
        setattr(owner, method_name, original)


def _request_checker(check: Callable[[str], None]) -> Callable[..., None]:
    def check_request(_session: Any, request: Any, **_options: Any) -> None:
        __tracebackhide__ = True
        key = request.headers.get("Authorization") or b""
        text = key.decode("latin-1") if isinstance(key, bytes) else str(key)
        is_call = text.lower().startswith(_KEY_PREFIX) or _API_PATH in urlsplit(request.url).path
        if is_call:
            check(request.url)

    return check_request


def _socket_checker(check: Callable[[str], None]) -> Callable[..., None]:
    def check_socket(_socket: Any, url: str, **_options: Any) -> None:
        __tracebackhide__ = True
        if _API_PATH in urlsplit(url).path:
            check(url)

    return check_socket


def _origin(url: str) -> tuple[str, int | None]:
    """Return host and port of an address; http and ws share them."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "wss": 443}.get(parts.scheme, 80)
    host = parts.hostname or ""
    return ("127.0.0.1" if host == "localhost" else host), port
