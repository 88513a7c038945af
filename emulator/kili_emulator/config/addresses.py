"""Where things are: paths of the API, names of this machine, the folder of the seed data."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

API_PATH = "/api/label/v2"
DEFAULT_WORLD = "default"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def seed_data_folder() -> Path:
    """The folder of scenarios and demos: in the installed package, or on top of a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_seed_data"
    return installed if installed.is_dir() else package.parents[1] / "seed_data"


def no_proxy(url: str, current_value: str = "") -> str:
    """The value of ``NO_PROXY`` with which clients reach an emulator directly.

    Args:
        url: the address of the emulator.
        current_value: the present value, which is kept.
    """
    loopback = [name for name in LOOPBACK if ":" not in name]
    names = [*current_value.split(","), *loopback, urlsplit(url).hostname or ""]
    return ",".join(dict.fromkeys(name.strip() for name in names if name.strip()))
