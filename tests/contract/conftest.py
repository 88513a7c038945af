"""The SDKs that the contract is tested with: the newest one, and by `make contract` all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.surface import NEWEST, VERSIONS
from tests.sdk import SdkProcess

_INSTALLED = [
    pytest.param(version, marks=() if version == NEWEST else pytest.mark.contract)
    for version in VERSIONS
]


@pytest.fixture(scope="session", params=_INSTALLED)
def installed_sdk(request: pytest.FixtureRequest) -> Iterator[SdkProcess]:
    """Each of them in turn, in its own environment, its waits cut short."""
    with SdkProcess(request.param, fast=True) as process:
        yield process
