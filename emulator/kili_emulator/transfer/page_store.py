"""The pages and files that a copy has read, kept in a folder until the copy is complete."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

from kili_emulator import errors, private_files
from kili_emulator.transfer.source import Download

_NAME = re.compile(r"[A-Za-z]+(-\d+)?")


def default_folder() -> Path:
    """Return the folder of this user in which copies are kept until they are complete."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "kili-emulator" / "pulls"


class PageStore:
    """The pages of one copy.

    Args:
        folder: the folder of the copy; it is created.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        private_files.make_folder(folder)
        private_files.make_folder(folder / "media")

    @classmethod
    def of(cls, folder: Path, endpoint: str, project_id: str) -> PageStore:
        """Return the store of a copy of a project, in a folder of all copies."""
        name = hashlib.sha256(f"{endpoint} {project_id}".encode()).hexdigest()[:24]
        private_files.make_folder(folder)
        return cls(folder / name)

    @property
    def is_empty(self) -> bool:
        """Whether no page was kept."""
        return not any(self._folder.glob("*.json"))

    def get(self, name: str) -> Any | None:
        """Return a kept page; ``None`` if it was not read yet.

        Raises:
            KiliError: the file is damaged.
        """
        path = self._path(name)
        try:
            return json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise errors.pull_pages_damaged(str(path)) from None

    def put(self, name: str, page: Any) -> None:
        """Keep a page."""
        _write(self._path(name), json.dumps(page, ensure_ascii=False).encode())

    def get_file(self, url: str) -> Download | None:
        """Return a kept file; ``None`` if it was not downloaded yet."""
        path = self._media(url)
        try:
            return Download(path.read_bytes(), path.with_suffix(".type").read_text())
        except FileNotFoundError:
            return None

    def put_file(self, url: str, found: Download) -> None:
        """Keep a downloaded file."""
        path = self._media(url)
        _write(path.with_suffix(".type"), found.content_type.encode())
        _write(path, found.content)

    def remove(self) -> None:
        """Remove all pages and files."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, name: str) -> Path:
        assert _NAME.fullmatch(name), name
        return self._folder / f"{name}.json"

    def _media(self, url: str) -> Path:
        key = url.partition("&")[0]  # what follows may be a signature, which changes
        return self._folder / "media" / hashlib.sha256(key.encode()).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write a private file, whole or not at all."""
    temporary = path.with_name(f"{path.name}.part")
    private_files.make_file(temporary)
    temporary.write_bytes(content)
    temporary.replace(path)
