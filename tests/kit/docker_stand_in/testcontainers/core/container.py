"""A "container": the command of the image as a process of this machine, on a free port."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from types import TracebackType

from testcontainers.core.wait_strategies import HealthcheckWaitStrategy
from tests.kit.dockerfile import read_image


class DockerContainer:
    def __init__(self, image: str) -> None:
        assert image == "kili-emulator"
        self._image = read_image()
        self._environment: dict[str, str] = {}
        self._folder = tempfile.TemporaryDirectory()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]

    def with_env(self, key: str, value: str) -> DockerContainer:
        self._environment[key] = value
        return self

    def with_exposed_ports(self, *ports: int) -> DockerContainer:
        assert list(ports) == self._image.ports
        return self

    def waiting_for(self, strategy: HealthcheckWaitStrategy) -> DockerContainer:
        self._strategy = strategy
        return self

    def get_container_host_ip(self) -> str:
        return "localhost"

    def get_exposed_port(self, port: int) -> int:
        assert port in self._image.ports
        return self._port

    def __enter__(self) -> DockerContainer:
        environment = {
            **os.environ,
            **self._image.environment,
            "KILI_EMULATOR_DATA_DIR": self._folder.name,
            "KILI_EMULATOR_PORT": str(self._port),
            **self._environment,
        }
        self._process = subprocess.Popen(self._image.command, env=environment)
        self._strategy.wait_until_ready(environment)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        assert self._process.wait(timeout=30) == 0
        self._folder.cleanup()
