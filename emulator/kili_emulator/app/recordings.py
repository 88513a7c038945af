"""Record the API traffic of a block of code or of a command, or answer it from a cassette."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from kili_emulator import errors
from kili_emulator.app.direct_connections import direct_connections
from kili_emulator.config import GRAPHQL_PATH, LOOPBACK, no_proxy
from kili_emulator.http.server import HttpServer
from kili_emulator.recording.cassette import Cassette
from kili_emulator.recording.cassette_file import read_cassette, write_cassette
from kili_emulator.recording.player import Player
from kili_emulator.recording.recorder import Recorder
from kili_emulator.sdk.process_speed import fast_sdk_of_process
from kili_emulator.sdk.schema_cache import cleaned_home_cache

RecordMode = Literal["once", "none", "all"]

_HOST = "127.0.0.1"
_REPLAY_KEY = "replayed"
_VARIABLES = ("KILI_API_ENDPOINT", "KILI_API_KEY", "NO_PROXY")


class CassetteDifferenceError(AssertionError):
    """The requests of a replay are not those of the cassette; the message has the differences."""


class Recording:
    """A recording or a replay that goes on.

    Args:
        path: the file of the cassette.
        application: what answers the requests.
        server: the server of the application.
        key: the API key for clients; ``None`` if they have their own.

    Attributes:
        is_replay: whether the requests are answered from the cassette.
    """

    def __init__(
        self, path: Path, application: Recorder | Player, server: HttpServer, key: str | None
    ) -> None:
        self.path = path
        self.is_replay = isinstance(application, Player)
        self._application = application
        self._url = f"http://{_HOST}:{server.port}"
        self._key = key

    @property
    def endpoint(self) -> str:
        """The value for ``KILI_API_ENDPOINT``."""
        return f"{self._url}{GRAPHQL_PATH}"

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment variables with which clients are recorded."""
        variables = {
            "KILI_API_ENDPOINT": self.endpoint,
            "NO_PROXY": no_proxy(self._url, os.environ.get("NO_PROXY", "")),
        }
        return variables if self._key is None else {**variables, "KILI_API_KEY": self._key}

    @property
    def notes(self) -> list[str]:
        """What a user should know about the recording."""
        return self._application.notes if isinstance(self._application, Recorder) else []

    @property
    def differences(self) -> list[str]:
        """The differences of the replay up to now, those of requests left over included."""
        return self._application.differences() if isinstance(self._application, Player) else []

    def save(self) -> int:
        """Write what was recorded up to now; return the number of requests in the cassette.

        Raises:
            KiliError: the file cannot be written.
        """
        if not isinstance(self._application, Recorder):
            return 0
        cassette = self._application.cassette()
        write_cassette(self.path, cassette)
        return len(cassette.exchanges)


@contextlib.contextmanager
def record(
    path: str | os.PathLike[str],
    *,
    endpoint: str | None = None,
    key: str | None = None,
    mode: RecordMode = "all",
) -> Iterator[Recording]:
    """Record the API traffic of a ``with`` block in a cassette, or answer it from one.

    ::

        with record("cassette.yaml") as recording:
            Kili().count_projects()

    During the block, ``KILI_API_ENDPOINT`` and ``NO_PROXY`` lead clients to the recorder, and
    ``KILI_API_KEY`` is the API key. A recording is written at the end, also after an exception.

    Args:
        path: the file of the cassette.
        endpoint: the endpoint that is recorded; by default ``KILI_API_ENDPOINT``, or else a new
            emulator, which ends with the block.
        key: the API key; by default ``KILI_API_KEY``, or else that of the new emulator.
        mode: ``all`` records, and replaces an existing cassette; ``none`` answers from the
            cassette; ``once`` does so if the file exists, and records otherwise.

    Raises:
        CassetteDifferenceError: at the end of a replay, the requests were others.
        KiliError: the cassette cannot be read or written, or the endpoint is no URL.
        ValueError: the mode is unknown.
    """
    with contextlib.ExitStack() as undo:
        recording = undo.enter_context(open_recording(path, endpoint, key, mode))
        undo.enter_context(_environment(recording.environment))
        undo.enter_context(fast_sdk_of_process())
        try:
            yield recording
        except Exception as error:
            raise_differences(recording, error)
            raise
        finally:
            recording.save()
        raise_differences(recording)


def raise_differences(recording: Recording, cause: BaseException | None = None) -> None:
    """Raise an error if the requests of a replay were others than those of the cassette.

    Args:
        cause: an exception that the differences explain.

    Raises:
        CassetteDifferenceError: the requests were others.
    """
    found = recording.differences
    if found:
        text = "\n".join([f"the requests are not those of {recording.path}:", *found])
        raise CassetteDifferenceError(text) from cause


@contextlib.contextmanager
def open_recording(
    path: str | os.PathLike[str], endpoint: str | None, key: str | None, mode: RecordMode
) -> Iterator[Recording]:
    """Serve a recorder or a player for a while; the arguments are those of :func:`record`.

    The caller saves the recording, and asks a replay for its differences.
    """
    if mode not in get_args(RecordMode):
        raise ValueError(f"mode is {mode!r}: give one of {', '.join(get_args(RecordMode))}")
    file = Path(path)
    is_replay = mode == "none" or (mode == "once" and file.exists())
    cassette = read_cassette(file) if is_replay else None
    with contextlib.ExitStack() as undo:
        if cassette is None:
            endpoint, key = _target(endpoint, key, undo)
        recording = undo.enter_context(_serve(file, cassette, endpoint, key))
        yield recording


def _target(
    endpoint: str | None, key: str | None, undo: contextlib.ExitStack
) -> tuple[str, str | None]:
    """Return the endpoint to record and the API key; start an emulator if there is none.

    Raises:
        KiliError: the endpoint is no URL.
    """
    chosen = endpoint or os.environ.get("KILI_API_ENDPOINT")
    if not chosen:
        from kili_emulator.app.emulator import Emulator

        emulator = undo.enter_context(Emulator(fast_sdk=False))
        return emulator.endpoint, key or emulator.key()
    parts = urlsplit(chosen)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise errors.cassette_endpoint_invalid(chosen)
    if parts.hostname in LOOPBACK:
        undo.enter_context(direct_connections(f"{parts.scheme}://{parts.netloc}"))
    return chosen, key or os.environ.get("KILI_API_KEY")


@contextlib.contextmanager
def _serve(
    file: Path, cassette: Cassette | None, endpoint: str | None, key: str | None
) -> Iterator[Recording]:
    def answer(environ, start_response):  # type: ignore[no-untyped-def]
        return application(environ, start_response)

    server = HttpServer(answer, _HOST, 0)
    local = f"http://{_HOST}:{server.port}"
    application: Recorder | Player
    if cassette is None:
        application = Recorder(endpoint or "", local)
    else:
        application = Player(cassette, local)
        key = key or os.environ.get("KILI_API_KEY") or _REPLAY_KEY
    with cleaned_home_cache(local), direct_connections(local):
        server.start()
        try:
            yield Recording(file, application, server, key)
        finally:
            server.stop()


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for a while."""
    before = {name: os.environ.get(name) for name in _VARIABLES}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
