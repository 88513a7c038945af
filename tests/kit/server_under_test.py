"""An emulator in a separate process, for tests that must not share a process with it."""

from __future__ import annotations

import itertools
import os
import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import requests

from tests.kit import warm_interpreter

_EXPORT = re.compile(r"export (KILI_API_ENDPOINT|KILI_API_KEY)=(\S+)")
_DIRECT: dict[str, Any] = {"proxies": {"http": "", "https": ""}}


@dataclass(frozen=True)
class RemoteWorld:
    """A world of a server process.

    Attributes:
        name: the world's name.
        endpoint: the value for ``KILI_API_ENDPOINT``.
        keys: user → API key.
        project_id: the scenario's first project; empty if it has none.
    """

    server: ServerUnderTest
    name: str
    endpoint: str
    keys: dict[str, str]
    project_id: str

    def environment(self, user: str = "admin") -> dict[str, str]:
        return {"KILI_API_ENDPOINT": self.endpoint, "KILI_API_KEY": self.keys[user]}

    def export(self) -> dict[str, list[dict[str, Any]]]:
        """Return all documents by table."""
        return dict(self.server.control("GET", f"/worlds/{self.name}/export"))

    def wait_idle(self, seconds: float = 30) -> bool:
        """Wait until no plugin runs; return whether this happened in time."""
        path = f"/worlds/{self.name}/wait-idle"
        return bool(self.server.control("POST", path, json={"timeout": seconds})["idle"])


class ServerUnderTest:
    """``kili-emulator start`` on a free port.

    Args:
        data_dir: the data folder of the server, by which commands find it; an ephemeral server
            writes only its request log there.
        options: additional options of the command.
        environment: additional variables.
    """

    def __init__(
        self, data_dir: Path, *options: str, environment: Mapping[str, str] | None = None
    ) -> None:
        self.data_dir = data_dir
        self._environment = environment or {}
        self.request_log = data_dir / "requests.jsonl"
        self._options = options
        self._numbers = itertools.count(1)
        self._process: warm_interpreter.Process | None = None
        self.output: list[str] = []

    def start(self) -> None:
        command = ["-m", "kili_emulator", "start", "--port", "0", "--data-dir"]
        self._process = self._launch([*command, str(self.data_dir), *self._options])
        self.output = []
        exports: dict[str, str] = {}
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.output.append(line.rstrip("\n"))
            exports.update(_EXPORT.findall(line))
            if len(exports) == 2:
                break
        else:
            self._process.communicate()
            raise AssertionError("the server did not start:\n" + "\n".join(self.output))
        self.url = exports["KILI_API_ENDPOINT"].removesuffix("/api/label/v2/graphql")
        self._key, self.pid = exports["KILI_API_KEY"], self._process.pid

    def _launch(self, arguments: list[str]) -> warm_interpreter.Process:
        return warm_interpreter.start(
            arguments,
            environment={**os.environ, "PYTHONUNBUFFERED": "1", **self._environment},
            errors="backslashreplace",  # plugins may write to this stream, too
        )

    def kill(self) -> None:
        """Kill the process; it cannot clean up."""
        assert self._process is not None
        self._process.kill()
        self._process.communicate()

    def wait_for_end(self) -> None:
        """Wait until the process ends, even if its child processes keep its output open."""
        assert self._process is not None
        self._process.wait(timeout=30)

    def end_by_signal(self, how: signal.Signals) -> None:
        """End the process by a signal, even if its child processes keep its output open."""
        assert self._process is not None
        self._process.send_signal(how)
        self.wait_for_end()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def stop(self) -> int:
        """Stop the server as Ctrl-C does, and return the exit status."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        rest, _ = self._process.communicate(timeout=30)
        self.output += (rest or "").splitlines()
        return self._process.returncode

    def control(self, method: str, path: str, **options: Any) -> Any:
        """Call the control plane."""
        answer = requests.request(
            method,
            f"{self.url}/_emulator{path}",
            headers={"Authorization": f"X-API-Key: {self._key}"},
            timeout=60,
            **_DIRECT,
            **options,
        )
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def world(self, name: str = "default") -> RemoteWorld:
        """Return an existing world."""
        worlds = {each["name"]: each for each in self.control("GET", "/worlds")}
        return self._remote_world(worlds[name])

    def new_world(self, scenario: str = "default", seed: int | None = 0) -> RemoteWorld:
        """Create a world, and return it."""
        data = {"name": f"w{next(self._numbers)}", "scenario": scenario, "seed": seed}
        return self._remote_world(self.control("POST", "/worlds", json=data))

    def _remote_world(self, world_view: dict[str, Any]) -> RemoteWorld:
        projects = world_view["projects"]
        return RemoteWorld(
            self,
            world_view["name"],
            f"{self.url}/api/label/v2/graphql",
            world_view["keys"],
            projects[0]["id"] if projects else "",
        )

    def __enter__(self) -> ServerUnderTest:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
