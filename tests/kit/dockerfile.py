"""The ``Dockerfile`` of this repository, as far as tests without Docker need it."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Image:
    """What the last stage of a ``Dockerfile`` declares, and the files that all stages copy.

    Attributes:
        copied: paths in the repository.
        environment: the variables, without ``PATH``.
        user: the last user.
        command: the entry point with its arguments.
        health_check: the command of the health check.
        ports: the exposed ports.
    """

    copied: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    user: str = "root"
    command: list[str] = field(default_factory=list)
    health_check: list[str] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)


def read_image() -> Image:
    """Read the ``Dockerfile``."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    image = Image()
    for line in text.splitlines():
        instruction, _, rest = line.partition(" ")
        if instruction == "COPY" and not rest.startswith("--from"):
            image.copied += rest.split()[:-1]
        elif instruction == "ENV":
            pairs = [each.partition("=") for each in shlex.split(rest)]
            image.environment |= {name: value for name, _, value in pairs if name != "PATH"}
        elif instruction == "USER":
            image.user = rest
        elif instruction in ("ENTRYPOINT", "CMD"):
            image.command += json.loads(rest)
        elif instruction == "HEALTHCHECK":
            image.health_check = json.loads(rest[rest.index("[") :])
        elif instruction == "EXPOSE":
            image.ports += map(int, rest.split())
    return image
