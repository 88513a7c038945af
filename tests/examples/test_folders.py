"""Each example has a README, a test, an index entry and a valid scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from kili_emulator.scenario import read_scenario
from tests.examples.example_emulator import EXAMPLES, PLUGINS, find_scenario

FOLDERS = sorted(path.parent for path in PLUGINS.glob("*/main.py"))


def test_every_folder_is_an_example() -> None:
    folders = {path for path in PLUGINS.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_example_has_a_readme_a_test_and_a_place_in_the_index(folder: Path) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for title in ("## Try it", "## Which SDKs"):
        assert title in readme
    test = Path(__file__).with_name(f"test_{folder.name}.py")
    assert f'NAME = "{folder.name}"' in test.read_text(encoding="utf-8")
    index = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert f"[{folder.name}](plugins/{folder.name})" in index


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_scenario_of_an_example_can_be_loaded(folder: Path) -> None:
    assert read_scenario(find_scenario(folder.name)).data["projects"]
