"""The files of copied assets: download them, and let documents refer to the copies."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from kili_emulator.domain.file import asset_folder
from kili_emulator.rules.json_text import parse_json
from kili_emulator.transfer.new_documents import NewFile, new_file
from kili_emulator.transfer.page_store import PageStore
from kili_emulator.transfer.source import Download, Source

_MEMBERS = ("content", "jsonContent", "ocrMetadata")
_WEB = ("http://", "https://")


class Media:
    """The files of the assets of a project.

    Attributes:
        files: the id of each file → the file.
        failed: the URLs that could not be downloaded.
    """

    def __init__(self, source: Source, store: PageStore, project_id: str) -> None:
        self._source = source
        self._store = store
        self._project_id = project_id
        self.files: dict[str, NewFile] = {}
        self.failed: list[str] = []

    def with_files(self, asset: dict[str, Any]) -> dict[str, Any]:
        """Return an asset of the API that refers to downloaded files instead of URLs."""
        return {**asset, **{name: self._member(asset, name) for name in _MEMBERS}}

    def _member(self, asset: dict[str, Any], name: str) -> Any:
        url = asset.get(name)
        if not isinstance(url, str) or not url.startswith(_WEB):
            return url
        found = self._download(url)
        if found is None:
            return url
        is_json = name == "jsonContent"
        content = self._with_own_files(found.content, asset) if is_json else found.content
        return self._add(url, asset, name, found._replace(content=content), linked=is_json)

    def _add(
        self, url: str, asset: dict[str, Any], name: str, found: Download, *, linked: bool
    ) -> str:
        folder = asset_folder(self._project_id, asset["id"])
        file_id = _id_in(url, folder) or f"{folder}/{name}"
        told = {
            "contentType": found.content_type,
            "createdAt": asset.get("createdAt") or "",
            "linked": linked,
        }
        added = new_file(file_id, self._project_id, found.content, told)
        self.files[file_id] = added
        return added.reference

    def _with_own_files(self, content: bytes, asset: dict[str, Any]) -> bytes:
        """Return JSON whose URLs of files are replaced by references to downloaded ones."""
        try:
            value = parse_json(content)
        except ValueError:
            return content
        names: list[str] = []
        replaced = self._replaced(value, asset, names)
        return json.dumps(replaced, ensure_ascii=False).encode() if names else content

    def _replaced(self, value: Any, asset: dict[str, Any], names: list[str]) -> Any:
        if isinstance(value, dict):
            return {name: self._replaced(each, asset, names) for name, each in value.items()}
        if isinstance(value, list):
            return [self._replaced(each, asset, names) for each in value]
        is_file = isinstance(value, str) and value.startswith(_WEB) and "{" not in value
        found = self._download(value) if is_file else None
        if found is None:
            return value
        names.append(value)
        return self._add(value, asset, f"part-{len(names)}", found, linked=False)

    def _download(self, url: str) -> Download | None:
        """Return the file at a URL; ``None`` if it cannot be downloaded."""
        kept = self._store.get_file(url)
        if kept is not None:
            return kept
        try:
            found = self._source.download(url)
        except OSError:  # the errors of requests are among them
            self.failed.append(url)
            return None
        self._store.put_file(url, found)
        return found


def _id_in(url: str, folder: str) -> str | None:
    """Return the id of the file in a URL of an emulator, if it is in the folder of the asset."""
    found = parse_qs(urlsplit(url).query).get("id", [""])[0]
    return found if found.startswith(f"{folder}/") and ".." not in found else None
