"""The faults of one world: add, list and remove them, and find the one that a request meets.

Faults are not stored in the data folder, and a rollback removes them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypedDict, cast

from kili_emulator import errors
from kili_emulator.observe.fault_rule import FaultOptions, FaultRule


class _FaultState(TypedDict):
    id: int
    target: str
    matched: int
    fired: int


class FaultView(FaultOptions, _FaultState):
    """A fault in lists: its rule, its id, and how often it was met.

    - ``matched``: the number of calls that its target and its senders selected.
    - ``fired``: how many of those met the fault.
    """


@dataclass(frozen=True)
class Occasion:
    """A request, or work of the plugin host, that may meet a fault.

    Attributes:
        targets: all targets of rules that select it, such as ``graphql``, ``mutation`` and
            ``createIssues``.
        users: the name of its API key, and the email address of its user.
        plugin: the name of the plugin whose run sent it, or to which the work belongs.
    """

    targets: frozenset[str]
    users: frozenset[str] = frozenset()
    plugin: str | None = None

    def is_selected_by(self, rule: FaultRule) -> bool:
        """Return whether a rule is for such an occasion, regardless of the number of calls."""
        options = rule.options
        sender = "clients" if self.plugin is None else "plugins"
        return (
            rule.target in self.targets
            and ("user" not in options or options["user"] in self.users)
            and options.get("sender", sender) == sender
            and options.get("plugin", self.plugin) == self.plugin
        )


@dataclass(frozen=True)
class MetFault:
    """A fault that takes effect, once."""

    rule: FaultRule
    _interruption: threading.Event

    @property
    def options(self) -> FaultOptions:
        """The members of its rule."""
        return self.rule.options

    def pause(self, seconds: float) -> None:
        """Wait for some seconds, until :meth:`Faults.end_delays` at the latest."""
        self._interruption.wait(seconds)

    def delay(self) -> None:
        """Wait as long as the rule demands."""
        if "delay" in self.options:
            self.pause(self.options["delay"])


@dataclass
class _Fault:
    """A fault; ``number`` counts the faults since the last rollback, for repeatable draws."""

    id: int
    number: int
    rule: FaultRule
    added_at: datetime
    matched: int = 0
    fired: int = 0

    def view(self) -> FaultView:
        counts = {"matched": self.matched, "fired": self.fired}
        return cast(
            FaultView, {"id": self.id, "target": self.rule.target, **self.rule.options, **counts}
        )


@dataclass
class Faults:
    """The faults of one world.

    Attributes:
        now: returns the time of the world.
        draw: returns a random number in [0, 1) for a text, the same for the same text and world.
        is_set: whether there is a fault.
        on_change: called after :attr:`is_set` may have changed.
    """

    now: Callable[[], datetime]
    draw: Callable[[str], float]
    is_set: bool = False
    on_change: Callable[[], None] = lambda: None
    _faults: list[_Fault] = field(default_factory=list)
    _last_id: int = 0
    _number: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _interruption: threading.Event = field(default_factory=threading.Event)

    def add(self, rule: FaultRule) -> FaultView:
        """Add a fault after the present ones."""
        with self._lock:
            self._last_id += 1
            self._number += 1
            fault = _Fault(self._last_id, self._number, rule, self.now())
            self._faults.append(fault)
            self.is_set = True
        self.on_change()
        return fault.view()

    def views(self) -> list[FaultView]:
        """Return the faults in the order in which they were added."""
        with self._lock:
            return [each.view() for each in self._faults]

    def remove(self, fault_id: int) -> FaultView:
        """Remove a fault, and return it as it was at last.

        Raises:
            KiliError: there is no such fault.
        """
        with self._lock:
            found = [each for each in self._faults if each.id == fault_id]
            if not found:
                known = ", ".join(str(each.id) for each in self._faults) or "none"
                raise errors.fault_not_found(fault_id, known)
            self._faults.remove(found[0])
            self.is_set = bool(self._faults)
        self.on_change()
        return found[0].view()

    def clear(self) -> int:
        """Remove all faults, and end the delays of requests; return the number of faults.

        The random draws of further faults begin anew.
        """
        with self._lock:
            count, self._number = len(self._faults), 0
            self._faults.clear()
            self.is_set = False
        self.end_delays()
        self.on_change()
        return count

    def end_delays(self) -> None:
        """Let all that waits by a fault go on."""
        with self._lock:
            self._interruption.set()
            self._interruption = threading.Event()

    def meet(self, occasion: Occasion) -> MetFault | None:
        """Count an occasion as a call of each fault that selects it; return the one it meets.

        Of several faults, the one that was added first takes effect.
        """
        met: _Fault | None = None
        with self._lock:
            for fault in self._faults:
                if occasion.is_selected_by(fault.rule):
                    fault.matched += 1
                    if met is None and self._fires(fault):
                        met = fault
            if met is not None:
                met.fired += 1
            return MetFault(met.rule, self._interruption) if met else None

    def _fires(self, fault: _Fault) -> bool:
        options, call = fault.rule.options, fault.matched
        seconds, probability = options.get("seconds"), options.get("probability")
        return (
            call == options.get("nth", call)
            and call % options.get("every", 1) == 0
            and fault.fired < options.get("times", fault.fired + 1)
            and (seconds is None or self.now() < fault.added_at + timedelta(seconds=seconds))
            and (probability is None or self.draw(f"fault {fault.number} {call}") < probability)
        )
