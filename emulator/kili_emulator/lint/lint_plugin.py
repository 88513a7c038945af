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
from kili_emulator.lint.linting import check, heard, read
from kili_emulator.lint.plugin import MAIN, Plugin, Source
from kili_emulator.lint.process_state import PATH, check_process_calls, check_process_values
from kili_emulator.lint.rule import Finding
from kili_emulator.lint.surface import Surface
from kili_emulator.lint.uploaded_files import NOT_UTF8
from kili_emulator.plugins.build import requirements
from kili_emulator.plugins.build.installed_packages import Environment, ask
from kili_emulator.plugins.build.unmet_requirements import missing as missing_requirements
from kili_emulator.rules import handlers
from kili_emulator.rules.plugin_imports import Policy, distributions_of
from kili_emulator.rules.requirements import Requirements, read_requirements

HANDLERS = {each.method: each.arguments for each in handlers.HANDLERS}
_OF_ENVIRONMENTS = "pyvenv.cfg"
_NOT_OURS = "__pycache__"
# Not as a script, beside which all of this package would be found before other modules.
_RUN = """\
import runpy, sys, warnings
warnings.simplefilter("ignore")
sys.path[:] = [each for each in sys.path if each]
runpy.run_path(sys.argv[1], run_name="__main__")
"""


class LintError(Exception):
    """A plugin cannot be looked at; the message says why."""


@dataclass(frozen=True)
class _Read:
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
    place = Path(path)
    environment = environment or Environment()
    given = _read(place, policy)
    plugin, found = read(given.source)
    plugin = plugin.held_against(_surface(environment, imports.kili_imports(plugin)))
    found += check(plugin)
    found += _required(plugin, given.requirements, environment)
    texts = {module.path: module.text for module in plugin.modules.values()}
    texts[requirements.FILE] = (given.requirements or b"").decode("utf-8-sig", "replace")
    return [
        replace(each, file=str(place / each.file if place.is_dir() else place))
        for each in heard(found, texts)
    ]


def _read(path: Path, policy: Policy) -> _Read:
    """Take what the SDK would upload, and the names of what it would not."""
    try:
        if path.is_dir():
            return _read_folder(path, policy)
        if path.suffix != ".py":
            said = messages.LINT_NO_PLUGIN if path.exists() else messages.LINT_NOTHING_THERE
            raise LintError(said.format(path=path))
        return _Read(Source({MAIN: path.read_bytes()}, HANDLERS, policy), None)
    except OSError as error:
        place = error.filename or path
        said = messages.LINT_UNREADABLE.format(path=place, reason=error.strerror)
        raise LintError(said) from None


def _read_folder(folder: Path, policy: Policy) -> _Read:
    environments = [each.parent for each in sorted(folder.rglob(_OF_ENVIRONMENTS))]
    ours = [
        each
        for each in sorted(folder.rglob("*"))
        if not any(each.is_relative_to(other) for other in environments)
    ]
    files = {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in ours
        if each.suffix == ".py"
    }
    required = folder / requirements.FILE
    others = frozenset(
        each.relative_to(folder).as_posix()
        for each in ours
        if each.is_file() and each.suffix != ".py" and each != required
    )
    source = Source(
        files,
        HANDLERS,
        policy,
        frozenset(each for each in others if _NOT_OURS not in each),
        tuple(each.relative_to(folder).as_posix() for each in environments),
    )
    return _Read(source, required.read_bytes() if required.is_file() else None)


def _surface(environment: Environment, asked: Collection[tuple[str, str]]) -> Surface:
    """What the SDK of an environment offers."""
    try:
        if environment.python == sys.executable:
            return Surface.read(sdk_surface.surface(sorted(asked)))
        return Surface.read(_surface_of(environment.python, sorted(asked)))
    except (ImportError, OSError, ValueError, subprocess.SubprocessError) as error:
        command = environment.pip_line(["kili"])
        said = messages.LINT_NO_SDK.format(path=environment.python, reason=error, command=command)
        raise LintError(said) from None


def _surface_of(python: str, asked: list[tuple[str, str]]) -> dict[str, Any]:
    told = ask(python, _RUN, sdk_surface.__file__, json.dumps(asked))
    return dict(json.loads(told.splitlines()[-1]))


def _required(plugin: Plugin, content: bytes | None, environment: Environment) -> Iterator[Finding]:
    """What is wrong with requirements and imports, by the policy and the environment."""
    policy = plugin.source.policy
    required = Requirements()
    if content is not None and policy != "saas":
        yield imports.REQUIREMENTS_IGNORED.found(requirements.FILE, 1, policy=policy)
    elif content is not None:
        try:
            required = read_requirements(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            yield NOT_UTF8.found(requirements.FILE, 1)
            return
    for fault in required.faults:
        yield imports.REQUIREMENT_UNREADABLE.found(
            requirements.FILE, fault.line, text=fault.text, reason=fault.reason
        )
    missing = missing_requirements(required, environment)
    for each in missing:
        yield imports.REQUIREMENT_UNMET.found(
            requirements.FILE,
            each.requirement.line,
            text=each.requirement.text,
            reason=each.reason,
            command=each.command,
        )
    yield from _refused(plugin, required, environment, all_known=not missing)


def _changes_path(plugin: Plugin) -> bool:
    found = [*check_process_calls(plugin), *check_process_values(plugin)]
    return any(each.code == PATH.code for each in found)


def _refused(
    plugin: Plugin, required: Requirements, environment: Environment, *, all_known: bool
) -> Iterator[Finding]:
    """The imports that are not there.

    Args:
        all_known: it is known what each requirement brings.
    """
    files = {module.path: module.text for module in plugin.modules.values()}
    reached = {module.path for module in plugin.reached}
    own = {name.rpartition(".")[2] for name in plugin.modules} if _changes_path(plugin) else set()
    for each in requirements.violations(files, plugin.source.policy, required, environment):
        top = each.module.partition(".")[0]
        if top in own:
            continue  # which is found where sys.path is changed so
        if not all_known and distributions_of(top, environment.distributions_by_module()) == [top]:
            continue  # a requirement that is not installed here may bring it
        rule = imports.REFUSED if each.file in reached else imports.REFUSED_UNUSED
        yield rule.found(
            each.file, each.line, module=each.module, reason=each.reason, remedy=each.remedy
        )
