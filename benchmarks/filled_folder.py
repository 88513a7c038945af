"""A data folder with a project of many assets and labels, and a server on it."""

from __future__ import annotations

from pathlib import Path

from benchmarks.reading import fill
from kili_emulator import Emulator
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.server_under_test import ServerUnderTest

# Starts a new interpreter, as users do, and not one that has imported the emulator already.
_NEW_INTERPRETER = {"PYTHONHASHSEED": "0"}


def make(folder: Path, size: int) -> None:
    """Create a data folder whose default project has that many assets and labels."""
    options = {"ephemeral": False, "data_dir": folder, "workflow": "V1"}
    with fast_sdk(), Emulator(seed=0, **options) as emulator:  # type: ignore[arg-type]
        (project, *_) = emulator.client().projects(fields=["id"], disable_tqdm=True)
        fill(emulator.world, project["id"], size)


def serve(folder: Path, *options: str) -> ServerUnderTest:
    """Return a server, to be entered, on a data folder."""
    return ServerUnderTest(folder, "--workflow", "V1", *options, environment=_NEW_INTERPRETER)
