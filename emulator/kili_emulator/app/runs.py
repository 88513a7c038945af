"""The part ``emulator.runs``: the runs of plugins."""

from __future__ import annotations

from collections.abc import Callable

from kili_emulator.domain.documents import RunDoc
from kili_emulator.domain.run_view import RunDetails, RunView
from kili_emulator.domain.world import Mark
from kili_emulator.services import runs
from kili_emulator.services.runs import RunQuery
from kili_emulator.services.session import WorldSession

RunViews = list[RunView]


class Runs:
    """The runs of plugins: ``emulator.runs``; calling it lists them.

    Args:
        session: returns the context of a service call.
    """

    def __init__(self, session: Callable[[], WorldSession]) -> None:
        self._session = session

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
        query = RunQuery(plugin=plugin, project=project, failed=failed)
        return runs.list_runs(self._session().deploy_saved(), query).runs

    __call__ = list  # noqa: A003

    def show(self, run_id: str) -> RunDetails:
        """Return a run with all details.

        Raises:
            KiliError: the run is unknown.
        """
        return runs.show_run(self._session().deploy_saved(), run_id)

    def mark_of(self, run_id: str) -> Mark:
        """Return the mark of the state in which a run's handler was called, for ``reset``.

        Raises:
            KiliError: the run is unknown.
            ValueError: the run's handler was not called.
        """
        return runs.mark_of_run(self._session().deploy_saved(), run_id)

    def redeliver(self, run_id: str) -> RunDoc:
        """Repeat the delivery of a run to a webhook; return the document of the new run.

        Raises:
            KiliError: the run is unknown, or its plugin is not a webhook.
        """
        return runs.redeliver(self._session(), run_id)
