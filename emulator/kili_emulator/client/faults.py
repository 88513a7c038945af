"""The part ``emulator.faults``: let requests and plugins fail on purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kili_emulator.client.control_requests import ControlRequests

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from kili_emulator.observe.fault_rule import FaultOptions
    from kili_emulator.observe.faults import FaultView

    FaultViews = list[FaultView]


class Fault:
    """A fault that was added; as a context manager, it is removed at the end of the block.

    ::

        with emulator.faults.add("createIssues", status=503) as fault:
            ...
        assert fault.fired == 1

    Args:
        faults: the part that added it.
        view: the fault as it was added.
    """

    def __init__(self, faults: Faults, view: FaultView) -> None:
        self._faults = faults
        self._view = view

    @property
    def id(self) -> int:
        """The number of the fault, for ``faults.remove``."""
        return self._view["id"]

    @property
    def view(self) -> FaultView:
        """The fault with its present counts, or with the last ones if it was removed."""
        self._view = self._find() or self._view
        return self._view

    @property
    def matched(self) -> int:
        """The number of calls that the target and the senders of the fault selected."""
        return self.view["matched"]

    @property
    def fired(self) -> int:
        """How many of those met the fault."""
        return self.view["fired"]

    def remove(self) -> None:
        """Remove the fault, unless it was removed already, as by a reset."""
        if self._find():
            self._view = self._faults.remove(self.id)

    def _find(self) -> FaultView | None:
        return next((each for each in self._faults.list() if each["id"] == self.id), None)

    def __enter__(self) -> Fault:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()


class Faults:
    """The faults of the emulator's world: ``emulator.faults``; a reset removes them.

    Args:
        requests: sends the requests.
    """

    def __init__(self, requests: ControlRequests) -> None:
        self._requests = requests

    def add(self, target: str, **options: Unpack[FaultOptions]) -> Fault:
        """Let requests fail: ``add("createIssues", status=503, times=2)``.

        Args:
            target: a root field of GraphQL; ``operation:NAME``, ``graphql``, ``query``,
                ``mutation``; ``version``, ``upload``, ``download``; ``webhook``, ``deploy``,
                ``run``.
            options: when, and what happens: see
                :class:`kili_emulator.observe.fault_rule.FaultOptions`.

        Raises:
            KiliError: the rule is not valid.
        """
        views: FaultViews = self._requests.post("/faults", {"target": target, **options})
        return Fault(self, views[0])

    def add_preset(self, name: str) -> FaultViews:
        """Add a ready-made set of faults, ``rate-limit`` or ``flaky-network``, and return it.

        Raises:
            KiliError: there is no such set.
        """
        views: FaultViews = self._requests.post("/faults", {"preset": name})
        return views

    def load(self, rules: Sequence[Mapping[str, Any]]) -> FaultViews:
        """Add several faults, all of them or none, and return them.

        Args:
            rules: the arguments of :meth:`add` as dictionaries, each with its ``target``.

        Raises:
            KiliError: a rule is not valid.
        """
        data = {"faults": [dict(each) for each in rules]}
        views: FaultViews = self._requests.post("/faults", data)
        return views

    def list(self) -> FaultViews:
        """Return the faults with their counts, in the order in which they were added."""
        views: FaultViews = self._requests.get("/faults")
        return views

    def remove(self, fault_id: int) -> FaultView:
        """Remove a fault, and return it with its last counts.

        Raises:
            KiliError: there is no such fault.
        """
        path = self._requests.world_path(f"/faults/{fault_id}")
        view: FaultView = self._requests.send("DELETE", path)
        return view

    def clear(self) -> int:
        """Remove all faults; return their number."""
        answer = self._requests.send("DELETE", self._requests.world_path("/faults"))
        return int(answer["removed"])
