"""The form of a bundle: the names of its entries, and the members of ``bundle.json``."""

from __future__ import annotations

from importlib import metadata
from typing import Any, TypedDict

from kili_emulator.clock import StoredClock
from kili_emulator.replays.capsule import CapsuleSettings

FORMAT = "kili-emulator-bundle"
VERSION = 1

README = "README.md"
MANIFEST = "bundle.json"
PAYLOAD = "payload.json"
RECORD = "record.json"
LOG = "logs.txt"
CODE = "plugin/"
OTHER_CODE = "other-plugins/"
WORLD = "world/"
FILES = "files/"


class Versions(TypedDict):
    """The versions of the recorded run; ``packages`` are those that the plugin imports."""

    emulator: str
    python: str
    sdk: str | None
    system: str
    packages: dict[str, str]


class LeftOut(TypedDict):
    """A file that is not in the bundle; ``size`` is in bytes."""

    file: str
    size: int
    reason: str


class Store(TypedDict):
    """The place of the state in the history of its world."""

    sequence: int
    nextPosition: int
    meta: dict[str, Any]


class Manifest(TypedDict):
    """The content of ``bundle.json``.

    - ``run``: the id of the run; ``plugin`` and ``called``: its plugin and handler.
    - ``versionId``: the version of the plugin whose code is in ``plugin/``.
    - ``start``: the time at which the handler was called; ``clock``: the state of the clock.
    - ``moments``: the members of each :class:`kili_emulator.domain.world_copy.Moment`.
    - ``waiting``: the ids of other runs, which wait for the run.
    - ``ids``: the state of ids and random draws.
    - ``projects``: the ids of the projects whose documents are in ``world/``; empty for all.
    """

    format: str
    formatVersion: int
    run: str
    plugin: str
    called: str
    versionId: str
    versions: Versions
    settings: CapsuleSettings
    start: str
    clock: StoredClock
    moments: list[list[Any]]
    waiting: list[str]
    ids: list[Any]
    store: Store
    projects: list[str]
    leftOut: list[LeftOut]
    notes: list[str]


def emulator_version() -> str:
    """Return the version of the emulator that is installed."""
    return metadata.version("kili-emulator")
