"""The installed distribution beside packages of the same names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
UNRELATED = """
import emulator

def test_the_package_of_the_repository_is_imported():
    assert emulator.NAME == "of the repository"
"""
RELATED = """
import emulator

def test_installed_distribution_serves_both_packages(kili):
    assert kili.count_projects() == 1
    assert emulator.NAME == "of the repository"
"""


def run(*arguments: str, folder: Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("distribution")
    run("pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", "wheels", str(ROOT), folder=folder)
    (wheel,) = (folder / "wheels").iterdir()
    run("pip", "install", "--quiet", "--no-deps", "--target", "here", str(wheel), folder=folder)
    return folder / "here"


def test_no_package_of_another_name_is_installed(installed: Path) -> None:
    names = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}
    assert names <= {"kili_emulator", "bin"}
    assert (installed / "kili_emulator" / "_seed_data" / "default.yaml").is_file()
    assert (installed / "kili_emulator" / "api" / "schema" / "asset.graphql").is_file()


def test_a_repository_with_a_package_named_emulator_runs_its_tests(
    installed: Path, tmp_path: Path
) -> None:
    (tmp_path / "emulator").mkdir()
    (tmp_path / "emulator" / "__init__.py").write_text('NAME = "of the repository"\n')
    (tmp_path / "test_unrelated.py").write_text(UNRELATED)
    (tmp_path / "test_related.py").write_text(RELATED)
    environment = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(installed)])}
    arguments = ("pytest", "-q", "-p", "no:cacheprovider")
    output = run(*arguments, folder=tmp_path, environment=environment)
    assert "2 passed" in output
