"""The part ``emulator.runs``: the runs of plugins."""

from __future__ import annotations

import base64
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import quote

from kili_emulator.client.control_requests import ControlRequests
from kili_emulator.client.transport import ANSWER_SECONDS, Request

if TYPE_CHECKING:
    from kili_emulator.domain.documents import RunDoc
    from kili_emulator.domain.run_view import RunDetails, RunView
    from kili_emulator.domain.world import Mark
    from kili_emulator.replays.comparison import ReplayView
    from kili_emulator.services.runs import RunLineView

    RunViews = list[RunView]
    RunLines = list[RunLineView]


class _RunPage(TypedDict):
    runs: RunViews
    cursor: str


class RunPage(_RunPage, total=False):
    """Runs, and with ``lines`` their new log lines; ``cursor`` is the position after them."""

    lines: RunLines


# How long repetitions, or packing a large world, may take in addition to other requests.
_REPLAY_SECONDS = 3600.0
_BUNDLE_SECONDS = 600.0


class Runs:
    """The runs of plugins: ``emulator.runs``; calling it lists them.

    Args:
        requests: sends the requests.
    """

    def __init__(self, requests: ControlRequests) -> None:
        self._requests = requests

    def list(
        self, *, plugin: str | None = None, project: str | None = None, failed: bool = False
    ) -> RunViews:
        """Return the runs of plugins, in the order in which they were caused.

        Args:
            plugin: return only runs of the plugin with this name or id.
            project: return only runs on the project with this id or title.
            failed: return only runs that failed.

        Raises:
            KiliError: plugin or project is unknown.
        """
        answer = self._requests.get("/runs", plugin=plugin, project=project, failed=failed)
        views: RunViews = answer["runs"]
        return views

    __call__ = list  # noqa: A003

    def page(
        self,
        *,
        plugin: str | None = None,
        project: str | None = None,
        failed: bool = False,
        limit: int | None = None,
        after: str | None = None,
        wait: int = 0,
        lines: bool = False,
    ) -> RunPage:
        """Return runs, and the position after them, from which a further call continues.

        Args:
            plugin: return only runs of the plugin with this name or id.
            project: return only runs on the project with this id or title.
            failed: return only runs that failed.
            limit: the largest number of runs; the latest are returned.
            after: the cursor of an earlier page: return the runs that have ended since then.
            wait: with ``after``, wait up to so many seconds for a run.
            lines: add the new log lines, also those of runs in progress.

        Raises:
            KiliError: plugin or project is unknown.
        """
        page: RunPage = self._requests.get(
            "/runs",
            plugin=plugin,
            project=project,
            failed=failed,
            limit=limit,
            after=after,
            wait=wait,
            lines=lines,
        )
        return page

    def show(self, run_id: str) -> RunDetails:
        """Return a run with all details.

        Raises:
            KiliError: the run is unknown.
        """
        details: RunDetails = self._requests.get(_path(run_id))
        return details

    def mark_of(self, run_id: str) -> Mark:
        """Return the mark of the state in which a run's handler was called, for ``reset``.

        Raises:
            KiliError: the run is unknown.
            ValueError: the run's handler was not called.
        """
        from kili_emulator.domain.world import Mark

        mark = self.show(run_id)["mark"]
        if mark is None:
            raise ValueError(f"the handler of run {run_id} was not called: see its outcome")
        return Mark.parse(mark)

    def replay(
        self, run_id: str, *, plugin: str | PathLike[str] | None = None, times: int = 1
    ) -> ReplayView:
        """Call the handler of a run again, in a copy of the world as it was before the run.

        The world does not change. Clock, ids and seeds of the copy are those of the run.

        Args:
            plugin: the folder or ``.py`` file of edited code; ``None`` for the code that ran.
            times: how often to repeat the run, each time in a new copy.

        Returns:
            the repetitions, compared with the record of the run.

        Raises:
            KiliError: the run is unknown or cannot be repeated, or there is no plugin at the path.
        """
        data: dict[str, Any] = {"times": times}
        if plugin is not None:
            from kili_emulator.replays.plugin_code import read_code

            data["archive"] = base64.b64encode(read_code(Path(plugin)).archive).decode()
        view: ReplayView = self._requests.post(
            f"{_path(run_id)}/replay", data, wait=_REPLAY_SECONDS
        )
        return view

    def bundle(self, run_id: str, path: str | PathLike[str], *, whole_world: bool = False) -> Path:
        """Pack a run into a file, with what is needed to repeat it elsewhere, but no keys.

        Args:
            path: the file, which is replaced if it exists.
            whole_world: pack all projects, instead of those that the run could see and named.

        Returns:
            the path of the file.

        Raises:
            KiliError: the run is unknown or cannot be repeated, or the file cannot be written.
        """
        from kili_emulator.replays.bundle_file import write_archive

        write_archive(Path(path), self.bundle_bytes(run_id, whole_world=whole_world))
        return Path(path)

    def bundle_bytes(self, run_id: str, *, whole_world: bool = False) -> bytes:
        """Return the content of the file that :meth:`bundle` writes."""
        parameters = {"wholeWorld": str(whole_world).lower()}
        path = self._requests.world_path(f"{_path(run_id)}/bundle")
        request = Request("GET", path, parameters, None, ANSWER_SECONDS + _BUNDLE_SECONDS)
        return self._requests.answer_to(request).content

    def redeliver(self, run_id: str) -> RunDoc:
        """Repeat the delivery of a run to a webhook; return the document of the new run.

        Raises:
            KiliError: the run is unknown, or its plugin is not a webhook.
        """
        document: RunDoc = self._requests.post(f"{_path(run_id)}/redeliver", {})
        return document


def _path(run_id: str) -> str:
    return f"/runs/{quote(run_id, safe='')}"
