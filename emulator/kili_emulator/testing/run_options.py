"""The options and markers that the pytest plugin declares.

Every pytest run imports this module, which imports nothing of the emulator.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import pytest

MARKERS = (
    "kili_scenario(source): the content of the world: a file, relative to the test's, or a dict",
    "kili_seed(number): the seed of the world",
    "kili_settings(**settings): settings of the emulator, such as plugin_timeout=5",
    "kili_frozen(time): freeze the world's clock, as in kili_frozen('2026-01-05T09:00:00Z')",
    "kili_faults(...): let requests fail; the arguments are those of emulator.faults.add()",
)
# The markers that change the emulator which runs.
EFFECT_MARKERS = ("kili_frozen", "kili_faults")
# The fixture that has the options of a test with markers.
OPTIONS_FIXTURE = "_kili_marked_options"
RECORD_MODES = ("once", "none", "all")
_GROUP = "kili emulator"
_DEFAULT_LINES = "60"


class RunOptions(NamedTuple):
    """The options of a test run.

    Attributes:
        emulator: arguments of ``Emulator()``.
        allow_remote: whether the SDK may call servers that are no emulator.
        report_lines: how long the section in the report of a failed test may be; 0 for none.
        bundles: the folder for the failed plugin runs of failed tests; ``None`` for none.
    """

    emulator: dict[str, Any]
    allow_remote: bool
    report_lines: int
    bundles: Path | None = None


def add_options(parser: pytest.Parser) -> None:
    """Declare the options ``--kili-emulator-…`` and the keys ``kili_emulator_…``."""
    group = parser.getgroup(_GROUP)
    group.addoption(
        "--kili-emulator-scenario",
        metavar="SOURCE",
        help="the content of the emulator's world: a scenario file, or the name of a scenario",
    )
    group.addoption("--kili-emulator-seed", metavar="N", help="the seed of the world (0)")
    group.addoption(
        "--kili-emulator-setting",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="another setting of the emulator, such as plugin-timeout=5; may be repeated",
    )
    group.addoption(
        "--kili-emulator-allow-remote",
        action="store_true",
        help="let the SDK call servers that are no emulator while a fixture is in use",
    )
    group.addoption(
        "--kili-emulator-report-lines",
        metavar="N",
        help=f"lines about the emulator in the report of a failed test ({_DEFAULT_LINES}); 0: none",
    )
    group.addoption(
        "--kili-emulator-record",
        metavar="MODE",
        choices=RECORD_MODES,
        help="what kili_cassette does: once: record, unless the cassette exists (the default); "
        "none: only answer from cassettes; all: record anew",
    )
    group.addoption(
        "--kili-emulator-bundles",
        metavar="FOLDER",
        help="write the failed plugin runs of failed tests to this folder, as bundles",
    )
    parser.addini("kili_emulator_record", "as --kili-emulator-record")
    parser.addini("kili_emulator_scenario", "as --kili-emulator-scenario")
    parser.addini("kili_emulator_seed", "as --kili-emulator-seed")
    parser.addini("kili_emulator_settings", "lines as --kili-emulator-setting", type="linelist")
    parser.addini("kili_emulator_allow_remote", "as --kili-emulator-allow-remote", type="bool")
    parser.addini("kili_emulator_report_lines", "as --kili-emulator-report-lines")
    parser.addini("kili_emulator_bundles", "as --kili-emulator-bundles")


def add_markers(config: pytest.Config) -> None:
    """Declare the markers, for ``--strict-markers`` and ``--markers``."""
    for description in MARKERS:
        config.addinivalue_line("markers", description)


def read_options(config: pytest.Config) -> RunOptions:
    """Return the options of a run; those of the command line win.

    Raises:
        pytest.UsageError: an option is wrong.
    """
    emulator = _read_settings(config)
    scenario = _scenario(config)
    if scenario:
        emulator["scenario"] = scenario
    seed = _number(config, "seed", "")
    if seed is not None:
        emulator["seed"] = seed
    return RunOptions(
        emulator,
        bool(
            config.getoption("kili_emulator_allow_remote")
            or config.getini("kili_emulator_allow_remote")
        ),
        _number(config, "report_lines", _DEFAULT_LINES) or 0,
        _bundles(config),
    )


def record_mode(config: pytest.Config) -> str:
    """Return what the fixture ``kili_cassette`` does.

    Raises:
        pytest.UsageError: the configuration has an unknown mode.
    """
    mode = _text(config, "record") or RECORD_MODES[0]
    if mode not in RECORD_MODES:
        raise pytest.UsageError(
            f"kili_emulator_record is {mode!r}: give one of {', '.join(RECORD_MODES)}"
        )
    return mode


def _read_settings(config: pytest.Config) -> dict[str, Any]:
    lines = {
        "kili_emulator_settings": config.getini("kili_emulator_settings"),
        "--kili-emulator-setting": config.getoption("kili_emulator_setting"),
    }
    found: dict[str, Any] = {}
    for source, assignments in lines.items():
        if assignments:  # most runs have none, and import no markers
            from kili_emulator.testing.markers import MarkerError, read_assignments

            try:
                found |= read_assignments(assignments, source)
            except MarkerError as error:
                raise pytest.UsageError(str(error)) from None
    return found


def _scenario(config: pytest.Config) -> str:
    """Return the scenario; a path in the configuration is relative to the configuration file."""
    option = config.getoption("kili_emulator_scenario")
    text = str(config.getini("kili_emulator_scenario") or "")
    is_path = bool({os.sep, "/", "."} & set(text))
    folder = config.inipath.parent if config.inipath else config.rootpath
    return str(option) if option else str(folder / text) if is_path else text


def _bundles(config: pytest.Config) -> Path | None:
    """Return the folder for bundles; in the configuration, relative to the configuration file."""
    option = config.getoption("kili_emulator_bundles")
    if option:
        return Path(config.invocation_params.dir, option)
    text = config.getini("kili_emulator_bundles")
    return (config.inipath.parent if config.inipath else config.rootpath) / text if text else None


def _text(config: pytest.Config, name: str) -> str:
    option = config.getoption(f"kili_emulator_{name}")
    return str(option if option is not None else config.getini(f"kili_emulator_{name}") or "")


def _number(config: pytest.Config, name: str, default: str) -> int | None:
    text = _text(config, name) or default
    if text and not text.removeprefix("-").isdecimal():
        key = f"kili_emulator_{name}"
        raise pytest.UsageError(
            f"--{key.replace('_', '-')} (or {key}): {text!r} is no whole number: give one, such as "
            f"{default or 7}"
        )
    return int(text) if text else None
