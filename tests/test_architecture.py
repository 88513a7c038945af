"""The map of the code names modules, folders, functions and events that exist.

The map is one page long.
"""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest

from kili_emulator.rules.subjects import EMITTED

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "emulator" / "kili_emulator"
MAP = ROOT / "docs" / "architecture.md"
GLOSSARY = ROOT / "docs" / "glossary.md"
PAGES = [MAP, *sorted((ROOT / "docs" / "internals").glob("*.md"))]
LONGEST_MAP = 130
OF_PLUGINS = ("main.py", "helpers.py")

_WORD = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"[\w/<>*-]+(\.py|\.md|\.graphql|/)")
_NAME = re.compile(r"(\w+\.)*\w*(_\w+|[a-z][A-Z]\w*)(\(.*\))?")
# Names of the platform's API and of settings, which the code does not define as Python names.
_FOREIGN = re.compile(r"[a-z]+([A-Z]\w*)+|KILI_\w+|\[.*|_emulator.*")
# The subject of an event: names separated by dots; the first name is that of an emitted event.
_FIRST_NAMES = "|".join(sorted({each.partition(".")[0] for each in EMITTED}))
_SUBJECT = re.compile(rf"({_FIRST_NAMES})(\.[A-Za-z]+)+")


@functools.cache
def defined_names() -> frozenset[str]:
    """Return all functions, classes, attributes and arguments of the package."""
    names: set[str] = set()
    for file in PACKAGE.rglob("*.py"):
        names.update([file.stem, *file.relative_to(PACKAGE).parts])
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names.add(node.name)
            elif isinstance(node, ast.Attribute):
                names.add(node.attr)
            elif isinstance(node, ast.Name):
                names.add(node.id)
            elif isinstance(node, ast.arg):
                names.add(node.arg)
    return frozenset(names)


def words(page: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return sorted(set(_WORD.findall(text)))


def exists(path: str) -> bool:
    pattern = re.sub(r"<\w+>", "*", path.rstrip("/"))
    places = (PACKAGE, ROOT / "docs", ROOT / "tests")
    return (ROOT / path).exists() or any(next(place.rglob(pattern), None) for place in places)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_names_modules_that_exist(page: Path) -> None:
    modules = [word for word in words(page) if _PATH.fullmatch(word) and word.endswith(".py")]
    assert [each for each in modules if each not in OF_PLUGINS and not exists(each)] == []


def test_map_names_folders_and_files_that_exist() -> None:
    paths = [word for word in words(MAP) if _PATH.fullmatch(word)]
    assert [path for path in paths if not exists(path)] == []


def test_map_names_functions_that_exist() -> None:
    names = [
        name
        for word in words(MAP)
        if _NAME.fullmatch(word) and not _FOREIGN.fullmatch(word) and not _PATH.fullmatch(word)
        for name in word.partition("(")[0].split(".")
        if name not in ("kili", "tx", "info", "self")
    ]
    assert [name for name in names if name not in defined_names()] == []


@pytest.mark.parametrize("page", [*PAGES, GLOSSARY], ids=lambda page: page.stem)
def test_page_names_events_that_the_emulator_emits(page: Path) -> None:
    subjects = {word for word in words(page) if _SUBJECT.fullmatch(word) and not exists(word)}
    assert subjects - EMITTED == set(), f"use a subject of EMITTED in rules/subjects.py: {page}"


def test_map_is_one_page() -> None:
    assert len(MAP.read_text(encoding="utf-8").splitlines()) <= LONGEST_MAP
