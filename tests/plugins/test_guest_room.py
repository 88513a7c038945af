"""The guest room can be imported by old interpreters, with the standard library alone."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from kili_emulator.plugins import guest
from kili_emulator.plugins.process import bootstrap

ROOM = "kili_emulator.plugins.guest"
FOLDER = Path(guest.__path__[0])
MODULES = sorted(each.name for each in pkgutil.walk_packages(guest.__path__, f"{ROOM}."))
OLDEST_SYNTAX = (3, 8)

# Imports a module without the emulator's package, and prints the other modules that this loads.
PROGRAM = """
import sys, types, importlib
package, module = sys.argv[1:]
emulator = types.ModuleType("kili_emulator")
emulator.__path__ = [package]
sys.modules["kili_emulator"] = emulator
importlib.import_module(module)
allowed = {*sys.stdlib_module_names, "kili_emulator", "__main__"}
print(*sorted(name for name in sys.modules if name.partition(".")[0] not in allowed))
room = ("kili_emulator", "kili_emulator.plugins")
print(*sorted(
    name for name in sys.modules
    if name.startswith("kili_emulator") and name not in room
    and not name.startswith("kili_emulator.plugins.guest")
))
"""


@pytest.mark.parametrize("module", MODULES)
def test_module_loads_with_the_standard_library_alone(module: str) -> None:
    command = [sys.executable, "-I", "-S", "-c", PROGRAM, str(bootstrap.PACKAGE), module]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, done.stdout.split()) == (0, "", [])


@pytest.mark.parametrize("module", MODULES)
def test_module_parses_with_the_oldest_supported_syntax(module: str) -> None:
    file = importlib.import_module(module).__file__
    assert file is not None
    ast.parse(Path(file).read_text(encoding="utf-8"), feature_version=OLDEST_SYNTAX)


def test_start_programs_import_modules_of_the_guest_room() -> None:
    for program in (bootstrap.WORKER, bootstrap.WARM_PROCESS):
        imports = [
            node for node in ast.walk(ast.parse(program)) if isinstance(node, ast.ImportFrom)
        ]
        assert imports
        for node in imports:
            names = {f"{node.module}.{each.name}" for each in node.names} | {node.module}
            assert names & set(MODULES)
