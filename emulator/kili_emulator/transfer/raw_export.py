"""Make the state of a project from a raw export of the SDK.

``kili.export_labels(…, fmt="raw")`` writes assets with their labels, in one file or in one per
asset, with or without their media. What it lacks is in the notes of the state.
"""

from __future__ import annotations

import mimetypes
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from kili_emulator import errors, ids
from kili_emulator.clock import format_time, parse_time
from kili_emulator.domain.documents import AssetDoc, LabelDoc
from kili_emulator.domain.file import asset_folder
from kili_emulator.errors import KiliError
from kili_emulator.rules import input_types
from kili_emulator.rules.json_interface import parse_json_interface
from kili_emulator.transfer.export_files import ExportFiles, Title, json_text
from kili_emulator.transfer.inferred_interface import infer_input_type, infer_interface
from kili_emulator.transfer.new_documents import (
    UNKNOWN_USER,
    NewFile,
    asset_document,
    label_document,
    new_file,
    project_document,
    user_document,
)
from kili_emulator.transfer.state_form import State, project_state

# Members in pixels, which the SDK adds to the coordinates of a label.
_IN_PIXELS = frozenset({"vertices", "pointPixels", "polylinePixels"})
_SOME_TIME = "2000-01-01T00:00:00.000Z"
_NEVER_EXPORTED = (
    "the workflow with steps, members without labels, issues, comments, tags, settings, assignees, "
    "priorities, skipped assets, times of labeling, quality marks and the audit trail"
)

# Called with the number of assets that were read, and the number of all.
Progress = Callable[[int, int], None]


class ExportOptions(NamedTuple):
    """What an export does not say.

    Attributes:
        interface: the json interface, a JSON text; ``None`` to infer it from the labels.
        input_type: the input type; ``None`` to infer it.
        title: the title of the project; ``None`` for that of the export.
    """

    interface: str | None = None
    input_type: str | None = None
    title: str | None = None


NO_OPTIONS = ExportOptions()


def _no_progress(done: int, total: int) -> None:
    """Show no progress."""


def read_export(
    path: Path, options: ExportOptions = NO_OPTIONS, progress: Progress = _no_progress
) -> State:
    """Return the state of the project in an export.

    Args:
        path: a zip archive, a folder or a JSON file.

    Raises:
        KiliError: the path is no export, or an option has an unusable value.
    """
    return _Export(ExportFiles(path), path, options).state(progress)


class _Export:
    """An export that is being read."""

    def __init__(self, files: ExportFiles, path: Path, options: ExportOptions) -> None:
        self._files = files
        self._source = path
        self._options = options
        self._title: Title = files.title()
        self._assets = files.assets()
        self._labels = {each["id"]: list(_labels_of(each)) for each in self._assets}
        self._notes: list[str] = []
        self._users: dict[str, Any] = {}
        self._stored: dict[str, NewFile] = {}
        self._without_media = 0
        self._created = self._time_of_project()
        self._project_id = self._title["id"] or ids.derive_common_id(
            "import", *sorted(self._labels)
        )

    def state(self, progress: Progress) -> State:
        """Return the state of the project."""
        project = self._project()
        assets: list[AssetDoc] = []
        labels: list[LabelDoc] = []
        for number, told in enumerate(self._assets, 1):
            asset = self._asset(told)
            assets.append(asset)
            labels += self._labels_of(asset, project["inputType"])
            progress(number, len(self._assets))
        self._note_what_is_missing()
        stored = [each.document for each in self._stored.values()]
        tables: Mapping[str, Any] = {
            "users": list(self._users.values()),
            "projects": [project],
            "assets": assets,
            "labels": sorted(labels, key=lambda each: each["createdAt"]),
            "files": stored,
        }
        blobs = {each.document["digest"]: each.content for each in self._stored.values()}
        source = f"raw export {self._source.name}"
        return project_state(self._project_id, tables, blobs, source=source, notes=self._notes)

    def _project(self) -> Any:
        responses = [each["jsonResponse"] for own in self._labels.values() for each in own]
        input_type = self._options.input_type
        if input_type is None:
            names = [str(each.get("content") or "") for each in self._assets]
            names += [str(each.get("externalId") or "") for each in self._assets]
            input_type = infer_input_type(names, responses)
            self._notes.append(f"The input type is not in an export; {input_type} was inferred.")
        _check_input_type(input_type)
        interface = self._options.interface
        if interface is None:
            interface = json_text(infer_interface(responses, input_type))
            self._notes.append(
                "The json interface is not in an export; it was inferred from the labels, without "
                "categories that no label has."
            )
        _check_interface(interface)
        told = {
            "id": self._project_id,
            "title": self._options.title or self._title["title"] or self._source.stem,
            "description": self._title["description"],
            "inputType": input_type,
            "jsonInterface": interface,
        }
        return project_document(told, self._created)

    def _time_of_project(self) -> str:
        times = [each["createdAt"] for own in self._labels.values() for each in own]
        return min(times, default=_SOME_TIME)

    def _asset(self, told: dict[str, Any]) -> AssetDoc:
        own = self._labels[told["id"]]
        created = min((each["createdAt"] for each in own), default=self._created)
        folder = asset_folder(self._project_id, told["id"])
        members = {
            **told,
            "status": told.get("status") or ("LABELED" if own else "TODO"),
            "content": self._content(told.get("content"), f"{folder}/content", created),
            "jsonContent": self._json_content(told.get("jsonContent"), folder, created),
        }
        return asset_document(members, self._project_id, created)

    def _content(self, content: Any, file_id: str, created: str) -> str:
        """Return a content as documents have it; store its file if it is in the export."""
        if not isinstance(content, str) or not content:
            return ""
        if content.startswith(("http://", "https://")):
            self._without_media += 1
            return content
        found = self._files.media(content)
        if found is None:
            self._without_media += 1
            return ""
        return self._store(file_id, found, _media_type(content), created)

    def _json_content(self, content: Any, folder: str, created: str) -> str:
        """Return the frames of a video or the layers of an image, as documents have them."""
        if not content:
            return ""
        if isinstance(content, str) and content.startswith(("http://", "https://")):
            return content
        value: Any = content
        if isinstance(content, list) and all(isinstance(each, str) for each in content):
            value = {
                str(index): self._content(each, f"{folder}/frame-{index}", created)
                for index, each in enumerate(content)
            }
        text = json_text(value).encode()
        return self._store(f"{folder}/jsonContent", text, "application/json", created, linked=True)

    def _store(
        self, file_id: str, content: bytes, media_type: str, created: str, *, linked: bool = False
    ) -> str:
        told = {"contentType": media_type, "createdAt": created, "linked": linked}
        stored = new_file(file_id, self._project_id, content, told)
        self._stored[file_id] = stored
        return stored.reference

    def _labels_of(self, asset: AssetDoc, input_type: str) -> Iterator[LabelDoc]:
        counts: Counter[str] = Counter()
        for number, told in enumerate(self._labels[asset["id"]]):
            author_id = self._author(told.get("author"))
            members = {
                **told,
                "id": ids.derive_common_id(asset["id"], str(number)),
                "authorId": author_id,
                "jsonResponse": json_text(told["jsonResponse"]),
            }
            yield label_document(members, asset, input_type, counts[author_id])
            counts[author_id] += 1

    def _author(self, told: Any) -> str:
        if not isinstance(told, dict) or not (told.get("id") or told.get("email")):
            return UNKNOWN_USER
        user_id = str(told.get("id") or ids.derive_common_id("user", told["email"]))
        if user_id not in self._users:
            self._users[user_id] = user_document({**told, "id": user_id}, self._created)
        return user_id

    def _note_what_is_missing(self) -> None:
        if self._without_media:
            self._notes.append(
                f"{self._without_media} assets have only the URL of their content, or none: export "
                "with with_assets=True to have the media."
            )
        if self._title["exported"].startswith("latest"):
            self._notes.append(
                f"The export has the labels of the kind {self._title['exported']!r} only, and "
                'assets without such a label are not in it: export with export_type="normal".'
            )
        if not self._title["id"]:
            self._notes.append("Title and id of the project are in no file; new ones were made.")
        self._notes.append(
            "Labels have new ids, as an export has none. The rotation of images is applied to the "
            f"labels. An export also lacks {_NEVER_EXPORTED}."
        )


def _labels_of(asset: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the labels of an asset, in the order of their times."""
    found = asset.get("labels") or asset.get("latestLabels") or [asset.get("latestLabel")]
    labels = [each for each in found if isinstance(each, dict)]
    for each in sorted(labels, key=lambda label: str(label.get("createdAt"))):
        response = each.get("jsonResponse")
        yield {
            **each,
            "createdAt": _time(each.get("createdAt")),
            "labelType": each.get("labelType") or "DEFAULT",
            "jsonResponse": _without_pixels(response if isinstance(response, dict) else {}),
        }


def _time(text: Any) -> str:
    try:
        return format_time(parse_time(str(text)))
    except ValueError:
        return _SOME_TIME


def _without_pixels(value: Any) -> Any:
    """Return a response without the coordinates in pixels that the SDK adds."""
    if isinstance(value, dict):
        return {
            name: _without_pixels(each) for name, each in value.items() if name not in _IN_PIXELS
        }
    return [_without_pixels(each) for each in value] if isinstance(value, list) else value


def _media_type(name: str) -> str:
    found = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return "text/plain; charset=utf-8" if found == "text/plain" else found


def _check_input_type(input_type: str) -> None:
    known = sorted({*input_types.MEDIA_INPUT_TYPES, *input_types.CONVERSATIONS})
    if input_type not in known:
        raise errors.export_option_unusable(
            f"the input type {input_type!r}", f"use one of {', '.join(known)}"
        )


def _check_interface(text: str) -> None:
    try:
        parse_json_interface(text, "createProject")
    except KiliError as error:
        raise errors.export_option_unusable("the json interface", error.message) from None
