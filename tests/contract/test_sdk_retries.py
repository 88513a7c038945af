"""What SDKs do if the platform fails: attempts, pauses, and the error at the end.

These are facts about released SDKs. They show that faults reach the code that retries, and that
``fast_sdk`` changes nothing but the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kili_emulator.app import Emulator
from tests.kit.sdk_process import SdkProcess, SdkSession

NEW, OLD = "26.2.4", "2.150.1"
VERSIONS = [NEW, pytest.param(OLD, marks=pytest.mark.contract)]

READ = "kili.count_projects()"
WRITE = "kili.create_project(input_type='TEXT', json_interface={'jobs': {}}, title='T')"
TRY = """
def try_out(call):
    try:
        call()
    except Exception as error:
        return type(error).__name__
"""
# Keeps the pauses that the SDK asks for, instead of waiting.
RECORD = """
import time
slept, sleep = [], time.sleep
time.sleep = slept.append
"""


class End(NamedTuple):
    """What a call came to: the number of its requests, and the type of its error, if any."""

    attempts: int
    error: str | None = None


@pytest.fixture(scope="module")
def _emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def emulator(_emulator: Emulator) -> Emulator:
    _emulator.reset()
    return _emulator


@pytest.fixture
def session(installed_sdk: SdkProcess, emulator: Emulator) -> SdkSession:
    return connect(installed_sdk, emulator)


def connect(sdk: SdkProcess, emulator: Emulator, folder: Path | None = None) -> SdkSession:
    session = sdk.session(env=dict(emulator.environment()), cwd=folder)
    session.run("from kili.client import Kili\nkili = Kili()").checked()
    session.run(TRY).checked()
    return session


def try_out(emulator: Emulator, session: SdkSession, call: str, options: Any) -> End:
    """Let a call of the SDK meet a fault."""
    target = "countProjects" if call == READ else "createProject"
    with emulator.faults.add(target, **options) as fault:
        error = session.run(f"try_out(lambda: {call})").checked().value
    return End(fault.matched, error)


def count_new_projects(emulator: Emulator) -> int:
    return len(emulator.world.view.projects.all()) - 1


LOST_READ = "ConnectionError"
# The options of a fault, and what a query comes to with each SDK.
READS: list[tuple[dict[str, Any], End, End]] = [
    ({"status": 503, "times": 2}, End(3), End(3)),
    ({"status": 429, "retry_after": 7, "times": 2}, End(3), End(3)),
    ({"status": 401, "times": 2}, End(3), End(3)),
    ({"status": 503}, End(5, "TransportServerError"), End(11, "RetryError")),
    ({"status": 502}, End(5, "TransportServerError"), End(11, "RetryError")),
    ({"status": 504}, End(2, "TransportServerError"), End(11, "RetryError")),
    ({"status": 500}, End(1, "TransportServerError"), End(1, "TransportServerError")),
    ({"drop": "before", "times": 1}, End(2), End(2)),
    ({"drop": "after"}, End(5, LOST_READ), End(11, LOST_READ)),
    ({"truncate": 5}, End(5, "ChunkedEncodingError"), End(1, "ChunkedEncodingError")),
    ({"error": "Failed to fetch data connection", "times": 2}, End(3), End(3)),
    ({"error": "[locked] Try later"}, End(1, "GraphQLError"), End(1, "GraphQLError")),
]

UNKNOWN = "MutationOutcomeUnknownError"
NOT_FORWARDED = {"status": 503, "body": "no healthy upstream", "times": 2}
# The same for a mutation, and how many projects there are afterwards.
WRITES: list[tuple[dict[str, Any], tuple[End, int], tuple[End, int]]] = [
    ({"status": 429, "times": 2}, (End(3), 1), (End(3), 1)),
    ({"status": 401, "times": 2}, (End(3), 1), (End(3), 1)),
    (NOT_FORWARDED, (End(3), 1), (End(3), 1)),
    ({"status": 503, "times": 2}, (End(1, UNKNOWN), 0), (End(3), 1)),
    ({"status": 502}, (End(1, UNKNOWN), 0), (End(11, "RetryError"), 0)),
    ({"status": 504}, (End(1, UNKNOWN), 0), (End(11, "RetryError"), 0)),
    ({"status": 500}, (End(1, UNKNOWN), 0), (End(1, "TransportServerError"), 0)),
    ({"drop": "before", "times": 1}, (End(1, UNKNOWN), 0), (End(2), 1)),
    # The old SDK sends the mutation again, and makes a second project.
    ({"drop": "after", "times": 1}, (End(1, UNKNOWN), 1), (End(2), 2)),
    ({"truncate": 5}, (End(1, UNKNOWN), 1), (End(1, "ChunkedEncodingError"), 1)),
    ({"error": "late", "partial": True}, (End(1, "GraphQLError"), 1), (End(1, "GraphQLError"), 1)),
]


@pytest.mark.parametrize("installed_sdk", VERSIONS, indirect=True, scope="session")
@pytest.mark.parametrize(("options", "new", "old"), READS, ids=lambda value: str(value)[:40])
def test_a_query_is_sent_again(
    emulator: Emulator, session: SdkSession, options: Any, new: End, old: End
) -> None:
    expected = new if session.process.version == NEW else old

    assert try_out(emulator, session, READ, options) == expected


@pytest.mark.parametrize("installed_sdk", VERSIONS, indirect=True, scope="session")
@pytest.mark.parametrize(("options", "new", "old"), WRITES, ids=lambda value: str(value)[:40])
def test_a_mutation_is_sent_again_or_its_outcome_is_unknown(
    emulator: Emulator,
    session: SdkSession,
    options: Any,
    new: tuple[End, int],
    old: tuple[End, int],
) -> None:
    expected, projects = new if session.process.version == NEW else old

    assert try_out(emulator, session, WRITE, options) == expected
    assert count_new_projects(emulator) == projects


@pytest.mark.parametrize("installed_sdk", VERSIONS, indirect=True, scope="session")
@pytest.mark.parametrize("status", [401, 429])
def test_a_lasting_refusal_ends_at_the_time_limit_of_the_sdk_without_its_time(
    emulator: Emulator, session: SdkSession, status: int
) -> None:
    end = try_out(emulator, session, READ, {"status": status})

    # New: 2 minutes, with random pauses of up to 30 s. Old: 3 minutes, with pauses of up to 10 s
    # after a 401, or 10 retries.
    at_least = 5 if session.process.version == NEW else 11
    assert end.error in ("TransportServerError", "RetryError")
    assert end.attempts >= at_least


UPLOAD = """
project = kili.create_project(input_type='TEXT', json_interface={'jobs': {}}, title='T')['id']
with open('note.txt', 'w') as file:
    file.write('hello')
append = lambda: kili.append_many_to_dataset(
    project, content_array=['note.txt'], external_id_array=['a'], disable_tqdm=True)
"""
DOWNLOAD = """
append()
download = lambda: kili.assets(
    project, fields=['content', 'externalId'], download_media=True, local_media_dir='.',
    disable_tqdm=True)
"""
FILES: list[tuple[str, str, dict[str, Any], End]] = [
    ("upload", "append", {"status": 503, "times": 2}, End(3)),
    ("upload", "append", {"status": 503}, End(3, "HTTPError")),
    ("download", "download", {"status": 503, "times": 1}, End(2)),
    ("download", "download", {"status": 503}, End(2, "HTTPError")),
    # The second attempt takes the part of the file that the first one wrote for the whole.
    ("download", "download", {"truncate": 2, "times": 1}, End(1)),
]


@pytest.mark.parametrize("installed_sdk", VERSIONS, indirect=True, scope="session")
@pytest.mark.parametrize(("target", "call", "options", "end"), FILES)
def test_a_file_is_sent_again(
    emulator: Emulator,
    installed_sdk: SdkProcess,
    tmp_path: Path,
    target: str,
    call: str,
    options: Any,
    end: End,
) -> None:
    session = connect(installed_sdk, emulator, tmp_path)
    session.run(UPLOAD).checked()
    if call == "download":
        session.run(DOWNLOAD).checked()

    with emulator.faults.add(target, **options) as fault:
        error = session.run(f"try_out({call})").checked().value

    assert End(fault.matched, error) == end


@pytest.fixture(scope="session", params=VERSIONS)
def unhurried_sdk(request: pytest.FixtureRequest) -> Iterator[SdkProcess]:
    """Return an SDK with its own pauses, which it does not wait for."""
    with SdkProcess(request.param) as process:
        yield process


def pauses(emulator: Emulator, session: SdkSession, options: Any) -> list[float]:
    """Return the pauses that the SDK asks for, in seconds."""
    session.run(RECORD).checked()
    try:
        try_out(emulator, session, READ, options)
        slept: list[float] = session.run("slept").checked().value
    finally:
        session.run("time.sleep = sleep").checked()
    return [round(each, 2) for each in slept]


def test_the_pauses_grow(emulator: Emulator, unhurried_sdk: SdkProcess) -> None:
    seen = pauses(emulator, connect(unhurried_sdk, emulator), {"status": 503})

    if unhurried_sdk.version == OLD:
        assert seen == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2]
    else:
        assert len(seen) == 4
        assert all(0 <= each <= 2**number for number, each in enumerate(seen))


def test_a_pause_is_as_long_as_the_platform_asks_for(
    emulator: Emulator, unhurried_sdk: SdkProcess
) -> None:
    options = {"status": 429, "retry_after": 7, "times": 2}

    assert pauses(emulator, connect(unhurried_sdk, emulator), options) == [7, 7]
