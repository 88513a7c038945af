"""The files of a raw export: of a zip archive, of a folder, or a single JSON file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, TypedDict

from kili_emulator import errors
from kili_emulator.replays import bundle_file
from kili_emulator.rules.json_text import parse_json

_README = "README.kili.txt"
_SINGLE = "data.json"
_LABELS = "labels/"
_MEDIA = ("assets/", "images/")
_README_LINE = re.compile(r"- (?P<name>[A-Z][a-z ]+): (?P<value>.*)")


class Title(TypedDict):
    """What the README of an export says; empty texts for what it does not say."""

    id: str
    title: str
    description: str
    exported: str
    date: str


class ExportFiles:
    """The files of an export.

    Args:
        path: a zip archive, a folder or a JSON file.

    Raises:
        KiliError: the path cannot be read, or has no labels of an export.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries = _read_entries(path)
        self._media = {
            name.rpartition("/")[2]: name for name in self._entries if name.startswith(_MEDIA)
        }

    def assets(self) -> list[dict[str, Any]]:
        """Return the assets with their labels.

        Raises:
            KiliError: there are none, or a file has another content.
        """
        if _SINGLE in self._entries:
            found = self._json(_SINGLE)
            assets = found if isinstance(found, list) else [found]
        else:
            names = sorted(
                each
                for each in self._entries
                if each.startswith(_LABELS) and each.endswith(".json")
            )
            assets = [self._json(each) for each in names]
        for each in assets:
            if not isinstance(each, dict) or not isinstance(each.get("id"), str):
                raise self._unusable("it has an asset without an id")
        if not assets:
            raise self._unusable("it has neither data.json nor files in labels/")
        return assets

    def title(self) -> Title:
        """Return what the README says about the project."""
        text = self._entries.get(_README, b"").decode("utf-8", "replace")
        lines = {match["name"]: match["value"].strip() for match in _README_LINE.finditer(text)}
        return {
            "id": lines.get("Project identifier", ""),
            "title": lines.get("Project name", ""),
            "description": lines.get("Project description", ""),
            "exported": lines.get("Exported labels", ""),
            "date": lines.get("Export date", ""),
        }

    def media(self, name: str) -> bytes | None:
        """Return the bytes of a file of the export, given its path there; ``None`` if missing."""
        entry = self._media.get(name.replace("\\", "/").rpartition("/")[2])
        return None if entry is None else self._entries[entry]

    def _json(self, entry: str) -> Any:
        try:
            return parse_json(self._entries[entry])
        except ValueError as error:
            raise self._unusable(f"{entry} is not JSON ({error})") from None

    def _unusable(self, reason: str) -> errors.KiliError:
        return errors.export_unusable(str(self._path), reason)


def _read_entries(path: Path) -> dict[str, bytes]:
    try:
        if path.is_dir():
            entries = {
                each.relative_to(path).as_posix(): each.read_bytes()
                for each in sorted(path.rglob("*"))
                if each.is_file() and not each.is_symlink()
            }
        elif path.suffix.lower() == ".json":
            entries = {_SINGLE: path.read_bytes()}
        else:
            entries = bundle_file.entries_of(path.read_bytes())
    except OSError as error:
        raise errors.export_unusable(str(path), f"it cannot be read ({error.strerror})") from None
    except bundle_file.ArchiveError as error:
        raise errors.export_unusable(str(path), str(error)) from None
    return _without_top_folder(entries)


def _without_top_folder(entries: dict[str, bytes]) -> dict[str, bytes]:
    """Return entries below their common folder, if somebody packed the folder of an export."""
    tops = {each.partition("/")[0] for each in entries}
    if len(tops) == 1 and all("/" in each for each in entries) and not tops & {"labels", "assets"}:
        return {each.partition("/")[2]: content for each, content in entries.items()}
    return entries


def json_text(value: Any) -> str:
    """Return a value of an export as a JSON text."""
    return json.dumps(value, ensure_ascii=False)
