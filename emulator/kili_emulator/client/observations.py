"""What happened: API requests, events, log lines, and the tree of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from kili_emulator.client.control_requests import ControlRequests

if TYPE_CHECKING:
    from kili_emulator.observe.timeline import RequestNode
    from kili_emulator.services.calls import ApiCallView
    from kili_emulator.services.events import EventView
    from kili_emulator.services.runs import RunLineView

    LogLines = list[RunLineView]
    RequestNodes = list[RequestNode]


class LogPage(TypedDict):
    """Log lines; ``next`` is the position after them."""

    lines: LogLines
    next: int


class TimelinePage(TypedDict):
    """Requests with the trees of their effects; ``cursor`` is the position after them."""

    requests: RequestNodes
    cursor: str


class Observations:
    """What happened in a world: ``emulator.calls(…)``, ``emulator.events(…)`` and the like.

    Args:
        requests: sends the requests.
    """

    def __init__(self, requests: ControlRequests) -> None:
        self._requests = requests

    def calls(
        self,
        operation: str | None = None,
        *,
        user: str | None = None,
        failed: bool | None = None,
        limit: int | None = None,
    ) -> list[ApiCallView]:
        """Return the latest API requests, in the order of their arrival.

        A reset drops those that it undoes. The emulator keeps the latest ``kept_requests`` in
        memory.

        Args:
            operation: a root field, such as ``createIssues``; the name of an operation that a
                client sent; ``graphql``, ``query``, ``mutation``, ``upload`` or ``download`` for
                all such requests.
            user: the sender: an e-mail address, the name of an API key, or the name of a plugin.
            failed: only requests that were answered with an error, or only the others.
            limit: the largest number of requests.

        Raises:
            KiliError: there is no such operation, user or plugin.
        """
        answer = self._requests.get(
            "/calls", operation=operation, user=user, failed=failed, limit=limit
        )
        found: list[ApiCallView] = answer["calls"]
        return found

    def events(
        self,
        type: str | None = None,  # noqa: A002
        *,
        project: str | None = None,
        asset: str | None = None,
        run: str | None = None,
        internal: bool = False,
        limit: int | None = None,
    ) -> list[EventView]:
        """Return events, in order: those of the audit trail.

        Args:
            type: the name of the events, or a pattern such as ``asset.*``.
            project: the id or title of their project.
            asset: the id of their asset, or with ``project`` its external id.
            run: the id of the run that caused them.
            internal: include the emulator's own events, such as ``plugin.activated``.
            limit: the largest number of events; the latest are returned.

        Raises:
            KiliError: there is no such event, project or asset.
        """
        answer = self._requests.get(
            "/events",
            type=type,
            project=project,
            asset=asset,
            run=run,
            internal=internal,
            limit=limit,
        )
        found: list[EventView] = answer["events"]
        return found

    def logs(
        self, plugin: str | None = None, *, project: str | None = None, limit: int | None = None
    ) -> list[RunLineView]:
        """Return the log lines of plugins, in the order in which they were stored.

        Args:
            plugin: only lines of the plugin with this name or id.
            project: only lines of runs on the project with this id or title.
            limit: the largest number of lines; the latest are returned.

        Raises:
            KiliError: plugin or project is unknown.
        """
        return self.log_page(plugin, project=project, limit=limit)["lines"]

    def log_page(
        self,
        plugin: str | None = None,
        *,
        project: str | None = None,
        limit: int | None = None,
        after: int | None = None,
        wait: int = 0,
    ) -> LogPage:
        """Return log lines as :meth:`logs`, and the position after them.

        Args:
            after: the position of an earlier page: return the lines since then.
            wait: with ``after``, wait up to so many seconds for a line.
        """
        page: LogPage = self._requests.get(
            "/logs", plugin=plugin, project=project, limit=limit, after=after, wait=wait
        )
        return page

    def timeline(
        self,
        *,
        run: str | None = None,
        asset: str | None = None,
        project: str | None = None,
        limit: int | None = None,
    ) -> list[RequestNode]:
        """Return the requests that no plugin sent, oldest first, each with the tree of its effects.

        :func:`kili_emulator.observe.timeline.text_of` formats a tree.

        Args:
            run: the id of a run: only what led to it, and its effects.
            asset: the id of an asset, or with ``project`` its external id.
            project: the id or title of a project.
            limit: the largest number of requests; the latest are returned.

        Raises:
            KiliError: run, asset or project is unknown, or ``run`` is given with another one.
        """
        page = self.timeline_page(run=run, asset=asset, project=project, limit=limit)
        return page["requests"]

    def timeline_page(
        self,
        *,
        run: str | None = None,
        asset: str | None = None,
        project: str | None = None,
        limit: int | None = None,
        after: str | None = None,
        wait: int = 0,
    ) -> TimelinePage:
        """Return requests as :meth:`timeline`, and the position after them.

        Args:
            after: the cursor of an earlier page: return the requests that have ended since then.
            wait: with ``after``, wait up to so many seconds for a request.
        """
        page: TimelinePage = self._requests.get(
            "/timeline",
            run=run,
            asset=asset,
            project=project,
            limit=limit,
            after=after,
            wait=wait,
        )
        return page
