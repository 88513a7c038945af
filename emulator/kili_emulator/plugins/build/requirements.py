"""Holds what a plugin version imports and requires against a policy and this environment.

What is missing is said, with the command that would install it. Only :func:`install` installs, into
a folder of that version alone.
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
from kili_emulator.plugins.build.unmet_requirements import classify_unmet
from kili_emulator.rules import plugin_imports
from kili_emulator.rules.plugin_imports import ON_PREMISE, PROVIDED, ImportViolation, Policy
from kili_emulator.rules.requirements import (
    Requirement,
    Requirements,
    collect_dependencies,
    read_requirements,
)

logger = logging.getLogger(__name__)

FILE = "requirements.txt"
_PIP_OPTIONS = ("--disable-pip-version-check", "--no-input", "--no-color", "--quiet")
_LAST_LINES = 10


class InstallError(Exception):
    """Requirements could not be installed."""


@dataclass(frozen=True)
class PackageSettings:
    """What plugins have to get along with.

    Attributes:
        policy: which packages they may import.
        environment: the packages that there are.
        installs: whether what they require is installed for them; needs an isolation that can
            give each version packages of its own.
    """

    policy: Policy = "saas"
    environment: Environment = field(default_factory=Environment)
    installs: bool = False


@dataclass(frozen=True)
class RequirementsCheck:
    """Whether a version can run, in lines for the plugin's author.

    Attributes:
        problems: why it could not where the policy holds, or cannot here.
        warnings: what it requires, and can do without here.
    """

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def check_requirements(folder: Path, policy: Policy, environment: Environment) -> RequirementsCheck:
    """Hold an unpacked version against a policy and what it is to run with.

    Only the cloud (``saas``) reads ``requirements.txt``. What that file names and nothing imports
    does not keep a version from running here (contract/plugin.md#requirements).
    """
    path = folder / FILE
    required = Requirements()
    if policy == "saas" and path.is_file():
        try:
            required = read_requirements(path.read_bytes().decode("utf-8-sig"))
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
    """The imports that a policy does not allow, as far as an environment can tell.

    Args:
        files: the plugin's sources by their path.
        required: what its ``requirements.txt`` says, where that is read.
    """
    if any(each.name is None for each in required.requirements):
        required = _with_names(required, environment)
    if not plugin_imports.find_violations(files, policy, installed={}, required=required.names):
        return []  # which is mostly so; the rest takes a while
    if any(each.name is None for each in required.requirements):
        return []  # what an address brings cannot be told before it is installed
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
    """With the names of what is installed from an address that does not say it."""
    named = []
    for each in required.requirements:
        installed = environment.find_by_url(each.url or "") if each.name is None else None
        named.append(Requirement(each.line, each.text, installed.name) if installed else each)
    return Requirements(named, required.options, required.faults)


def install_hint(error: BaseException) -> str | None:
    """How to install what an import did not find, if it is something to be installed."""
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
    """Install what a version's ``requirements.txt`` names, and what that requires, into a folder.

    Args:
        folder: where the version is unpacked.
        target: the folder to install into; it is made.
        environment: for whose interpreter.

    Returns:
        the target; ``None`` where there is nothing to install, or where the file has faults, which
        :func:`problems` tells.

    Raises:
        InstallError: pip did not succeed; the message is the end of what it said.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        required = read_requirements(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None
    if required.faults or not any(each.applies for each in required.requirements):
        return None
    logger.warning(messages.INSTALLING.format(names=", ".join(_texts(required))))
    command = [environment.python, "-m", "pip", "install", *_PIP_OPTIONS]
    completed = subprocess.run(
        [*command, "--target", str(target), "-r", str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        umask=0o077 if os.name == "posix" else -1,
    )
    if completed.returncode:
        output = "\n".join(completed.stdout.strip().splitlines()[-_LAST_LINES:])
        raise InstallError(messages.BUILD_INSTALL_FAILED.format(output=output))
    logger.warning(messages.INSTALLED.format(names=", ".join(_texts(required))))
    return target


def _texts(required: Requirements) -> list[str]:
    return [each.text for each in required.requirements if each.applies]


class VersionPackages(NamedTuple):
    """The packages that a version has.

    Attributes:
        folder: holds those of its own, if there are any.
        warnings: what it requires and does not have, as lines for the plugin's author.
    """

    folder: Path | None
    warnings: list[str]


def provide_packages(
    folder: Path, target: Path, package_settings: PackageSettings
) -> VersionPackages:
    """Make sure that an unpacked version has the packages that it imports and requires.

    Args:
        target: where packages of its own are installed, if they are to be.

    Raises:
        BuildError: the version imports or requires what it cannot have.
    """
    environment, installed = package_settings.environment, None
    if package_settings.installs and package_settings.policy == "saas":
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
