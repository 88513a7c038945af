"""The effects of runs on this process: recorded for each run, undone when no run is active.

For the environment and the working directory, the author of a change is known: Python reports each
such call to audit hooks, and the hook of this module checks whether a run makes the call. So
changes of other code in this process are never undone. Other settings, such as the locale, are
compared before and after the run. Attributes of modules count if the plugin defined their new
value.
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
    Setting,
    StateChange,
)
from kili_emulator.plugins.guest.tracebacks import PACKAGE, CodeLocation
from kili_emulator.plugins.inline.memory_growth import MemoryGrowth
from kili_emulator.plugins.inline.standard_streams import StandardStreams

# Names of audit events.
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
    """The effects of one run, or of the import of one version, on this process.

    Attributes:
        location: where the version's files are.
        changes: the changes of settings and module attributes; set when the run has ended.
        closed_streams: the standard streams that were closed or replaced, or that the run tried
            to close.
        threads: the threads that the run started.
        touched_settings: the settings that the run itself changed, from audit events.
        memory: the growth of the process's memory during the run.
        overlapped: whether another run was active at the same time. Then only ``threads`` and
            ``touched_settings`` certainly belong to this run.
    """

    def __init__(self, location: CodeLocation) -> None:
        self.location = location
        self.changes: list[StateChange] = []
        self.closed_streams: list[str] = []
        self.threads: list[threading.Thread] = []
        self.touched_settings: set[Setting] = set()
        self.memory = MemoryGrowth()
        self.overlapped = False
        self._children: dict[int, str] | None = None

    def attach_current_thread(self) -> None:
        """Record from now on what this thread, and the threads that it starts, do."""
        current.set(self)

    def record_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Record an audit event: a changed setting, or the start of a process."""
        if event in _SETTING_EVENTS:
            is_folder = event == "os.chdir"
            setting = (FOLDER, "") if is_folder else (ENVIRONMENT, os.fsdecode(arguments[0]))
            self.touched_settings.add(setting)
            _process_effects.touched_settings.add(setting)
        elif self._children is None:
            self._children = left_running.find_own_children()

    def threads_left_running(self) -> list[str]:
        """Return the names of the threads that still run.

        When this process ends, it does not wait for them.
        """
        running = left_running.still_running(self.threads)
        for thread in running:
            getattr(thread_pools, "_threads_queues", {}).pop(thread, None)
        return [thread.name for thread in running]

    def processes_left_running(self) -> list[str]:
        """Return the names and ids of the child processes that still run.

        When this process ends, it does not wait for them.
        """
        if self._children is None:
            return []
        joined_at_exit: set[Any] = getattr(multiprocessing.process, "_children", set())
        joined_at_exit.difference_update(
            [each for each in joined_at_exit if each.pid not in self._children]
        )
        return left_running.list_new_children(self._children)


current: ContextVar[RunEffects | None] = ContextVar("kili_run_effects", default=None)


def is_plugin_module(module: str) -> bool:
    """Return whether a module belongs to a plugin, by its name."""
    return module.startswith(PACKAGE)


class _ProcessEffects:
    """The effects of all active runs, and the state of this process before the first of them.

    Attributes:
        touched_settings: the settings that active runs, and threads that earlier runs left
            behind, have changed.
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
        self, effects: RunEffects, import_changes: Sequence[StateChange]
    ) -> tuple[process_settings.Values, module_attributes.Snapshot]:
        """Add a run, and make the changes of its version's import again.

        The first active run takes the snapshot that :meth:`end` restores.

        Returns:
            the settings and the module attributes with which the run begins.
        """
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
                for active in self._active:
                    active.overlapped = True
            if not import_changes and not effects.overlapped:
                return self._values, self._attributes
            self._is_changed |= bool(import_changes)
            self.touched_settings.update(each.setting for each in import_changes)
            process_settings.reapply(import_changes)
            return process_settings.take_snapshot(), module_attributes.take_snapshot()

    def end(self, effects: RunEffects) -> None:
        """Remove a run; restore the state of the process if it was the last active run."""
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
) -> list[StateChange]:
    """Return the changes of plugins since two snapshots.

    Args:
        touched_settings: the variables, and the working directory, that plugins have changed.
    """
    setting_changes = [
        each
        for each in process_settings.find_changes(values)
        if each.setting in touched_settings or each.setting[0] not in (ENVIRONMENT, FOLDER)
    ]
    return setting_changes + module_attributes.find_changes(attributes, is_plugin_module)


@contextlib.contextmanager
def record_effects(
    location: CodeLocation, import_changes: Sequence[StateChange] = ()
) -> Iterator[RunEffects]:
    """Record the effects of the code in the block, and undo them after the last active run.

    Args:
        location: where the version's files are.
        import_changes: the changes of the version's import, which hold for its runs.
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
    """Record the audit events of runs. Python calls this very often, so it must be quick."""
    if event in _SETTING_EVENTS or event in _PROCESS_EVENTS:
        effects = current.get()
        if effects is not None:
            effects.record_event(event, arguments)


def _refuse_to_close(stream: str) -> bool:
    """Record that a run closes a stream; return whether a run does so."""
    effects = current.get()
    if effects is not None:
        effects.closed_streams.append(stream)
    return effects is not None


_process_effects = _ProcessEffects()
