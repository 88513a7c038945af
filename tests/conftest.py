"""Fixtures for servers, worlds and SDK processes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from kili_emulator.app import Emulator
from kili_emulator.config import ENVIRONMENT_PREFIX
from kili_emulator.plugins.process.fork_server import FORK_SERVERS
from kili_emulator.testing.sdk import shared_schemas
from tests.kit import xdist_groups
from tests.kit.document_type_check import DocumentTypeChecker
from tests.kit.plugin_project import submit_source
from tests.kit.sdk_process import VERSIONS, SdkProcess, SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest
from tests.kit.warm_interpreter import WARM
from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds, set_up_world

# Remove a developer's settings: every emulator below would read them.
for _name in [each for each in os.environ if each.startswith(ENVIRONMENT_PREFIX)]:
    del os.environ[_name]


# A build server tries four times as many examples, unless a test sets the number. Examples have no
# deadline, because their duration depends on the load of the machine.
_QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", _QUICK)
settings.register_profile("thorough", settings.get_profile("ci"), max_examples=100)
settings.load_profile("thorough" if os.environ.get("CI") else "quick")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let long tests begin first; those of a group follow one another."""
    items.sort(key=lambda item: xdist_groups.place_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run two processes per core: many tests wait for servers, workers and time limits."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a group in one process (``--dist loadscope``)."""
    return (
        xdist_groups.make_scheduler(config, log)
        if config.getoption("dist") == "loadscope"
        else None
    )


@pytest.fixture(scope="session", autouse=True)
def _kept_fork_servers() -> Iterator[None]:
    """Keep the processes that fork plugin workers for all tests of the session."""
    FORK_SERVERS.max_unused = 2
    yield
    FORK_SERVERS.close()


@pytest.fixture(scope="session", autouse=True)
def _warm_interpreter() -> Iterator[None]:
    """End the process that forks interpreters, if a test has needed it."""
    yield
    WARM.close()


@pytest.fixture(scope="session", autouse=True)
def _shared_schemas() -> Iterator[None]:
    """Let the clients of all emulators in this process build the schema once."""
    with shared_schemas():
        yield


@pytest.fixture(scope="session", autouse=True)
def _document_checker() -> Iterator[DocumentTypeChecker]:
    """Compare the documents that transactions store in this process with the declared types."""
    checker = DocumentTypeChecker()
    checker.start()
    yield checker
    checker.end()


@pytest.fixture(autouse=True)
def _documents_are_as_declared(
    request: pytest.FixtureRequest, _document_checker: DocumentTypeChecker
) -> Iterator[None]:
    """Fail a test that stores documents of undeclared types, except with ``made_up_documents``."""
    yield
    found = _document_checker.take_faults()
    if not request.node.get_closest_marker("made_up_documents"):
        assert not found, f"not as kili_emulator.domain.documents declares: {found}"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerUnderTest]:
    """Start one server process for all tests; each test creates its own world in it."""
    with ServerUnderTest(tmp_path_factory.mktemp("server"), "--ephemeral") as running:
        yield running


@pytest.fixture
def remote_world(server: ServerUnderTest) -> RemoteWorld:
    """Create a world with the default scenario in the server process."""
    return server.new_world()


@pytest.fixture(scope="session")
def sdk_process() -> Iterator[Callable[[str], SdkProcess]]:
    """Return a function that starts the process of an SDK version once, with shortened waits."""
    started: dict[str, SdkProcess] = {}
    with contextlib.ExitStack() as ends:

        def process_of(version: str) -> SdkProcess:
            if version not in started:
                started[version] = ends.enter_context(SdkProcess(version, fast=True))
            return started[version]

        yield process_of


@pytest.fixture(scope="session", params=VERSIONS)
def sdk(request: pytest.FixtureRequest, sdk_process: Callable[[str], SdkProcess]) -> SdkProcess:
    """Return the process of each SDK version in turn."""
    return sdk_process(request.param)


@pytest.fixture
def notebook(sdk: SdkProcess, remote_world: RemoteWorld) -> SdkSession:
    """Return a session of each SDK version, connected as ``kili`` to a new world."""
    session = sdk.session(env=remote_world.environment())
    session.run("from kili.client import Kili\nkili = Kili()").checked()
    session.run(f"project_id = {remote_world.project_id!r}").checked()
    return session


@pytest.fixture(scope="module")
def _wire() -> Iterator[Wire]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


@pytest.fixture(scope="module")
def world_ids(_wire: Wire) -> WorldIds:
    """Prepare the world of ``wire``; return the ids of its documents by name."""
    return set_up_world(_wire)


@pytest.fixture
def wire(_wire: Wire, world_ids: WorldIds) -> Iterator[Wire]:
    """Return a client of an emulator in this process; its world is reset after each test."""
    mark = _wire.emulator.mark()
    yield _wire
    _wire.emulator.reset(mark)


@pytest.fixture
def failed_remote_run(remote_world: RemoteWorld, tmp_path: Path) -> tuple[RemoteWorld, str]:
    """Run a plugin that fails in a world of a server; return the world and the id of the run."""
    control = remote_world.server.control
    path = f"/worlds/{remote_world.name}"
    (tmp_path / "main.py").write_text(submit_source("print({}['nope'])"))
    link = {"plugin": "P", "path": str(tmp_path), "projects": [remote_world.project_id]}
    control("POST", f"{path}/plugins/link", json=link)
    submitted = {"project": remote_world.project_id, "user": "labeler"}
    control("POST", f"{path}/people/submit", json=submitted)
    (run,) = control("GET", f"{path}/runs")["runs"]
    return remote_world, run["id"]
