"""The pytest plugin: an emulator for the test run, whose world each test leaves as it was.

Every pytest run imports this module, so that it imports the emulator only when it is needed.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from kili_emulator.testing.emulator_session import EmulatorSession
from kili_emulator.testing.run_options import (
    OPTIONS_FIXTURE,
    add_markers,
    add_options,
    read_options,
    record_mode,
)

if TYPE_CHECKING:
    from pathlib import Path

    from kili.client import Kili

    from kili_emulator.app import Emulator
    from kili_emulator.app.recordings import Recording
    from kili_emulator.testing.client_environment import KiliEnvironment

_SESSION = pytest.StashKey[EmulatorSession]()


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_SESSION] = EmulatorSession(read_options(config))
    add_markers(config)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    session.config.stash[_SESSION].close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each group of tests with the same markers an emulator of its own."""
    names = [each.name for each in metafunc.definition.iter_markers()]
    if OPTIONS_FIXTURE not in metafunc.fixturenames or not any(
        each.startswith("kili_") for each in names
    ):
        return
    from kili_emulator.testing import markers

    with contextlib.suppress(markers.MarkerError):  # reported when all tests are collected
        options = markers.emulator_options(metafunc.definition)
        if options:
            hidden = getattr(pytest, "HIDDEN_PARAM", "kili")
            metafunc.parametrize(
                OPTIONS_FIXTURE, [options], indirect=True, scope="session", ids=[hidden]
            )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Report all wrong markers at once, before the first test.

    Raises:
        pytest.UsageError: a marker is wrong.
    """
    marked = [
        item for item in items if any(each.name.startswith("kili_") for each in item.iter_markers())
    ]
    if marked:
        from kili_emulator.testing import markers

        found = [
            f"{item.nodeid}: {text}" for item in marked for text in markers.check_markers(item)
        ]
        if found:
            raise pytest.UsageError("\n".join(dict.fromkeys(found)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    with item.config.stash[_SESSION].watching(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Add what the emulator knows to the report of a failed test; keep its failed runs."""
    report = yield
    if report.failed and report.when != "teardown":  # the world is rolled back by then
        text = item.config.stash[_SESSION].describe(item.nodeid)
        if text:
            report.sections.append(("Kili Emulator", text))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, Any, Any]:
    """Keep what fixtures of long scopes change until their teardown."""
    session = request.config.stash[_SESSION]
    state = None
    if fixturedef.scope != "function":
        state = session.begin_fixture(fixturedef.argname)
    if state is None:
        return (yield)
    fixturedef.addfinalizer(functools.partial(session.end_fixture, state))
    try:
        return (yield)
    finally:
        session.finish_fixture_setup(state)


@pytest.fixture(scope="session")
def kili_emulator_options() -> dict[str, Any]:
    """Arguments of ``Emulator()`` for the whole run: override this fixture to set them."""
    return {}


@pytest.fixture(scope="session")
def _kili_marked_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    options: dict[str, Any] = getattr(request, "param", {})
    return options


@pytest.fixture(scope="session")
def kili_emulator_session(
    request: pytest.FixtureRequest,
    kili_emulator_options: dict[str, Any],
    _kili_marked_options: dict[str, Any],
) -> Iterator[Emulator]:
    """Start the emulator of the run, with seed 0, the project's settings and a fast SDK."""
    from kili_emulator.app import Emulator

    run = request.config.stash[_SESSION].options
    options = {"seed": 0, **kili_emulator_options, **run.emulator, **_kili_marked_options}
    scenario = options.pop("scenario", None)
    with Emulator(scenario, **options) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def kili_emulator(
    request: pytest.FixtureRequest, kili_emulator_session: Emulator
) -> Iterator[Emulator]:
    """Return the emulator of the run; each test leaves its world as it was."""
    from kili_emulator.testing.upload_sources import noted_uploads

    with noted_uploads(), request.config.stash[_SESSION].running(kili_emulator_session):
        yield kili_emulator_session


@pytest.fixture(autouse=True)
def _kili_emulator_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Undo the changes of each test. Autouse, so that it is torn down after all others."""
    with request.config.stash[_SESSION].test(request.node):
        yield


@pytest.fixture(scope="session")
def kili_client(kili_emulator: Emulator) -> Callable[..., Kili]:
    """Return a function that makes clients: ``kili_client("labeler")``."""
    return kili_emulator.client


@pytest.fixture
def kili(kili_emulator: Emulator) -> Kili:
    """Return a client of the emulator's administrator."""
    return kili_emulator.client()


@pytest.fixture
def kili_admin(kili_emulator: Emulator) -> Kili:
    """Return a client of the administrator, as ``kili``."""
    return kili_emulator.client("admin")


@pytest.fixture
def kili_manager(kili_emulator: Emulator) -> Kili:
    """Return a client of the user with the key ``manager``."""
    return kili_emulator.client("manager")


@pytest.fixture
def kili_reviewer(kili_emulator: Emulator) -> Kili:
    """Return a client of the user with the key ``reviewer``."""
    return kili_emulator.client("reviewer")


@pytest.fixture
def kili_labeler(kili_emulator: Emulator) -> Kili:
    """Return a client of the user with the key ``labeler``."""
    return kili_emulator.client("labeler")


@pytest.fixture(scope="session")
def _kili_schema_cache() -> Iterator[Path]:
    from pathlib import Path

    from kili_emulator import private_files

    with private_files.temporary_folder("kili-cache-") as folder:
        yield Path(folder)


@pytest.fixture
def kili_env(kili_emulator: Emulator, _kili_schema_cache: Path) -> Iterator[KiliEnvironment]:
    """Let code that makes its own client reach the emulator: set the variables of clients."""
    from kili_emulator.testing.client_environment import client_environment

    with client_environment(kili_emulator, _kili_schema_cache) as environment:
        yield environment


@pytest.fixture
def kili_cassette(request: pytest.FixtureRequest) -> Iterator[Callable[..., Recording]]:
    """Return a function that records API traffic or answers it: ``kili_cassette("file.yaml")``."""
    from kili_emulator.testing.cassettes import cassettes_beside

    with cassettes_beside(request.path, record_mode(request.config)) as use_cassette:
        yield use_cassette
