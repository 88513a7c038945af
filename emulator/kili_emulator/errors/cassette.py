"""Errors of cassettes: of their files, of recordings and of replays."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError

CASSETTE_SUBSCRIPTION = (
    "subscriptions are not recorded: the recorder refuses websockets. Run code that subscribes "
    "against an emulator"
)
CASSETTE_PENDING = "{count} requests were not answered before the end, and are not recorded"
CASSETTE_SERVER_UNREACHABLE = (
    "the server at {url} did not answer ({reason}): check the endpoint. The cassette has this as "
    "an answer with the status 502"
)
CASSETTE_REQUEST_UNEXPECTED = (
    "the cassette has no further request {name}, and the client sent one:\n{request}"
)
CASSETTE_REQUEST_DIFFERS = "the request {name} differs from the recorded one:\n{diff}"
CASSETTE_LEFT_OVER = "{count} recorded requests were not sent:\n{names}"


def cassette_not_writable(path: str, reason: object) -> KiliError:
    """The file of a cassette cannot be written."""
    return KiliError(f"the cassette {path} cannot be written ({reason}): choose another file")


def cassette_not_readable(path: str, reason: object) -> KiliError:
    """The file of a cassette cannot be read."""
    return KiliError(
        f"the cassette {path} cannot be read ({reason}): check the path, or record it first"
    )


def cassette_damaged(path: str, reason: str) -> KiliError:
    """A file is no cassette, or was edited wrongly."""
    return KiliError(f"{path} cannot be used as a cassette: {reason}. Correct it, or record again")


def cassette_of_other_version(path: str, version: object, known: int) -> KiliError:
    """A cassette has a format that this version of the emulator does not read."""
    return KiliError(
        f"{path} has format {version!r} of cassettes, and this version of Kili Emulator reads "
        f"format {known}: record it again, or use the version that recorded it"
    )


def cassette_endpoint_invalid(endpoint: str) -> KiliError:
    """The address to record is no URL."""
    return KiliError(
        f"{endpoint!r} is no endpoint: give a URL such as http://127.0.0.1:8000/api/label/v2/graphql"
    )
