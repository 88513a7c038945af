"""``/version``: clients name their cached schema after it, and old clients advise to install it."""

from __future__ import annotations

import re

import requests
from packaging.specifiers import SpecifierSet

from kili_emulator import Emulator
from kili_emulator.http.api_version import API_VERSION, version_with_key, version_without_key
from tests.kit.sdk_process import SdkSession

CONNECT = """
import warnings
from kili.client import Kili

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    Kili()
[str(each.message) for each in caught]
"""


def ask(emulator: Emulator, **headers: str) -> requests.Response:
    url = emulator.endpoint.replace("/graphql", "/version")
    return requests.get(url, headers=headers, timeout=10)


def test_version_is_readable_by_all_clients(kili_emulator: Emulator) -> None:
    for headers in ({}, {"Authorization": f"X-API-Key: {kili_emulator.key()}"}):
        answer = ask(kili_emulator, **headers)
        assert answer.status_code == 200
        assert '"version":' in answer.text
        assert re.fullmatch(r"[\w.+]{1,80}", answer.json()["version"])  # part of a file's name


def test_version_for_clients_without_a_key_is_installable_by_pip(kili_emulator: Emulator) -> None:
    version = ask(kili_emulator).json()["version"]
    assert API_VERSION in SpecifierSet(f"=={version}")


def test_the_version_changes_with_the_schema_for_all_clients() -> None:
    hashes = [f"{number:012x}" for number in range(0, 1 << 16, 77)]
    for spelled in (version_with_key, version_without_key):
        assert len({spelled(each) for each in hashes}) == len(hashes)


def test_old_sdk_advises_an_installable_version(notebook: SdkSession) -> None:
    advised = re.findall(r"pip install kili==([^\"]*)", str(notebook.run(CONNECT).checked().value))
    assert all(API_VERSION in SpecifierSet(f"=={each}") for each in advised)
    assert len(advised) == notebook.run("__import__('kili').__version__").value.startswith("2.12")
