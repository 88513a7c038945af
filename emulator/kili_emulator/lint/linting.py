"""Holds a plugin against all rules."""

from __future__ import annotations

from collections.abc import Iterable

from kili_emulator.lint.catalogue import CHECKS
from kili_emulator.lint.plugin import Plugin, Source
from kili_emulator.lint.rule import Finding
from kili_emulator.lint.suppressions import read_suppressions
from kili_emulator.lint.uploaded_files import check_folder, read_modules


def read(source: Source) -> tuple[Plugin, list[Finding]]:
    """A plugin with its files read, and what is wrong with the files."""
    modules, found = read_modules(source)
    return Plugin(source, modules), [*found, *check_folder(source)]


def check(plugin: Plugin) -> list[Finding]:
    """What is wrong with a plugin whose files are read."""
    return [finding for each in CHECKS for finding in each(plugin)]


def filter_suppressed(findings: Iterable[Finding], texts: dict[str, str]) -> list[Finding]:
    """The findings that are not silenced, each once, in the order of files and lines.

    Args:
        texts: the files that may silence findings, by their path.
    """
    suppressions = {path: read_suppressions(path, text) for path, text in texts.items()}
    return sorted(
        each
        for each in set(findings)
        if each.file not in suppressions or not suppressions[each.file].covers(each.line, each.code)
    )
