"""The causal tree below a request: the runs and builds that each run caused."""

from __future__ import annotations

from kili_emulator.domain.event_bus import Delivery


class CausalTree:
    """The unfinished runs of a world, each with the deliveries that its changes started.

    A world delivers events one after another, and delivers the events of a run before the run has
    ended. Therefore all children of a run are known when it ends, even if it used several threads.
    """

    def __init__(self) -> None:
        self._open: dict[str, Delivery] = {}

    def begin(self, run_id: str, delivery: Delivery) -> None:
        """Add a run; remove it when its delivery has ended.

        After a reset, a new run may have the id of an old run that is still being stopped.
        """

        def remove(_: object) -> None:
            if self._open.get(run_id) is delivery:
                del self._open[run_id]

        self._open[run_id] = delivery
        delivery.add_done_callback(remove)

    def add(self, cause: str | None, *started: Delivery) -> None:
        """Add the deliveries that a run started: requests that wait for the run wait for them too.

        Args:
            cause: the id of the run. ``None``, or a run that has ended, adds nothing.
        """
        parent = self._open.get(cause or "")
        if parent:
            parent.children += started
