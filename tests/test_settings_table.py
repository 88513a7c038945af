"""Options, arguments and documentation agree with the table of settings."""

from __future__ import annotations

import re
import subprocess
import sys
import typing
from pathlib import Path

import click
import pytest

from kili_emulator.cli.server import start
from kili_emulator.config import SettingArguments, Settings, load_settings, settings_table
from kili_emulator.rules.plugin_policy import POLICIES
from tests.kit.settings_page import PAGE, ROOT, render_page

NAMES = list(settings_table())


def test_the_page_of_settings_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_page(), (
        "run: python -m tests.kit.settings_page"
    )


def test_start_command_has_an_option_with_help_and_default_for_each_setting() -> None:
    options = {each.name: each for each in start.params if isinstance(each, click.Option)}

    for name, row in settings_table().items():
        text = options[name].help or ""
        assert options[name].opts == [row.option]
        assert text.startswith(row.details.help)
        assert re.findall(r"\[default: (.*)\]", text) == (
            [row.default_text] * bool(row.default_text)
        )
    assert [name for name in options if name in settings_table()] == NAMES


@pytest.mark.parametrize("name", [each for each in NAMES if settings_table()[each].default_text])
def test_documented_defaults_are_read_by_each_source(name: str, tmp_path: Path) -> None:
    row = settings_table()[name]
    text = row.default_text
    project_file = tmp_path / "pyproject.toml"
    project_file.write_text(f'[tool.kili-emulator]\n{row.key} = "{text}"\n', encoding="utf-8")

    assert load_settings({}, {row.variable: text}, tmp_path / "missing") == Settings()
    assert load_settings({}, {}, project_file) == Settings()


def test_the_arguments_of_an_emulator_are_the_settings() -> None:
    arguments = typing.get_type_hints(SettingArguments)
    own_parameters = {"scenario", "seed"}

    assert arguments.keys() | own_parameters == settings_table().keys()
    for name, row in settings_table().items():
        if row.type in ("str", "int", "float", "bool") and name not in own_parameters:
            assert arguments[name].__name__ == row.type


def test_choices_of_plugin_policy_match_the_rules() -> None:
    assert settings_table()["plugin_policy"].details.choices == POLICIES


def test_a_type_checker_finds_a_misspelt_setting(tmp_path: Path) -> None:
    source = tmp_path / "uses_the_emulator.py"
    source.write_text(
        "from kili_emulator.app import Emulator\n"
        "from kili_emulator.config import Settings\n"
        "Emulator(sede=3)\n"
        "Emulator(port='many')\n"
        "print(Settings().prot)\n"
        "Emulator(port=1, data_dir='x', seed=3)\n",
        encoding="utf-8",
    )
    cache = tmp_path / "cache"
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", cache, source],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    wrong = [int(line) for line in re.findall(r"uses_the_emulator\.py:(\d+): error", done.stdout)]
    assert wrong == [3, 4, 5], done.stdout
