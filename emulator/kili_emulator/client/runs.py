"""The part ``emulator.runs``: the runs of plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict
from urllib.parse import quote

from kili_emulator.client.control_requests import ControlRequests

if TYPE_CHECKING:
    from kili_emulator.domain.documents import RunDoc
    from kili_emulator.domain.run_view import RunDetails, RunView
    from kili_emulator.domain.world import Mark
    from kili_emulator.services.runs import RunLineView

    RunViews = list[RunView]
    RunLines = list[RunLineView]


class _RunPage(TypedDict):
    runs: RunViews
    cursor: str


class RunPage(_RunPage, total=False):
    """Runs, and with ``lines`` their new log lines; ``cursor`` is the position after them."""

    lines: RunLines


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

    def redeliver(self, run_id: str) -> RunDoc:
        """Repeat the delivery of a run to a webhook; return the document of the new run.

        Raises:
            KiliError: the run is unknown, or its plugin is not a webhook.
        """
        document: RunDoc = self._requests.post(f"{_path(run_id)}/redeliver", {})
        return document


def _path(run_id: str) -> str:
    return f"/runs/{quote(run_id, safe='')}"
