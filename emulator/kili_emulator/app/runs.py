"""Runs of plugins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kili_emulator.domain.world import Mark
from kili_emulator.services import runs
from kili_emulator.services.runs import RunQuery
from kili_emulator.services.session import WorldSession

RunViews = list[dict[str, Any]]


class Runs:
    """The runs of plugins: ``emulator.runs``; calling it lists them.

    Args:
        session: opens the session of a call.
    """

    def __init__(self, session: Callable[[], WorldSession]) -> None:
        self._session = session

    def list(
        self, *, plugin: str | None = None, project: str | None = None, failed: bool = False
    ) -> RunViews:
        """The runs of plugins, in the order in which they were caused.

        Args:
            plugin: only those of the plugin with this name or id.
            project: only those on the project with this id or title.
            failed: only those that failed.

        Returns:
            each as :func:`kili_emulator.domain.run_view.run_view`.

        Raises:
            KiliError: plugin or project is unknown.
        """
        query = RunQuery(plugin=plugin, project=project, failed=failed)
        return runs.list_runs(self._session().deploy_saved(), query).runs

    __call__ = list  # noqa: A003

    def show(self, run_id: str) -> dict[str, Any]:
        """A run with everything that is known: :func:`kili_emulator.domain.run_view.run_details`.

        Raises:
            KiliError: there is no such run.
        """
        return runs.show_run(self._session().deploy_saved(), run_id)

    def mark_of(self, run_id: str) -> Mark:
        """The moment at which a run's handler was called; ``reset`` brings the world back to it.

        Raises:
            KiliError: there is no such run.
            ValueError: its handler was not called.
        """
        return runs.mark_of_run(self._session().deploy_saved(), run_id)

    def redeliver(self, run_id: str) -> dict[str, Any]:
        """Deliver again what a run delivered to a webhook; the document of the new run.

        Raises:
            KiliError: there is no such run, or it is not one of a webhook.
        """
        return runs.redeliver(self._session(), run_id)
