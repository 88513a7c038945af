"""The part ``emulator.imports``: projects from exports of the SDK, and from other endpoints."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from kili_emulator.client.states import States

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from kili_emulator.services.states import LoadedState
    from kili_emulator.transfer.pull import Progress as PullProgress
    from kili_emulator.transfer.raw_export import Progress as ReadProgress

_KEY = "KILI_API_KEY"


class PullArguments(TypedDict, total=False):
    """How to copy a project.

    - ``media``: also copy the files of the assets.
    - ``replace``: replace a project of the same id.
    - ``restart``: begin anew, if a copy was interrupted.
    - ``folder``: where pages are kept until the copy is complete; by default, in the user's cache.
    - ``progress``: called with what is read, and the number of objects that were read and of all.
    """

    media: bool
    replace: bool
    restart: bool
    folder: str | PathLike[str] | None
    progress: PullProgress | None


class Imports:
    """Projects that come from other places: ``emulator.imports``.

    Args:
        state: loads the projects.
    """

    def __init__(self, state: States) -> None:
        self._state = state

    def read(
        self,
        path: str | PathLike[str],
        *,
        interface: Mapping[str, Any] | None = None,
        input_type: str | None = None,
        title: str | None = None,
        replace: bool = False,
        progress: ReadProgress | None = None,
    ) -> LoadedState:
        """Add the project of a raw export: of ``kili.export_labels(…, fmt="raw")``.

        Ids of project and assets are those of the export. Authors whom the organization does not
        have are added to it. The world gets all of the export, or nothing.

        Args:
            path: the zip archive, the folder of its content, or its ``data.json``.
            interface: the json interface; by default, it is inferred from the labels.
            input_type: the input type, such as ``IMAGE``; by default, it is inferred.
            title: the title of the project; by default, that of the export.
            replace: replace a project of the same id.
            progress: called with the number of assets that were read, and of all.

        Returns:
            what was loaded; ``notes`` says what the export lacks.

        Raises:
            KiliError: the path is no export, or the project cannot be loaded.
        """
        from kili_emulator.transfer.raw_export import ExportOptions, read_export
        from kili_emulator.transfer.state_file import pack_state

        text = None if interface is None else json.dumps(interface, ensure_ascii=False)
        options = ExportOptions(text, input_type, title)
        optional: dict[str, Any] = {} if progress is None else {"progress": progress}
        state = read_export(Path(path), options, **optional)
        return self._state.load_bytes(pack_state(state), replace=replace)

    def pull(
        self,
        project_id: str,
        endpoint: str,
        key: str | None = None,
        **options: Unpack[PullArguments],
    ) -> LoadedState:
        """Add a copy of a project at another endpoint, which is only read.

        Ids are those of the source. A copy that was interrupted continues where it was.

        Args:
            project_id: the id of the project at the source.
            endpoint: the URL of the source's GraphQL API.
            key: an API key of a member of the project; by default, that in ``KILI_API_KEY``.
            options: see :class:`PullArguments`.

        Returns:
            what was loaded; ``notes`` says what the source does not tell.

        Raises:
            KiliError: the source does not answer, refuses the key or has no such project, or the
                project cannot be loaded.
            ValueError: there is no key.
        """
        from kili_emulator.transfer.page_store import default_folder
        from kili_emulator.transfer.pull import PullOptions, forget_pages, pull_project
        from kili_emulator.transfer.state_file import pack_state

        key = key or os.environ.get(_KEY)
        if not key:
            raise ValueError(f"there is no API key for {endpoint}: give one, or set {_KEY}")
        what = PullOptions(project_id, endpoint, key, options.get("media", False))
        folder = options.get("folder")
        pages = default_folder() if folder is None else Path(folder)
        progress = options.get("progress")
        optional: dict[str, Any] = {} if progress is None else {"progress": progress}
        state = pull_project(what, pages, restart=options.get("restart", False), **optional)
        replace = options.get("replace", False)
        loaded = self._state.load_bytes(pack_state(state), replace=replace)
        forget_pages(what, pages)
        return loaded
