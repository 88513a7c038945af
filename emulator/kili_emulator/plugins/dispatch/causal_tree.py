"""Which run started what: the edges of the causal tree below a request."""

from __future__ import annotations

from kili_emulator.domain.event_bus import Delivery


class CausalTree:
    """The runs of a world that are not over, and what their changes started.

    A world delivers events one after another, and a run's own before the run is over: what a run
    started is therefore complete by then, however many threads it used.
    """

    def __init__(self) -> None:
        self._open: dict[str, Delivery] = {}

    def begin(self, run_id: str, delivery: Delivery) -> None:
        """Know a run by its id until its delivery is over.

        After a reset, a new run may have the id of one that is only being stopped.
        """

        def forget(_: object) -> None:
            if self._open.get(run_id) is delivery:
                del self._open[run_id]

        self._open[run_id] = delivery
        delivery.add_done_callback(forget)

    def add(self, cause: str | None, *started: Delivery) -> None:
        """Have whoever waits for a run wait for what it started, too.

        Args:
            cause: the id of the run; ``None``, or a run that is over, is nobody's cause.
        """
        parent = self._open.get(cause or "")
        if parent:
            parent.children += started
