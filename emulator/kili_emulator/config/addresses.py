"""Fixed addresses: paths of the server, names of this machine, the folder of the seed data."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

API_PATH = "/api/label/v2"
GRAPHQL_PATH = f"{API_PATH}/graphql"
CONTROL_PATH = "/_emulator"
HEALTH_PATH = "/health"
DEFAULT_WORLD = "default"
# The header of the answers at HEALTH_PATH by which a client without a key recognises an emulator.
PRODUCT_HEADER = "Kili-Emulator"
# The key of a WSGI environment that marks a call from this process, which needs no API key.
# A client cannot send it: headers of requests have keys that begin with HTTP_.
IN_PROCESS = "kili_emulator.in_process"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def seed_data_folder() -> Path:
    """Return the folder of scenarios and demos: in the installed package, or in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_seed_data"
    return installed if installed.is_dir() else package.parents[1] / "seed_data"


def no_proxy(url: str, current_value: str = "") -> str:
    """Return a value of ``NO_PROXY`` with which clients reach an emulator without a proxy.

    Args:
        url: the address of the emulator.
        current_value: the present value of ``NO_PROXY``, whose names the new value includes.
    """
    loopback = [name for name in LOOPBACK if ":" not in name]
    names = [*current_value.split(","), *loopback, urlsplit(url).hostname or ""]
    return ",".join(dict.fromkeys(name.strip() for name in names if name.strip()))
