"""The docstring of each folder of the code names the folders that import it."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "emulator" / "kili_emulator"
ROOT = PACKAGE.name

_IMPORTERS = re.compile(r"^Imported by: (.+?)\.$", re.DOTALL | re.MULTILINE)


@functools.cache
def modules() -> dict[str, Path]:
    """Return the file of each module, by the full name of the module."""
    return {module_name(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def module_name(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def rooms() -> list[str]:
    """Return the folders of the package: ``app``, ``http``, ``http.control`` and so on."""
    packages = [name for name, file in modules().items() if file.name == "__init__.py"]
    return [name.removeprefix(f"{ROOT}.") for name in packages if name != ROOT]


def imported_modules(file: Path) -> Iterator[str]:
    """Find the modules of the package that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{each.name}" for each in node.names]
            yield from (name if name in modules() else node.module for name in names)


@functools.cache
def imports() -> list[tuple[str, str]]:
    """Return each import as a pair of the importing and the imported module."""
    return [
        (name, imported)
        for name, file in modules().items()
        for imported in imported_modules(file)
        if is_in(imported, ROOT)
    ]


def is_in(module: str, folder: str) -> bool:
    return module == folder or module.startswith(f"{folder}.")


def importer_name(module: str, room: str) -> str:
    """Return the top-level folder of a module; inside the top-level folder of the room, its folder.

    A module that is in no folder has its own name.
    """
    if module == ROOT:
        return ROOT
    name = module.removeprefix(f"{ROOT}.")
    top = name.partition(".")[0]
    if top != room.partition(".")[0]:
        return top
    return name if name in rooms() else name.rpartition(".")[0]


def importers(room: str) -> set[str]:
    folder = f"{ROOT}.{room}"
    return {
        importer_name(module, room)
        for module, imported in imports()
        if is_in(imported, folder) and not is_in(module, folder)
    }


def documented_importers(room: str) -> list[str]:
    docstring = ast.get_docstring(
        ast.parse(modules()[f"{ROOT}.{room}"].read_text(encoding="utf-8"))
    )
    found = _IMPORTERS.findall(docstring or "")
    assert len(found) == 1, f'the docstring of {room} needs one line "Imported by: …."'
    names = " ".join(found[0].split())
    return [] if names == "nothing" else names.split(", ")


@pytest.mark.parametrize("room", rooms())
def test_docstring_of_a_folder_names_its_importers(room: str) -> None:
    assert documented_importers(room) == sorted(importers(room))
