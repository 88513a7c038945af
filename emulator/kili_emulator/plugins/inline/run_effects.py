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
from kili_emulator.plugins.guest.tracebacks import PACKAGE, CodeLocation
from kili_emulator.plugins.inline.memory_growth import MemoryGrowth
from kili_emulator.plugins.inline.standard_streams import StandardStreams

# The packages that plugins are imported below.

_SETTING_EVENTS = {"os.chdir", "os.putenv", "os.unsetenv"}
_PROCESS_EVENTS = {
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "subprocess.Popen",
}


class RunEffects:
    """What one run, or the import of one version, does to this process.

    Attributes:
        location: where the version's files are.
        changes: what it changed, once it has ended.
        closed_streams: the standard streams that it closed, or tried to, or exchanged.
        threads: those that it started.
        memory: what the process came to need meanwhile.
        overlapped: whether another footprint was being made at the same time. Then only ``threads``
            and what :meth:`record_event` was told are certainly its own.
    """

    def __init__(self, location: CodeLocation) -> None:
        self.location = location
        self.changes: list[Change] = []
        self.closed_streams: list[str] = []
        self.threads: list[threading.Thread] = []
        self.touched_settings: set[Setting] = set()
        self.memory = MemoryGrowth()
        self.overlapped = False
        self._children: dict[int, str] | None = None

    def attach_current_thread(self) -> None:
        """From here on, what this thread does, and threads that it starts, is of this footprint."""
        current.set(self)

    def record_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take down what an auditing hook was told."""
        if event in _SETTING_EVENTS:
            is_folder = event == "os.chdir"
            setting = (FOLDER, "") if is_folder else (ENVIRONMENT, os.fsdecode(arguments[0]))
            self.touched_settings.add(setting)
            _process_effects.touched_settings.add(setting)
        elif self._children is None:
            self._children = left_running.find_own_children()

    def threads_left_running(self) -> list[str]:
        """The names of its threads that go on; the process does not wait for them at its end."""
        running = left_running.still_running(self.threads)
        for each in running:
            getattr(thread_pools, "_threads_queues", {}).pop(each, None)
        return [each.name for each in running]

    def processes_left_running(self) -> list[str]:
        """The names and ids of its processes that go on; nor does it wait for these."""
        if self._children is None:
            return []
        joined_at_exit: set[Any] = getattr(multiprocessing.process, "_children", set())
        joined_at_exit.difference_update(
            [each for each in joined_at_exit if each.pid not in self._children]
        )
        return left_running.list_new_children(self._children)


current: ContextVar[RunEffects | None] = ContextVar("kili_plugin_footprint", default=None)


def is_plugin_module(module: str) -> bool:
    """Whether a module is a plugin's, by its name."""
    return module.startswith(PACKAGE)


class _ProcessEffects:
    """All footprints of this process that are being made.

    Attributes:
        touched_settings: what they, and threads that earlier ones left behind, have changed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._active: list[RunEffects] = []
        self._values: process_settings.Values = {}
        self._attributes: module_attributes.Snapshot = []
        self.touched_settings: set[Setting] = set()
        self._streams = StandardStreams(_refuse_to_close)
        self._is_changed = False
        self._has_audit_hook = False

    def begin(
        self, effects: RunEffects, import_changes: Sequence[Change]
    ) -> tuple[process_settings.Values, module_attributes.Snapshot]:
        """Begin with a footprint; how things are when it begins."""
        with self._lock:
            if not self._has_audit_hook:
                sys.addaudithook(_audit_hook)
                self._has_audit_hook = True
            if not self._active:
                self._values, self._attributes = (
                    process_settings.take_snapshot(),
                    module_attributes.take_snapshot(),
                )
                self.touched_settings.clear()
                self._streams.guard()
            self._active.append(effects)
            if len(self._active) > 1:
                for each in self._active:
                    each.overlapped = True
            if not import_changes and not effects.overlapped:
                return self._values, self._attributes
            self._is_changed |= bool(import_changes)
            self.touched_settings.update(each.setting for each in import_changes)
            process_settings.reapply(import_changes)
            return process_settings.take_snapshot(), module_attributes.take_snapshot()

    def end(self, effects: RunEffects) -> None:
        """A footprint is made; put everything back if it was the last."""
        with self._lock:
            effects.closed_streams += self._streams.find_replaced() + self._streams.reopen()
            self._is_changed |= bool(effects.changes)
            self._active.remove(effects)
            if self._active:
                return
            self._streams.release()
            if self._is_changed or self.touched_settings:
                self._is_changed = False
                changed = _find_changes(self._values, self._attributes, self.touched_settings)
                process_settings.restore(changed)


def _find_changes(
    values: process_settings.Values,
    attributes: module_attributes.Snapshot,
    touched_settings: set[Setting],
) -> list[Change]:
    """What plugins changed since then."""
    setting_changes = [
        each
        for each in process_settings.find_changes(values)
        if each.setting in touched_settings or each.setting[0] not in (ENVIRONMENT, FOLDER)
    ]
    return setting_changes + module_attributes.find_changes(attributes, is_plugin_module)


@contextlib.contextmanager
def record_effects(
    location: CodeLocation, import_changes: Sequence[Change] = ()
) -> Iterator[RunEffects]:
    """Watch what a plugin does meanwhile to this process, and put it back.

    Args:
        location: where the version's files are.
        import_changes: what its import changed, which holds for its runs.
    """
    effects = RunEffects(location)
    values, attributes = _process_effects.begin(effects, import_changes)
    try:
        yield effects
    finally:
        try:
            effects.changes = _find_changes(values, attributes, effects.touched_settings)
        finally:
            _process_effects.end(effects)


def _audit_hook(event: str, arguments: tuple[Any, ...]) -> None:
    """The auditing hook: called for much, so that it has to be quick."""
    if event in _SETTING_EVENTS or event in _PROCESS_EVENTS:
        effects = current.get()
        if effects is not None:
            effects.record_event(event, arguments)


def _refuse_to_close(stream: str) -> bool:
    effects = current.get()
    if effects is not None:
        effects.closed_streams.append(stream)
    return effects is not None


_process_effects = _ProcessEffects()
