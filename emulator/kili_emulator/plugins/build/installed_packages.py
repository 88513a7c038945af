"""The packages that are installed for an interpreter."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kili_emulator.rules.requirements import InstalledDistribution

_PRINT_SEARCH_PATH = "import json, sys; print(json.dumps(sys.path))"
_TIMEOUT_SECONDS = 60.0

# Environment variables that must not be passed to another interpreter.
INTERPRETER_VARIABLES = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")


@dataclass(frozen=True)
class Environment:
    """An interpreter with its packages.

    Attributes:
        python: the command of the interpreter.
        path: the folders in which it finds packages; ``None`` for ``sys.path`` of this process at
            the time of each search.
    """

    python: str = sys.executable
    path: tuple[str, ...] | None = None

    @classmethod
    def of_interpreter(cls, python: Path | None) -> Environment:
        """Return the environment of an interpreter; that of this process for ``None``.

        Raises:
            OSError: there is no such interpreter.
            ValueError: the interpreter prints no search path.
            subprocess.SubprocessError: the interpreter fails, or takes too long.
        """
        if python is None:
            return cls()
        output = run_code(str(python), _PRINT_SEARCH_PATH)
        return cls(str(python), tuple(each for each in json.loads(output) if each))

    def with_folder(self, folder: Path) -> Environment:
        """Return the environment with another folder of packages before the others."""
        rest = tuple(sys.path) if self.path is None else self.path
        return Environment(self.python, (str(folder), *rest))

    def find(self, name: str) -> InstalledDistribution | None:
        """Return the distribution of a name; ``None`` if it is not installed."""
        return next(self._distributions(name), None)

    def find_by_url(self, url: str) -> InstalledDistribution | None:
        """Return the distribution that was installed from a URL; ``None`` if there is none."""
        from kili_emulator.rules.requirements import is_same_url

        for each in self._distributions():
            if each.url and is_same_url(each.url, url):
                return each
        return None

    def distributions_by_module(self) -> dict[str, list[str]]:
        """Return the names of the distributions that provide each top-level module."""
        names_by_module: dict[str, list[str]] = {}
        for each in metadata.distributions(path=self._search_path):
            name = each.metadata["Name"]
            for module in _modules(each):
                distribution_names = names_by_module.setdefault(module, [])
                if name not in distribution_names:
                    distribution_names.append(name)
        return names_by_module

    def sdk_version(self) -> str | None:
        """Return the version of the SDK that is installed; ``None`` without the SDK."""
        sdk = self.find("kili")
        return sdk.version if sdk else None

    def pip_command(self, arguments: Sequence[str]) -> str:
        """Return the command that installs packages in this environment."""
        return shlex.join([self.python, "-m", "pip", "install", *arguments])

    @property
    def _search_path(self) -> list[str]:
        return list(sys.path if self.path is None else self.path)

    def _distributions(self, name: str | None = None) -> Iterator[InstalledDistribution]:
        from packaging.utils import canonicalize_name

        from kili_emulator.rules.requirements import InstalledDistribution

        for each in metadata.distributions(name=name, path=self._search_path):
            origin = json.loads(each.read_text("direct_url.json") or "{}")
            distribution_name = each.metadata["Name"]
            if name is None or canonicalize_name(distribution_name) == canonicalize_name(name):
                requires = tuple(each.requires or ())
                yield InstalledDistribution(
                    distribution_name, each.version, requires, origin.get("url")
                )


def run_code(python: str, code: str, *arguments: str) -> str:
    """Run code in an interpreter that sees only its own packages; return the printed text.

    Raises:
        OSError: there is no such interpreter.
        subprocess.SubprocessError: the code fails, or takes more than 60 seconds.
    """
    variables = {
        name: value for name, value in os.environ.items() if name not in INTERPRETER_VARIABLES
    }
    output = subprocess.run(
        [python, "-c", code, *arguments],
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=True,
    )
    return output.stdout


def _modules(distribution: metadata.Distribution) -> set[str]:
    """Return the names of the top-level modules that a distribution provides."""
    declared = (distribution.read_text("top_level.txt") or "").split()
    if declared:
        return set(declared)
    paths = [PurePosixPath(each) for each in distribution.files or ()]
    names = {
        path.parts[0].partition(".")[0] for path in paths if path.suffix in (".py", ".so", ".pyd")
    }
    return {name for name in names if name.isidentifier()}
