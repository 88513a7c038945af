"""Fixtures of the SDKs under contract: the newest one, and all of them under `make contract`.

``evidence.py`` records which cases of the older SDKs passed. If several processes run the tests,
one process runs all cases of an SDK and writes its file.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

import pytest

from tests.contract.evidence import Recorder
from tests.contract.sdk_surface import NEWEST, VERSIONS
from tests.kit.sdk_process import SdkProcess
from tests.kit.server_under_test import ServerUnderTest

_INSTALLED = [
    pytest.param(version, marks=() if version == NEWEST else pytest.mark.contract)
    for version in VERSIONS
]


@pytest.fixture(scope="session")
def logging_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerUnderTest]:
    """Start a server process with a request log."""
    folder = tmp_path_factory.mktemp("logging-server")
    log = str(folder / "requests.jsonl")
    with ServerUnderTest(folder, "--ephemeral", "--request-log", log) as running:
        yield running


@pytest.fixture(scope="session", params=_INSTALLED)
def installed_sdk(
    request: pytest.FixtureRequest, sdk_process: Callable[[str], SdkProcess]
) -> SdkProcess:
    """Each SDK under test, in its own environment, with shortened waits."""
    return sdk_process(request.param)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests by SDK; pytest would order them by their cases.

    Starting the process of an SDK takes longer than running a case.
    """
    items.sort(key=_place_of_sdk)


def _place_of_sdk(item: pytest.Item) -> int:
    params = item.callspec.params if hasattr(item, "callspec") else {}
    return VERSIONS.index(params["installed_sdk"]) if "installed_sdk" in params else -1


_RECORDER = pytest.StashKey[Recorder]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_RECORDER] = Recorder()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    is_end = report.when == "call" or report.failed
    if is_end and isinstance(item, pytest.Function) and item.originalname == "test_sdk_case_passes":
        params = item.callspec.params
        recorder = item.config.stash[_RECORDER]
        recorder.note(params["installed_sdk"], params["tried"], passed=report.passed)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    session.config.stash[_RECORDER].write()
