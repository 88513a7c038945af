"""Requests that once blocked the whole server are answered, and so are others meanwhile."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from kili_emulator.plugins.guest import sdk_ids
from tests.hostile.texts import PDFS, REQUIREMENTS
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest

# A server that is held never answers; the limit ends it, and the request with it.
CPU_SECONDS = 60
PLUGIN = """
from kili.plugins import PluginCore


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        pass
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteWorld]:
    folder = tmp_path_factory.mktemp("server")
    with ServerUnderTest(folder, "--ephemeral", "--plugin-policy", "saas") as server:
        resource.prlimit(server.pid, resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        yield server.new_world()


@pytest.fixture
def kili(
    world: RemoteWorld, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Any]:
    """The SDK, with ids of each test's own; after the test, the server must still answer."""
    from kili.client import Kili

    monkeypatch.setenv("KILI_SDK_SKIP_CHECKS", "true")
    monkeypatch.setenv("NO_PROXY", "*")
    # The emulator of an earlier test with a fixture may still give the SDK the same ids each time.
    with sdk_ids.drawn_from(lambda: request.node.name):
        yield Kili(api_key=world.keys["admin"], api_endpoint=world.endpoint)
    health = requests.get(f"{world.server.url}/health", timeout=10, proxies={"http": ""})
    assert health.ok


def test_search_with_many_wildcards_on_a_long_title_is_answered(
    kili: Any, world: RemoteWorld
) -> None:
    kili.update_properties_in_project(world.project_id, title="a" * 5_000)
    assert kili.count_projects(search_query="%%%%%%%%zz") == 0
    assert kili.count_projects(search_query="%%%%%%%%aa") == 1


@pytest.mark.parametrize("name", ["60 digits", "kids without end", "streams without end"])
def test_maliciously_slow_pdf_file_is_imported(kili: Any, tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(PDFS[name])
    project = kili.create_project(input_type="PDF", json_interface={"jobs": {}}, title="P")["id"]
    kili.append_many_to_dataset(project, content_array=[str(path)], external_id_array=["a"])
    (asset,) = kili.assets(project, fields=["externalId", "pageResolutions.width"])
    assert asset == {"externalId": "a", "pageResolutions": None}


def test_requirements_file_of_blanks_is_read(kili: Any, world: RemoteWorld, tmp_path: Path) -> None:
    from kili.services.plugins.exceptions import PluginCreationError

    folder = tmp_path / "plugin"
    folder.mkdir()
    (folder / "main.py").write_text(PLUGIN)
    (folder / "requirements.txt").write_text(REQUIREMENTS["blanks"])
    with pytest.raises(PluginCreationError):
        kili.upload_plugin(str(folder), "P")
    found = kili.get_plugin_build_errors("P")
    assert "requirements.txt, line 1: numpy" in str(found)


def test_lint_of_a_maliciously_slow_plugin_ends_within_the_cpu_limit(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(f"import a{'.b' * 50_000}\n{PLUGIN}")
    (tmp_path / "requirements.txt").write_text(REQUIREMENTS["blanks"])
    done = subprocess.run(
        [sys.executable, "-m", "kili_emulator", "lint", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS)),
    )
    assert done.returncode == 1
    assert "KP303" in done.stdout
