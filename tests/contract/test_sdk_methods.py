"""Each public method of the SDKs has its documented effect and sends the expected operations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract import evidence
from tests.contract.methods import Case, all_cases, broken, outside, pending
from tests.contract.sdk_surface import NEWEST, VERSIONS, Surface, stored
from tests.kit.sdk_process import SdkProcess
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest

pytestmark = pytest.mark.surface

DRIVER = Path(__file__).with_name("method_driver.py").read_text(encoding="utf-8")
SURFACES = {version: stored(version) for version in VERSIONS}
CASES = all_cases()
TRIED = [
    pytest.param(
        version,
        each,
        id=f"{version}-{each}",
        marks=() if version == NEWEST else pytest.mark.contract,
    )
    for version in VERSIONS
    for each in evidence.cases_of(version)
]


@pytest.mark.parametrize(
    ("installed_sdk", "tried"), TRIED, indirect=["installed_sdk"], scope="session"
)
def test_sdk_case_passes(
    installed_sdk: SdkProcess, logging_server: ServerUnderTest, tried: Case, tmp_path: Path
) -> None:
    world = logging_server.new_world(tried.scenario)
    description = json.dumps(
        {
            "method": tried.method,
            "sends": tried.sends,
            "version": installed_sdk.version,
            "client": SURFACES[installed_sdk.version].methods[tried.method],
            "folder": str(tmp_path),
            **_names(world),
        }
    )
    notebook = installed_sdk.session(env=world.environment(), cwd=tmp_path)
    notebook.run(f"DESCRIPTION = {description!r}\n{DRIVER}").checked()
    outcome = notebook.run(tried.code)
    if outcome.error is not None:
        pytest.fail(f"{outcome.error.traceback}\n{notebook.run('values()').checked().value}")
    notebook.run("check(description)").checked()


def _names(world: RemoteWorld) -> dict[str, Any]:
    """Return the ids of the scenario's objects by name, and the path of the request log."""
    held = world.export()
    names = {each["id"]: each["externalId"] for each in held["assets"]}
    users = {each["id"]: each["email"].partition("@")[0] for each in held["users"]}
    return {
        "log": str(world.server.request_log),
        "world": world.name,
        "keys": world.keys,
        "project_id": world.project_id,
        "organization_id": held["organizations"][0]["id"],
        "issue_id": next((each["id"] for each in held["issues"]), None),
        "asset": {name: id_ for id_, name in names.items()},
        "label": {
            f"{names[each['assetId']]} {each['labelType']}": each["id"] for each in held["labels"]
        },
        "user": {name: id_ for id_, name in users.items()},
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_each_sdk_method_has_a_case_or_is_listed(version: str) -> None:
    tried = {each.method for each in CASES if each.fits(version)}
    fails = {method for method, failing in broken() if failing == version}
    listed = pending().keys() | outside().keys()
    unknown = SURFACES[version].methods.keys() - tried - fails - listed
    assert not unknown, "write cases, or list them: tests/contract/methods/__init__.py"


@pytest.mark.parametrize(("method", "version"), sorted(broken()))
def test_broken_sdk_method_exists_and_has_no_case(method: str, version: str) -> None:
    assert method in SURFACES[version].methods
    assert not any(each.method == method and each.fits(version) for each in CASES)


def test_listed_method_has_no_case_for_the_newest_sdk() -> None:
    tried = {each.method for each in CASES if each.fits(NEWEST)}
    listed = {**pending(), **outside()}
    assert not tried & listed.keys(), "delete them from PENDING: they have cases"


def test_no_method_is_listed_twice() -> None:
    assert not pending().keys() & outside().keys()


@pytest.mark.parametrize("method", sorted({*pending(), *outside(), *(e.method for e in CASES)}))
def test_each_listed_method_exists_in_an_sdk(method: str) -> None:
    assert any(method in surface.methods for surface in SURFACES.values())


@pytest.mark.parametrize("tried", CASES, ids=str)
def test_each_case_fits_an_sdk(tried: Case) -> None:
    fitting: list[Surface] = [s for s in SURFACES.values() if tried.fits(s.version)]
    assert any(tried.method in surface.methods for surface in fitting)
