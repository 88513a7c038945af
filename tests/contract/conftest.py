"""The SDKs that the contract is tested with: the newest one, and by `make contract` all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.surface import NEWEST, VERSIONS
from tests.sdk import SdkProcess
from tests.server import ServerUnderTest

_INSTALLED = [
    pytest.param(version, marks=() if version == NEWEST else pytest.mark.contract)
    for version in VERSIONS
]


@pytest.fixture(scope="session")
def logging_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerUnderTest]:
    """A server process that writes down what it receives."""
    folder = tmp_path_factory.mktemp("logging-server")
    log = str(folder / "requests.jsonl")
    with ServerUnderTest(folder, "--ephemeral", "--request-log", log) as running:
        yield running


@pytest.fixture(scope="session", params=_INSTALLED)
def installed_sdk(request: pytest.FixtureRequest) -> Iterator[SdkProcess]:
    """Each of them in turn, in its own environment, its waits cut short."""
    with SdkProcess(request.param, fast=True) as process:
        yield process
