"""Lint a plugin: read its folder and the installed SDK, and run all checks."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kili_emulator import messages
from kili_emulator.lint import sdk_surface
from kili_emulator.lint.checks.imports import kili_imports
from kili_emulator.lint.checks.requirements import check_requirements
from kili_emulator.lint.installed_sdk import Surface
from kili_emulator.lint.plugin import Source
from kili_emulator.lint.rule import Finding
from kili_emulator.lint.run_checks import check, filter_suppressed, read
from kili_emulator.plugins.build import requirements
from kili_emulator.plugins.build.installed_packages import Environment, run_code
from kili_emulator.rules import handlers
from kili_emulator.rules.plugin_policy import Policy
from kili_emulator.rules.plugin_source import MAIN

HANDLERS = {each.method: each.arguments for each in handlers.HANDLERS}
_ENVIRONMENT_MARKER = "pyvenv.cfg"
_CACHE_FOLDER = "__pycache__"
# Running the file as a script would put its folder, and so the lint's modules, on sys.path.
_LAUNCHER = """\
import runpy, sys, warnings
warnings.simplefilter("ignore")
sys.path[:] = [each for each in sys.path if each]
runpy.run_path(sys.argv[1], run_name="__main__")
"""


class LintError(Exception):
    """A plugin cannot be linted; the message says why."""


@dataclass(frozen=True)
class _PluginFiles:
    """The files of a plugin on disk.

    Attributes:
        requirements: the content of ``requirements.txt``; ``None`` if there is no such file.
    """

    source: Source
    requirements: bytes | None


def lint_plugin(
    path: str | os.PathLike[str],
    *,
    policy: Policy = "saas",
    environment: Environment | None = None,
) -> list[Finding]:
    """Find the code of a plugin that fails on the platform, or probably fails.

    The source is read, never run. The packages and the SDK are those that are installed.

    Args:
        path: a ``.py`` file, or a folder with a ``main.py``, as for ``kili.upload_plugin``.
        policy: where the plugin will run.
        environment: the interpreter with the plugin's packages; default: the emulator's own.

    Returns:
        the findings by file and line; the paths of files start with ``path``.

    Raises:
        LintError: there is no such plugin, or one of its files cannot be read.
    """
    location = Path(path)
    environment = environment or Environment()
    plugin_files = _read_plugin_files(location, policy)
    plugin, found = read(plugin_files.source)
    plugin = plugin.with_surface(_surface(environment, kili_imports(plugin)))
    found += check(plugin)
    found += check_requirements(plugin, plugin_files.requirements, environment)
    texts = {module.path: module.text for module in plugin.modules.values()}
    texts[requirements.FILE] = (plugin_files.requirements or b"").decode("utf-8-sig", "replace")
    return [
        replace(each, file=str(location / each.file if location.is_dir() else location))
        for each in filter_suppressed(found, texts)
    ]


def _read_plugin_files(path: Path, policy: Policy) -> _PluginFiles:
    """Read the files that the SDK would upload, and the names of the other files."""
    try:
        if path.is_dir():
            return _read_folder(path, policy)
        if path.suffix != ".py":
            message = messages.LINT_NOT_A_PLUGIN if path.exists() else messages.LINT_PATH_NOT_FOUND
            raise LintError(message.format(path=path))
        return _PluginFiles(Source({MAIN: _read_file(path)}, HANDLERS, policy), None)
    except OSError as error:
        location = error.filename or path
        message = messages.LINT_UNREADABLE.format(path=location, reason=error.strerror)
        raise LintError(message) from None


def _read_folder(folder: Path, policy: Policy) -> _PluginFiles:
    environments = [each.parent for each in sorted(folder.rglob(_ENVIRONMENT_MARKER))]
    own_paths = [
        each
        for each in sorted(folder.rglob("*"))
        if not any(each.is_relative_to(other) for other in environments)
    ]
    files = {
        each.relative_to(folder).as_posix(): _read_file(each)
        for each in own_paths
        if each.suffix == ".py"
    }
    required = folder / requirements.FILE
    others = frozenset(
        each.relative_to(folder).as_posix()
        for each in own_paths
        if each.is_file() and each.suffix != ".py" and each != required
    )
    source = Source(
        files,
        HANDLERS,
        policy,
        frozenset(each for each in others if _CACHE_FOLDER not in each),
        tuple(each.relative_to(folder).as_posix() for each in environments),
    )
    return _PluginFiles(source, required.read_bytes() if required.is_file() else None)


def _read_file(path: Path) -> bytes:
    """Return the content of a regular file: reading a pipe or a device might never end.

    Raises:
        OSError: the file cannot be read, or is not a regular file.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise OSError(errno.EINVAL, messages.LINT_NOT_A_FILE, str(path))
    return path.read_bytes()


def _surface(environment: Environment, imported_names: Collection[tuple[str, str]]) -> Surface:
    """Read the SDK that is installed in an environment."""
    try:
        if environment.python == sys.executable:
            return Surface.read(sdk_surface.surface(sorted(imported_names)))
        return Surface.read(_ask_surface(environment.python, sorted(imported_names)))
    except (ImportError, OSError, ValueError, subprocess.SubprocessError) as error:
        command = environment.pip_command(["kili"])
        message = messages.LINT_NO_SDK.format(
            path=environment.python, reason=error, command=command
        )
        raise LintError(message) from None


def _ask_surface(python: str, imported_names: list[tuple[str, str]]) -> dict[str, Any]:
    output = run_code(python, _LAUNCHER, sdk_surface.__file__, json.dumps(imported_names))
    return dict(json.loads(output.splitlines()[-1]))
