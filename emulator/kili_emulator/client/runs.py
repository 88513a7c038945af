"""The part ``emulator.runs``: the runs of plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from kili_emulator.client.control_requests import ControlRequests

if TYPE_CHECKING:
    from kili_emulator.domain.documents import RunDoc
    from kili_emulator.domain.run_view import RunDetails, RunView
    from kili_emulator.domain.world import Mark

    RunViews = list[RunView]


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
