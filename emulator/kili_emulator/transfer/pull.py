"""Copy a project from an endpoint of the platform, through the SDK, without changing it.

What was read is kept until the copy is complete, so that an interrupted copy continues.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from kili_emulator import private_files
from kili_emulator.transfer.media import Media
from kili_emulator.transfer.page_store import PageStore
from kili_emulator.transfer.pulled_documents import Pulled
from kili_emulator.transfer.source import PAGE_SIZE, RESOURCES, Resource, Source
from kili_emulator.transfer.state_form import State, project_state

_PROJECT, _TAGS = "project", "tags"
_NEVER_TOLD = (
    "whether labelers are anonymized, the reasons of skips, the labels that issues are about, "
    "times at which members joined, locks, versions of the project, plugins and the audit trail"
)

# Called with what is read, the number of objects that were read, and the number of all.
Progress = Callable[[str, int, int], None]


class PullOptions(NamedTuple):
    """What to copy.

    Attributes:
        project_id: the id of the project at the source.
        endpoint: the URL of the source's GraphQL API.
        key: an API key of a member of the project; it is stored nowhere.
        media: also copy the files of the assets.
    """

    project_id: str
    endpoint: str
    key: str
    media: bool = False


def _no_progress(what: str, done: int, total: int) -> None:
    """Show no progress."""


def pull_project(
    options: PullOptions,
    folder: Path,
    progress: Progress = _no_progress,
    *,
    restart: bool = False,
) -> State:
    """Return the state of a project at an endpoint.

    Args:
        folder: the folder in which pages are kept until they are removed by :func:`forget_pages`.
        restart: do not continue an interrupted copy.

    Raises:
        KiliError: the source does not answer, refuses the key, or has no such project.
    """
    with private_files.temporary_folder("kili-cache-") as cache:
        source = Source(options.endpoint, options.key, Path(cache))
        if restart:
            forget_pages(options, folder)
        store = PageStore.of(folder, options.endpoint, options.project_id)
        return _Pull(source, store, options, progress).state()


def forget_pages(options: PullOptions, folder: Path) -> None:
    """Remove the pages of a copy that is complete."""
    PageStore.of(folder, options.endpoint, options.project_id).remove()


class _Pull:
    """A copy that is being made."""

    def __init__(
        self, source: Source, store: PageStore, options: PullOptions, progress: Progress
    ) -> None:
        self._source = source
        self._store = store
        self._options = options
        self._project_id = options.project_id
        self._progress = progress
        self._notes: list[str] = []
        if not store.is_empty:
            self._notes.append("An interrupted copy was continued: its first pages are older.")

    def state(self) -> State:
        """Read all pages that are not kept yet; return the state of the project."""
        project = self._kept(_PROJECT, lambda: self._source.project(self._project_id))
        tags = self._kept(_TAGS, lambda: self._source.tags(self._project_id))
        pages = {each.field: self._read(each) for each in RESOURCES}
        pages["labels"] = [self._with_response(each) for each in pages["labels"]]
        media = Media(self._source, self._store, self._project_id)
        if self._options.media:
            pages["assets"] = self._with_media(media, pages["assets"])
        pulled = Pulled(project, pages, tags)
        files = list(media.files.values())
        tables = {**pulled.tables(), "files": [each.document for each in files]}
        self._note_what_is_missing(media, pages["assets"])
        return project_state(
            self._project_id,
            tables,
            {each.document["digest"]: each.content for each in files},
            source=f"project {self._project_id} of {self._options.endpoint}",
            notes=self._notes,
        )

    def _kept(self, name: str, read: Callable[[], Any]) -> Any:
        found = self._store.get(name)
        if found is None:
            found = read()
            self._store.put(name, found)
        return found

    def _read(self, resource: Resource) -> list[dict[str, Any]]:
        """Return all objects of a list, each once."""
        total = self._source.count(resource, self._project_id)
        found: dict[str, dict[str, Any]] = {}
        skip = 0
        is_last = not total
        self._progress(resource.field, 0, total)
        while not is_last:
            page = self._page(resource, skip)
            is_last = len(page) < PAGE_SIZE
            found |= {each["id"]: each for each in page}
            skip += PAGE_SIZE
            self._progress(resource.field, len(found), max(total, len(found)))
        if len(found) != total:
            self._notes.append(
                f"The source counts {total} {resource.field}, but listed {len(found)}: it may have "
                "been changed during the copy."
            )
        return list(found.values())

    def _page(self, resource: Resource, skip: int) -> list[dict[str, Any]]:
        page: list[dict[str, Any]] = self._kept(
            f"{resource.field}-{skip:09}",
            lambda: self._source.page(resource, self._project_id, skip),
        )
        return page

    def _with_response(self, label: dict[str, Any]) -> dict[str, Any]:
        """Return a label with its response, which the platform may keep in a file."""
        url = label.get("jsonResponseUrl")
        if not url or label.get("jsonResponse") not in (None, "", "{}"):
            return label
        try:
            return {**label, "jsonResponse": self._source.download(url).content.decode()}
        except (OSError, UnicodeDecodeError):
            self._notes.append(f"The response of label {label['id']} could not be downloaded.")
            return {**label, "jsonResponse": "{}"}

    def _with_media(self, media: Media, assets: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for number, asset in enumerate(assets, 1):
            found.append(media.with_files(asset))
            self._progress("media", number, len(assets))
        return found

    def _note_what_is_missing(self, media: Media, assets: list[dict[str, Any]]) -> None:
        if media.failed:
            self._notes.append(
                f"{len(media.failed)} files could not be downloaded; their assets have the URLs of "
                "the source."
            )
        if not self._options.media and any(each.get("content") for each in assets):
            self._notes.append(
                "Assets have the URLs of the source, which may need its key and may expire: copy "
                "with --media to have the files."
            )
        lacking = self._source.missing_members()
        if lacking:
            self._notes.append(f"The API of the source lacks {', '.join(lacking)}.")
        self._notes.append(f"The API does not tell {_NEVER_TOLD}.")
