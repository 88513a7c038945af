"""The markers of the pytest plugin: what each means, and what is wrong with one.

A marker on a test, on its class or on its module (``pytestmark``) holds for the test; the nearest
one wins. Settings of several markers are merged.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kili_emulator.config import SettingsError, load_embedded_settings, settings_table
from kili_emulator.errors import KiliError
from kili_emulator.spelling import closest
from kili_emulator.testing.run_options import OPTIONS_FIXTURE

# Markers that need an emulator of their own.

_OPTIONS = ("kili_scenario", "kili_seed", "kili_settings")


if TYPE_CHECKING:
    from kili_emulator.app import Emulator


class MarkerError(Exception):
    """A marker has wrong arguments; the message says which, and how to write it."""


def emulator_options(item: pytest.Item | pytest.Function) -> dict[str, Any]:
    """Return the arguments of ``Emulator()`` that the markers of a test ask for.

    Raises:
        MarkerError: a marker is wrong.
    """
    options: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers())):  # the nearest one is the last
        if marker.name in _OPTIONS:
            options |= _READERS[marker.name](marker, item.path.parent)
    return options


def check_markers(item: pytest.Item) -> Iterator[str]:
    """Yield what is wrong with the markers of a test."""
    for marker in item.iter_markers():
        try:
            _check_marker(item, marker)
        except MarkerError as error:
            yield f"{marker.name}: {error}"


def _check_marker(item: pytest.Item, marker: pytest.Mark) -> None:
    reader = _READERS.get(marker.name)
    if reader is None:
        suggestion = closest(marker.name, list(_READERS))
        if suggestion and marker.name.startswith("kili_"):
            raise MarkerError(f"there is no marker of this name: did you mean {suggestion}?")
        return
    reader(marker, item.path.parent)
    names = getattr(item, "fixturenames", ())
    if "kili_emulator_session" not in names:
        if marker in item.own_markers:  # one of a class or module need not be for all its tests
            raise MarkerError(
                "the test uses no fixture of the emulator: take one, such as `kili`, as an "
                'argument or with @pytest.mark.usefixtures("kili_emulator")'
            )
    elif marker.name in _OPTIONS:
        _check_options(item, names)


def _check_options(item: pytest.Item, names: Sequence[str]) -> None:
    remedy = "return the options from a fixture `kili_emulator_options` of the session instead"
    if OPTIONS_FIXTURE not in names:
        raise MarkerError(
            f"it has no effect on your own `kili_emulator_session`: remove that, and {remedy}"
        )
    if not hasattr(item, "callspec"):
        raise MarkerError(
            f"pytest cannot choose fixtures for the methods of a unittest.TestCase: {remedy}, or "
            "write a plain class"
        )


def change_emulator(item: pytest.Item, emulator: Emulator) -> None:
    """Freeze the clock, and add the faults, that the markers of a test ask for."""
    frozen = item.get_closest_marker("kili_frozen")
    if frozen:
        emulator.freeze(frozen.args[0])
    for marker in reversed(list(item.iter_markers("kili_faults"))):  # those of a class come first
        if _is_preset(marker):
            emulator.faults.add_preset(marker.args[0])
        else:
            emulator.faults.add(*marker.args, **marker.kwargs)


def read_assignments(lines: Iterable[str], source: str) -> dict[str, str]:
    """Read settings that are written as ``name=value``.

    Raises:
        MarkerError: a line has another form, or names no setting.
    """
    found = {}
    for line in lines:
        name, equals, value = line.partition("=")
        key = name.strip().replace("-", "_")
        if not equals:
            raise MarkerError(f"{source}: {line!r} has no value: write it as name=value")
        found[key] = value.strip()
    _check_settings(found, source)
    return found


def _check_settings(settings: Mapping[str, Any], source: str) -> None:
    known = list(settings_table())
    for name in settings:
        if name not in known:
            suggestion = closest(name, known)
            remedy = f": did you mean {suggestion}?" if suggestion else ""
            raise MarkerError(f"{source}: there is no setting {name!r}{remedy}")
    try:
        load_embedded_settings(settings, environment={}, project_file=Path(os.devnull))
    except SettingsError as error:
        text = str(error).replace("Emulator(): ", "")
        raise MarkerError(f"{source}: {text}") from None


def _read_scenario(marker: pytest.Mark, folder: Path) -> dict[str, Any]:
    (source,) = _positional(marker, "a path, a name or a dictionary", str, os.PathLike, Mapping)
    if isinstance(source, Mapping):
        return {"scenario": source}
    text = os.fspath(source)
    if isinstance(source, str) and not {os.sep, "/", "."} & set(text):
        return {"scenario": _built_in(text)}
    path = folder / text
    if not path.is_file():
        raise MarkerError(f"there is no file {path}: the path is relative to the file of the test")
    return {"scenario": str(path)}


def _built_in(name: str) -> str:
    from kili_emulator.scenario import scenario_names

    if name not in scenario_names():
        known = ", ".join(scenario_names())
        raise MarkerError(
            f"there is no scenario {name!r} (there are: {known}); a path ends in .yaml"
        )
    return name


def _read_seed(marker: pytest.Mark, _folder: Path) -> dict[str, Any]:
    (seed,) = _positional(marker, "a whole number", int)
    if isinstance(seed, bool):
        raise MarkerError("give a whole number")
    return {"seed": seed}


def _read_settings(marker: pytest.Mark, _folder: Path) -> dict[str, Any]:
    if marker.args or not marker.kwargs:
        raise MarkerError("give settings by name, such as plugin_timeout=5")
    others = {"scenario": "kili_scenario", "seed": "kili_seed"}
    for name in marker.kwargs.keys() & others.keys():
        raise MarkerError(f"{name!r} has a marker of its own: use {others[name]}")
    _check_settings(marker.kwargs, "its arguments")
    return dict(marker.kwargs)


def _read_frozen(marker: pytest.Mark, _folder: Path) -> dict[str, Any]:
    from kili_emulator.clock import parse_time

    (text,) = _positional(marker, "a time such as '2026-01-05T09:00:00Z'", str)
    try:
        parse_time(text)
    except ValueError:
        remedy = "give a time such as '2026-01-05T09:00:00Z'"
        raise MarkerError(f"{text!r} is no time: {remedy}") from None
    return {}


def _read_faults(marker: pytest.Mark, _folder: Path) -> dict[str, Any]:
    from kili_emulator.api.execution import GraphQLExecutor
    from kili_emulator.observe.fault_rule import parse_fault

    if len(marker.args) != 1:
        raise MarkerError(
            "give a target and an effect, such as 'createIssues', status=503, or the name of a "
            "ready-made set of faults"
        )
    if _is_preset(marker):
        return {}
    try:
        parse_fault({**marker.kwargs, "target": marker.args[0]}, GraphQLExecutor().operations)
    except KiliError as error:
        raise MarkerError(error.message) from None
    return {}


def _is_preset(marker: pytest.Mark) -> bool:
    from kili_emulator.observe.fault_presets import PRESET_NAMES

    return not marker.kwargs and marker.args[0] in PRESET_NAMES


def _positional(marker: pytest.Mark, expected: str, *types: type) -> tuple[Any, ...]:
    if len(marker.args) != 1 or marker.kwargs or not isinstance(marker.args[0], types):
        found = [repr(each) for each in marker.args]
        found += [f"{name}={value!r}" for name, value in marker.kwargs.items()]
        raise MarkerError(f"give {expected}, and nothing else; found ({', '.join(found)})")
    return marker.args


_READERS: dict[str, Callable[[pytest.Mark, Path], dict[str, Any]]] = {
    "kili_scenario": _read_scenario,
    "kili_seed": _read_seed,
    "kili_settings": _read_settings,
    "kili_frozen": _read_frozen,
    "kili_faults": _read_faults,
}
