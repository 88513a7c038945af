"""The image of the emulator, as far as it can be tested without Docker."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import requests

from kili_emulator import Emulator
from tests.kit.dockerfile import ROOT, read_image
from tests.kit.server_under_test import ServerUnderTest

PAGE = ROOT / "docs" / "how-to" / "run-a-container.md"
DIRECT = {"http": "", "https": ""}
OWN = ("KILI_EMULATOR_PORT", "KILI_EMULATOR_DATA_DIR")  # of the test instead of the image


@pytest.fixture
def container(tmp_path: Path) -> ServerUnderTest:
    """Return a server with the environment of the image."""
    image = {name: text for name, text in read_image().environment.items() if name not in OWN}
    return ServerUnderTest(tmp_path / "data", environment=image)


def test_the_image_runs_as_a_user_without_rights() -> None:
    assert read_image().user == "kili"
    assert read_image().command == ["kili-emulator", "start"]


def test_a_wheel_can_be_built_from_the_files_that_are_copied(tmp_path: Path) -> None:
    for name in read_image().copied:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    command = ["pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", "wheels", "."]
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "wheels").iterdir()
    assert "kili_emulator/_seed_data/default.yaml" in zipfile.ZipFile(wheel).namelist()


def test_all_that_is_copied_is_in_the_build_context() -> None:
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in kept
    assert {f"!{name}" for name in read_image().copied} <= set(kept)


def test_other_machines_need_a_random_key(container: ServerUnderTest) -> None:
    with container:
        keys = container.world().keys
        assert "emulator-admin" not in keys.values()
        with pytest.raises(Exception, match=r"401|key"):
            Emulator.connect(container.url, "emulator-admin")


def test_the_health_check_follows_the_server(container: ServerUnderTest) -> None:
    def is_healthy() -> bool:
        _, *arguments = read_image().health_check
        port = container.url.rpartition(":")[2]
        environment = {**os.environ, "KILI_EMULATOR_PORT": port, "http_proxy": "http://0.0.0.0:9"}
        command = [sys.executable, *arguments]
        return not subprocess.run(
            command, env=environment, capture_output=True, check=False
        ).returncode

    with container:
        assert is_healthy()
    assert not is_healthy()


@pytest.mark.parametrize(("allowed", "status"), [("", 403), ("kili-emulator", 200)])
def test_the_name_of_a_service_must_be_allowed(
    container: ServerUnderTest, allowed: str, status: int
) -> None:
    container._environment["KILI_EMULATOR_ALLOW_HOST"] = allowed
    with container:
        url, headers = f"{container.url}/health", {"Host": "kili-emulator:5454"}
        answer = requests.get(url, headers=headers, timeout=10, proxies=DIRECT)
    assert answer.status_code == status


def test_files_have_the_address_under_which_the_client_reaches_the_container(
    container: ServerUnderTest,
) -> None:
    with container:
        world = container.world()
        port = container.url.rpartition(":")[2]
        query = """query ($where: AssetWhere!) {
          data: assets(where: $where, first: 1, skip: 0) { content } }"""
        answer = requests.post(
            f"{container.url}/api/label/v2/graphql",
            json={"query": query, "variables": {"where": {"project": {"id": world.project_id}}}},
            headers={
                "Host": f"localhost:{int(port) + 1}",  # the published port is another one
                "Authorization": f"X-API-Key: {world.keys['admin']}",
            },
            timeout=10,
            proxies=DIRECT,
        )
    assert f"http://localhost:{int(port) + 1}/" in answer.json()["data"]["data"][0]["content"]


def test_the_example_with_testcontainers_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    for name, text in blocks:
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = tmp_path / "bin" / "kili-emulator"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m kili_emulator "$@"\n')
    command.chmod(0o755)
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    stand_in = ROOT / "tests" / "kit" / "docker_stand_in"
    environment = {
        **os.environ,
        "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(map(str, [stand_in, ROOT / "emulator", ROOT])),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr
