"""Would a plugin work on the real platform? Answered without a server, and without running it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kili_emulator import messages
from kili_emulator.lint import imports, sdk_surface
from kili_emulator.lint.linting import check, filter_suppressed, read
from kili_emulator.lint.plugin import MAIN, Plugin, Source
from kili_emulator.lint.process_state import PATH, check_process_calls, check_process_values
from kili_emulator.lint.rule import Finding
from kili_emulator.lint.surface import Surface
from kili_emulator.lint.uploaded_files import NOT_UTF8
from kili_emulator.plugins.build import requirements
from kili_emulator.plugins.build.installed_packages import Environment, run_code
from kili_emulator.plugins.build.unmet_requirements import find_unmet_requirements
from kili_emulator.rules import handlers
from kili_emulator.rules.plugin_imports import Policy, find_distributions
from kili_emulator.rules.requirements import Requirements, read_requirements

HANDLERS = {each.method: each.arguments for each in handlers.HANDLERS}
_ENVIRONMENT_MARKER = "pyvenv.cfg"
_CACHE_FOLDER = "__pycache__"
# Not as a script, beside which all of this package would be found before other modules.
_LAUNCHER = """\
import runpy, sys, warnings
warnings.simplefilter("ignore")
sys.path[:] = [each for each in sys.path if each]
runpy.run_path(sys.argv[1], run_name="__main__")
"""


class LintError(Exception):
    """A plugin cannot be looked at; the message says why."""


@dataclass(frozen=True)
class _PluginFiles:
    """What is at a path.

    Attributes:
        requirements: the content of its ``requirements.txt``, if it has one.
    """

    source: Source
    requirements: bytes | None


def lint_plugin(
    path: str | os.PathLike[str],
    *,
    policy: Policy = "saas",
    environment: Environment | None = None,
) -> list[Finding]:
    """What of a plugin fails on the platform, or probably does.

    Its source is read, and never run. What packages and which SDK there are is told by what is
    installed.

    Args:
        path: a ``.py`` file, or a folder with a ``main.py``, as ``kili.upload_plugin`` takes them.
        policy: where the plugin is to run.
        environment: the packages that there are; those beside the emulator unless given.

    Returns:
        in the order of files and lines; the files as they are found from the current folder.

    Raises:
        LintError: there is no such plugin, or a file of it cannot be read.
    """
    location = Path(path)
    environment = environment or Environment()
    plugin_files = _read_plugin_files(location, policy)
    plugin, found = read(plugin_files.source)
    plugin = plugin.with_surface(_surface(environment, imports.kili_imports(plugin)))
    found += check(plugin)
    found += _check_requirements(plugin, plugin_files.requirements, environment)
    texts = {module.path: module.text for module in plugin.modules.values()}
    texts[requirements.FILE] = (plugin_files.requirements or b"").decode("utf-8-sig", "replace")
    return [
        replace(each, file=str(location / each.file if location.is_dir() else location))
        for each in filter_suppressed(found, texts)
    ]


def _read_plugin_files(path: Path, policy: Policy) -> _PluginFiles:
    """Take what the SDK would upload, and the names of what it would not."""
    try:
        if path.is_dir():
            return _read_folder(path, policy)
        if path.suffix != ".py":
            message = messages.LINT_NOT_A_PLUGIN if path.exists() else messages.LINT_PATH_NOT_FOUND
            raise LintError(message.format(path=path))
        return _PluginFiles(Source({MAIN: path.read_bytes()}, HANDLERS, policy), None)
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
        each.relative_to(folder).as_posix(): each.read_bytes()
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


def _surface(environment: Environment, imported_names: Collection[tuple[str, str]]) -> Surface:
    """What the SDK of an environment offers."""
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


def _check_requirements(
    plugin: Plugin, content: bytes | None, environment: Environment
) -> Iterator[Finding]:
    """What is wrong with requirements and imports, by the policy and the environment."""
    policy = plugin.source.policy
    required = Requirements()
    if content is not None and policy != "saas":
        yield imports.REQUIREMENTS_IGNORED.make_finding(requirements.FILE, 1, policy=policy)
    elif content is not None:
        try:
            required = read_requirements(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            yield NOT_UTF8.make_finding(requirements.FILE, 1)
            return
    for fault in required.faults:
        yield imports.REQUIREMENT_UNREADABLE.make_finding(
            requirements.FILE, fault.line, text=fault.text, reason=fault.reason
        )
    missing = find_unmet_requirements(required, environment)
    for each in missing:
        yield imports.REQUIREMENT_UNMET.make_finding(
            requirements.FILE,
            each.requirement.line,
            text=each.requirement.text,
            reason=each.reason,
            command=each.command,
        )
    yield from _check_imports(plugin, required, environment, all_installed=not missing)


def _changes_sys_path(plugin: Plugin) -> bool:
    found = [*check_process_calls(plugin), *check_process_values(plugin)]
    return any(each.code == PATH.code for each in found)


def _check_imports(
    plugin: Plugin, required: Requirements, environment: Environment, *, all_installed: bool
) -> Iterator[Finding]:
    """The imports that are not there.

    Args:
        all_installed: it is known what each requirement brings.
    """
    files = {module.path: module.text for module in plugin.modules.values()}
    reachable_modules = {module.path for module in plugin.reachable_modules}
    own_modules = (
        {name.rpartition(".")[2] for name in plugin.modules} if _changes_sys_path(plugin) else set()
    )
    for each in requirements.find_violations(files, plugin.source.policy, required, environment):
        top = each.module.partition(".")[0]
        if top in own_modules:
            continue  # which is found where sys.path is changed so
        if not all_installed and find_distributions(top, environment.distributions_by_module()) == [
            top
        ]:
            continue  # a requirement that is not installed here may bring it
        rule = imports.REFUSED if each.file in reachable_modules else imports.REFUSED_UNUSED
        yield rule.make_finding(
            each.file, each.line, module=each.module, reason=each.reason, remedy=each.remedy
        )
