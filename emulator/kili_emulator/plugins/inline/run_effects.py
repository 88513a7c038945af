"""What plugins change in this process: noticed for each run, put back when none is at work.

Who changed the environment or the working directory is known: Python tells each such call to
auditing hooks, and ours looks whether a run makes it. So nothing is undone that somebody else in
this process did meanwhile. Of what is not told, such as the locale, it counts what is different
after the run; of attributes of modules, what is the plugin's own.
"""

from __future__ import annotations

import contextlib
import multiprocessing.process
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import thread as thread_pools
from contextvars import ContextVar
from typing import Any

from kili_emulator.plugins.guest.process_state import (
    left_running,
    module_attributes,
    process_settings,
)
from kili_emulator.plugins.guest.process_state.process_settings import (
    ENVIRONMENT,
    FOLDER,
    Change,
    Setting,
)
from kili_emulator.plugins.guest.tracebacks import PACKAGE, Place
from kili_emulator.plugins.inline.memory_growth import MemoryGrowth
from kili_emulator.plugins.inline.standard_streams import StandardStreams

# The packages that plugins are imported below.

_TOLD = {"os.chdir", "os.putenv", "os.unsetenv"}
_STARTS_PROCESS = {
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "subprocess.Popen",
}


class Footprint:
    """What one run, or the import of one version, does to this process.

    Attributes:
        place: where the version's files are.
        changes: what it changed, once it has ended.
        closed: the standard streams that it closed, or tried to, or exchanged.
        threads: those that it started.
        memory: what the process came to need meanwhile.
        overlapped: whether another footprint was being made at the same time. Then only ``threads``
            and what :meth:`note` was told are certainly its own.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.changes: list[Change] = []
        self.closed: list[str] = []
        self.threads: list[threading.Thread] = []
        self.touched: set[Setting] = set()
        self.memory = MemoryGrowth()
        self.overlapped = False
        self._children: dict[int, str] | None = None

    def enter(self) -> None:
        """From here on, what this thread does, and threads that it starts, is of this footprint."""
        current.set(self)

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take down what an auditing hook was told."""
        if event in _TOLD:
            is_folder = event == "os.chdir"
            setting = (FOLDER, "") if is_folder else (ENVIRONMENT, os.fsdecode(arguments[0]))
            self.touched.add(setting)
            _process.touched.add(setting)
        elif self._children is None:
            self._children = left_running.own_children()

    def left_threads(self) -> list[str]:
        """The names of its threads that go on; the process does not wait for them at its end."""
        left = left_running.going_on(self.threads)
        for each in left:
            getattr(thread_pools, "_threads_queues", {}).pop(each, None)
        return [each.name for each in left]

    def left_processes(self) -> list[str]:
        """The names and ids of its processes that go on; nor does it wait for these."""
        if self._children is None:
            return []
        awaited: set[Any] = getattr(multiprocessing.process, "_children", set())
        awaited.difference_update([each for each in awaited if each.pid not in self._children])
        return left_running.new_children(self._children)


current: ContextVar[Footprint | None] = ContextVar("kili_plugin_footprint", default=None)


def is_plugins(module: str) -> bool:
    """Whether a module is a plugin's, by its name."""
    return module.startswith(PACKAGE)


class _Process:
    """All footprints of this process that are being made.

    Attributes:
        touched: what they, and threads that earlier ones left behind, have changed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at_work: list[Footprint] = []
        self._values: process_settings.Values = {}
        self._attributes: module_attributes.Snapshot = []
        self.touched: set[Setting] = set()
        self._streams = StandardStreams(_refuse_to_close)
        self._is_changed = False
        self._is_listening = False

    def begin(
        self, footprint: Footprint, own: Sequence[Change]
    ) -> tuple[process_settings.Values, module_attributes.Snapshot]:
        """Begin with a footprint; how things are when it begins."""
        with self._lock:
            if not self._is_listening:
                sys.addaudithook(_listen)
                self._is_listening = True
            if not self._at_work:
                self._values, self._attributes = process_settings.take(), module_attributes.take()
                self.touched.clear()
                self._streams.guard()
            self._at_work.append(footprint)
            if len(self._at_work) > 1:
                for each in self._at_work:
                    each.overlapped = True
            if not own and not footprint.overlapped:
                return self._values, self._attributes
            self._is_changed |= bool(own)
            self.touched.update(each.setting for each in own)
            process_settings.apply(own)
            return process_settings.take(), module_attributes.take()

    def end(self, footprint: Footprint) -> None:
        """A footprint is made; put everything back if it was the last."""
        with self._lock:
            footprint.closed += self._streams.exchanged() + self._streams.reopen()
            self._is_changed |= bool(footprint.changes)
            self._at_work.remove(footprint)
            if self._at_work:
                return
            self._streams.release()
            if self._is_changed or self.touched:
                self._is_changed = False
                changed = _changes(self._values, self._attributes, self.touched)
                process_settings.put_back(changed)


def _changes(
    values: process_settings.Values, attributes: module_attributes.Snapshot, touched: set[Setting]
) -> list[Change]:
    """What plugins changed since then."""
    told = [
        each
        for each in process_settings.changes(values)
        if each.setting in touched or each.setting[0] not in (ENVIRONMENT, FOLDER)
    ]
    return told + module_attributes.changes(attributes, is_plugins)


@contextlib.contextmanager
def watched(place: Place, own: Sequence[Change] = ()) -> Iterator[Footprint]:
    """Watch what a plugin does meanwhile to this process, and put it back.

    Args:
        place: where the version's files are.
        own: what its import changed, which holds for its runs.
    """
    footprint = Footprint(place)
    values, attributes = _process.begin(footprint, own)
    try:
        yield footprint
    finally:
        try:
            footprint.changes = _changes(values, attributes, footprint.touched)
        finally:
            _process.end(footprint)


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    """The auditing hook: called for much, so that it has to be quick."""
    if event in _TOLD or event in _STARTS_PROCESS:
        footprint = current.get()
        if footprint is not None:
            footprint.note(event, arguments)


def _refuse_to_close(stream: str) -> bool:
    footprint = current.get()
    if footprint is not None:
        footprint.closed.append(stream)
    return footprint is not None


_process = _Process()
