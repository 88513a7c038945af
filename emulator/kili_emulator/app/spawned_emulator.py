"""An emulator in a process of its own, which ends with this process."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kili_emulator import private_files
from kili_emulator.app.remote_emulator import RemoteEmulator
from kili_emulator.client import ControlPlane, HttpTransport, RequestRefusedError, UnreachableError
from kili_emulator.client.worlds import Scenario
from kili_emulator.config import (
    GRAPHQL_PATH,
    load_embedded_settings,
    settings_table,
)

_EXPORT = re.compile(r"export (KILI_API_ENDPOINT|KILI_API_KEY)=(.+)")
# The server's own time to stop, beyond the wait for running work.
_STOP_SECONDS = 10.0
_START_SECONDS = 60.0
_KEPT_LINES = 2000
# The child finds the package where this process has found it, after all other packages.
_PROGRAM = (
    "import sys; sys.path[:] = [*filter(None, sys.path), sys.argv.pop(1)]; "
    "from kili_emulator.cli import main; main()"
)


class SpawnError(RuntimeError):
    """An emulator did not start in its process; the message has the output of the process."""


class SpawnedEmulator(RemoteEmulator):
    """An emulator in a process of its own; :meth:`kili_emulator.Emulator.spawn` starts it.

    Args:
        scenario: the content of the world.
        options: the settings.
        fast_sdk: make the SDK of this process fast, until :meth:`stop`.

    Raises:
        SettingsError: a value is not valid.
        ScenarioError: the scenario is a dictionary that is not valid.
        SpawnError: the emulator does not start.
    """

    def __init__(
        self, scenario: Scenario | None, options: Mapping[str, Any], *, fast_sdk: bool = True
    ) -> None:
        with contextlib.ExitStack() as undo:
            folder = undo.enter_context(private_files.temporary_folder("kili-spawned-"))
            self._child = _ServerProcess(_environment(scenario, options, Path(folder)))
            undo.callback(self._child.end)
            transport = HttpTransport(*self._child.wait_until_ready())
            super().__init__(transport, fast_sdk=fast_sdk)
            self._ending = undo.pop_all()
        self._control = ControlPlane(transport)
        atexit.register(self.stop)

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._child.pid

    @property
    def output(self) -> str:
        """The last lines that the process has printed."""
        return self._child.output

    def stop(self) -> None:
        """Stop the emulator and its process; a second call does nothing."""
        atexit.unregister(self.stop)
        if not (self._child.is_own and self.is_running):
            return
        super().stop()
        with contextlib.suppress(RequestRefusedError, UnreachableError):
            self._child.wait(self._control.shut_down() + _STOP_SECONDS)
        self._ending.close()


class _ServerProcess:
    """The process of ``kili-emulator start``.

    Args:
        environment: its environment variables, which have all settings.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        package_parent = str(Path(__file__).resolve().parents[2])
        self._owner = os.getpid()
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._exports: dict[str, str] = {}
        self._is_settled = threading.Event()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, package_parent, "start"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, name="output of emulator", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_own(self) -> bool:
        """Whether this process has started it, rather than the one that this was forked from."""
        return self._owner == os.getpid()

    @property
    def output(self) -> str:
        """The last lines that were printed."""
        return "".join(list(self._lines))

    def _read(self) -> None:
        """Keep the output, as the process would wait for a reader if nobody read it."""
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                self._lines.append(line)
                export = None if self._is_settled.is_set() else _EXPORT.match(line)
                if export:
                    self._exports[export[1]] = shlex.split(export[2])[0]
                if len(self._exports) == 2:
                    self._is_settled.set()
        self._is_settled.set()

    def wait_until_ready(self) -> tuple[str, str]:
        """Return the address and the key of the emulator when it is ready.

        Raises:
            SpawnError: it does not start.
        """
        is_in_time = self._is_settled.wait(_START_SECONDS)
        if len(self._exports) < 2:
            problem = "" if is_in_time else f" within {_START_SECONDS:g} seconds"
            raise SpawnError(f"the emulator did not start{problem}:\n{self.output.strip()}")
        endpoint = self._exports["KILI_API_ENDPOINT"]
        return endpoint.removesuffix(GRAPHQL_PATH), self._exports["KILI_API_KEY"]

    def wait(self, seconds: float) -> None:
        """Wait until the process has ended, or the time is over."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)

    def end(self) -> None:
        """End the process, if it still runs."""
        if self._process.poll() is None:
            self._process.terminate()
            self.wait(_STOP_SECONDS)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._reader.join(_STOP_SECONDS)


def _environment(
    scenario: Scenario | None, options: Mapping[str, Any], folder: Path
) -> dict[str, str]:
    """Return the environment variables of the process: they have the settings.

    Args:
        folder: a folder for the files of this emulator.

    Raises:
        SettingsError: a value is not valid.
        ScenarioError: the scenario is a dictionary that is not valid.
    """
    if isinstance(scenario, Mapping):
        scenario = _write_scenario(scenario, folder)
    source = None if scenario is None else os.fspath(scenario)
    settings = load_embedded_settings({"scenario": source, **options})
    values = {name: getattr(settings, name) for name in settings_table()}
    if settings.ephemeral:
        values["data_dir"] = folder / "data"
    variables = {
        settings_table()[name].variable: _variable_text(value)
        for name, value in values.items()
        if value is not None
    }
    return {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", **variables}


def _variable_text(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _write_scenario(scenario: Mapping[str, Any], folder: Path) -> str:
    from kili_emulator.scenario import scenario_of

    path = folder / "scenario.yaml"  # JSON is YAML
    path.write_text(json.dumps(scenario_of(scenario).with_absolute_paths()), encoding="utf-8")
    return str(path)
