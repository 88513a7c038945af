"""Check the imports and requirements of a plugin version against a policy and an environment.

For each missing package, the check names the command that installs it. Only :func:`install`
installs packages, into a folder of that version alone.
"""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from packaging.utils import canonicalize_name

from kili_emulator import messages
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.build.installed_packages import Environment
from kili_emulator.plugins.build.package_settings import PackageSettings
from kili_emulator.plugins.build.unmet_requirements import classify_unmet
from kili_emulator.rules import plugin_imports
from kili_emulator.rules.plugin_imports import ON_PREMISE, PROVIDED, ImportViolation
from kili_emulator.rules.plugin_policy import Policy, reads_requirements
from kili_emulator.rules.requirements import (
    Requirement,
    Requirements,
    collect_dependencies,
    decode_requirements,
)

logger = logging.getLogger(__name__)

FILE = "requirements.txt"
_PIP_OPTIONS = ("--disable-pip-version-check", "--no-input", "--no-color", "--quiet")
_LAST_LINES = 10


class InstallError(Exception):
    """Requirements could not be installed."""


@dataclass(frozen=True)
class RequirementsCheck:
    """The result of a check, in lines for the plugin's author.

    Attributes:
        problems: why the version cannot run on the platform under the policy, or cannot run here.
        warnings: the requirements that are not met here and that the version does not need.
    """

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def check_requirements(folder: Path, policy: Policy, environment: Environment) -> RequirementsCheck:
    """Check an unpacked version against a policy and an environment.

    Only the cloud (``saas``) reads ``requirements.txt``. A missing requirement that the version
    does not import is only a warning (contract/plugin.md#requirements).
    """
    try:
        required = _read_file(folder) if reads_requirements(policy) else Requirements()
    except UnicodeDecodeError:
        return RequirementsCheck([messages.BUILD_NOT_UTF8.format(file=FILE)])
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8-sig", "replace")
        for path in folder.rglob("*.py")
    }
    classified = classify_unmet(files, policy, required, environment)
    refused = [
        _describe_violation(each)
        for each in find_violations(files, policy, required, environment)
        if (each.file, each.line, each.module) not in classified.explained
    ]
    return RequirementsCheck(
        [*_faults(required), *classified.problems, *refused], classified.warnings
    )


def _read_file(folder: Path) -> Requirements:
    """Read the requirements of an unpacked version; without a file, there are none.

    Raises:
        UnicodeDecodeError: the file is not UTF-8.
    """
    path = folder / FILE
    return decode_requirements(path.read_bytes()) if path.is_file() else Requirements()


def _faults(required: Requirements) -> list[str]:
    return [
        messages.BUILD_REQUIREMENT_UNREADABLE.format(
            line=each.line, text=each.text, reason=each.reason
        )
        for each in required.faults
    ]


def _describe_violation(violation: ImportViolation) -> str:
    return messages.BUILD_IMPORT_REFUSED.format(
        file=violation.file,
        line=violation.line,
        module=violation.module,
        reason=violation.reason,
        remedy=violation.remedy,
    )


def find_violations(
    files: Mapping[str, str], policy: Policy, required: Requirements, environment: Environment
) -> list[ImportViolation]:
    """Return the imports that a policy does not allow, as far as the environment is known.

    Args:
        files: the plugin's sources by path.
        required: the content of its ``requirements.txt``; empty if the policy ignores the file.
    """
    if any(each.name is None for each in required.requirements):
        required = _with_names(required, environment)
    if not plugin_imports.find_violations(files, policy, installed={}, required=required.names):
        return []  # the usual case; the complete check below takes long
    if any(each.name is None for each in required.requirements):
        return []  # the modules of a URL are unknown until it is installed
    return plugin_imports.find_violations(
        files,
        policy,
        installed=environment.distributions_by_module(),
        required=collect_dependencies(required.requirements, environment.find),
        provided_dependencies=collect_dependencies(_provided(policy), environment.find),
    )


def _provided(policy: Policy) -> list[Requirement]:
    return [Requirement(0, name, name) for name in PROVIDED[policy]]


def _with_names(required: Requirements, environment: Environment) -> Requirements:
    """Return the requirements with the names of distributions that were installed from a URL."""
    named = []
    for each in required.requirements:
        installed = environment.find_by_url(each.url or "") if each.name is None else None
        named.append(Requirement(each.line, each.text, installed.name) if installed else each)
    return Requirements(named, required.options, required.faults)


def install_hint(error: BaseException) -> str | None:
    """Return how to install the package of a failed import, if the platform has this package."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    top = error.name.partition(".")[0]
    distribution = plugin_imports.find_distributions(top, {})[0]
    provided = map(canonicalize_name, ON_PREMISE)
    if canonicalize_name(distribution) not in provided or Environment().find(distribution):
        return None
    return messages.INSTALL_HINT.format(
        module=top, command=Environment().pip_command([distribution])
    )


def install(folder: Path, target: Path, environment: Environment) -> Path | None:
    """Install the requirements of a version, and their dependencies, into a folder.

    Args:
        folder: where the version is unpacked.
        target: the folder to install into; it is created.
        environment: has the interpreter that packages are installed for.

    Returns:
        the target; ``None`` if there is nothing to install, or if ``requirements.txt`` is invalid,
        which :func:`check_requirements` reports.

    Raises:
        InstallError: pip failed; the message has the last ten lines of its output.
    """
    try:
        required = _read_file(folder)
    except UnicodeDecodeError:
        return None
    if required.faults or not any(each.applies for each in required.requirements):
        return None
    logger.warning(messages.INSTALLING.format(names=", ".join(_texts(required))))
    _run_pip(environment, "--target", str(target), "-r", str(folder / FILE))
    logger.warning(messages.INSTALLED.format(names=", ".join(_texts(required))))
    return target


def _run_pip(environment: Environment, *arguments: str) -> None:
    """Run ``pip install``; raise :class:`InstallError` if it fails."""
    completed = subprocess.run(
        [environment.python, "-m", "pip", "install", *_PIP_OPTIONS, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        umask=0o077 if os.name == "posix" else -1,
    )
    if completed.returncode:
        pip_output = "\n".join(completed.stdout.strip().splitlines()[-_LAST_LINES:])
        raise InstallError(messages.BUILD_INSTALL_FAILED.format(output=pip_output))


def _texts(required: Requirements) -> list[str]:
    return [each.text for each in required.requirements if each.applies]


class VersionPackages(NamedTuple):
    """The packages of a version.

    Attributes:
        folder: the folder of packages that were installed for it, if any.
        warnings: its missing requirements that it does not need, as lines for the plugin's author.
    """

    folder: Path | None
    warnings: list[str]


def provide_packages(
    folder: Path, target: Path, package_settings: PackageSettings
) -> VersionPackages:
    """Make sure that an unpacked version has the packages that it imports and requires.

    Args:
        target: the folder to install packages into, if ``package_settings.installs``.

    Raises:
        BuildError: a package is missing or not allowed, or cannot be installed.
    """
    environment, installed = package_settings.environment, None
    if package_settings.installs and reads_requirements(package_settings.policy):
        try:
            installed = install(folder, target, environment)
        except InstallError as error:
            raise BuildError(str(error)) from None
    if installed:
        environment = environment.with_folder(installed)
    requirements_check = check_requirements(folder, package_settings.policy, environment)
    if requirements_check.problems:
        raise BuildError(*requirements_check.problems)
    return VersionPackages(installed, requirements_check.warnings)
