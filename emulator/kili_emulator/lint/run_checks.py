"""Run all checks on a plugin."""

from __future__ import annotations

from collections.abc import Iterable

from kili_emulator.lint.catalogue import CHECKS
from kili_emulator.lint.checks.uploaded_files import check_folder, read_modules
from kili_emulator.lint.plugin import Plugin, Source
from kili_emulator.lint.rule import Finding
from kili_emulator.lint.suppressions import read_suppressions


def read(source: Source) -> tuple[Plugin, list[Finding]]:
    """Parse the files of a plugin; return the plugin and the problems of the files."""
    modules, found = read_modules(source)
    return Plugin(source, modules), [*found, *check_folder(source)]


def check(plugin: Plugin) -> list[Finding]:
    """Return the findings of all checks."""
    return [finding for each in CHECKS for finding in each(plugin)]


def filter_suppressed(findings: Iterable[Finding], texts: dict[str, str]) -> list[Finding]:
    """Drop suppressed and repeated findings; sort the others by file and line.

    Args:
        texts: path → text of the files with ``# noqa`` comments.
    """
    suppressions = {path: read_suppressions(path, text) for path, text in texts.items()}
    return sorted(
        each
        for each in set(findings)
        if each.file not in suppressions or not suppressions[each.file].covers(each.line, each.code)
    )
