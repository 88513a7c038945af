"""Find requirements that an environment does not meet, and decide whether a plugin needs them.

A plugin does not need a requirement if it imports no module of it. The platform installs every
requirement, used or not, and Kili's own end-to-end test deploys a plugin with an unused requirement
(contract/plugin.md#requirements).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kili_emulator import messages
from kili_emulator.plugins.build.installed_packages import Environment
from kili_emulator.python_source.imports import Import
from kili_emulator.rules.plugin_imports import (
    PROVIDED,
    find_third_party_imports,
    has_known_distributions,
    may_provide,
)
from kili_emulator.rules.plugin_policy import Policy
from kili_emulator.rules.requirements import Requirement, Requirements, explain_unmet

# It is not installed, its version is wrong, or packages of its extras are missing.
_Kind = Literal["absent", "version", "extras"]
# A file and one of its imports.
_FileImport = tuple[str, Import]


@dataclass(frozen=True)
class UnmetRequirement:
    """A requirement that an environment does not meet.

    Attributes:
        reason: why it is not met.
        command: the command that installs it.
    """

    requirement: Requirement
    kind: _Kind
    reason: str
    command: str


def find_unmet_requirements(
    required: Requirements, environment: Environment
) -> list[UnmetRequirement]:
    """Return the requirements that an environment does not meet."""
    unmet_requirements = []
    for each in required.requirements:
        reason = explain_unmet(each, environment.find, environment.find_by_url)
        if reason:
            command = environment.pip_command([*required.options, _without_marker(each)])
            unmet_requirements.append(
                UnmetRequirement(each, _kind(each, environment), reason, command)
            )
    return unmet_requirements


def _kind(requirement: Requirement, environment: Environment) -> _Kind:
    installed = environment.find(requirement.name) if requirement.name else None
    if installed is None:
        return "absent"
    is_version = requirement.specifier.contains(installed.version, prereleases=True)
    return "extras" if is_version else "version"


def _without_marker(requirement: Requirement) -> str:
    """Return the text of a requirement without its environment marker, which holds here."""
    return requirement.text.partition(";")[0].strip() if requirement.marker else requirement.text


@dataclass
class UnmetClassification:
    """The unmet requirements of a plugin, described in lines for its author.

    Attributes:
        problems: one line for each requirement that the plugin needs.
        warnings: one line for each requirement that it does not need.
        explained: the imports that the problems mention: file, line and module of each.
    """

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    explained: set[tuple[str, int, str]] = field(default_factory=set)


def classify_unmet(
    files: Mapping[str, str], policy: Policy, required: Requirements, environment: Environment
) -> UnmetClassification:
    """Separate the unmet requirements that a plugin needs from those that it does not need.

    Args:
        files: the plugin's sources by path.
        required: the content of its ``requirements.txt``; empty if the policy ignores the file.
    """
    classified = UnmetClassification()
    unmet_requirements = find_unmet_requirements(required, environment)
    if not unmet_requirements:
        return classified
    installed = environment.distributions_by_module()
    imports = [each for each in find_third_party_imports(files) if not each[1].optional]
    absent = [each for each in imports if each[1].top not in installed]
    candidates = {"absent": absent, "version": imports, "extras": []}
    others = []
    for each in unmet_requirements:
        needing_imports = [
            (file, line)
            for file, line in candidates[each.kind]
            if each.requirement.name and may_provide(each.requirement.name, line.module, installed)
        ]
        if needing_imports:
            _add_needed(classified, each, needing_imports)
        else:
            others.append(each)
    names = [*PROVIDED[policy], *required.names]
    unresolved = [
        (file, line)
        for file, line in absent
        if not has_known_distributions(line.module)
        and not any(may_provide(name, line.module, installed) for name in names)
    ]
    _add_others(classified, others, unresolved, required, environment)
    return classified


def _add_needed(
    classified: UnmetClassification,
    unmet_requirement: UnmetRequirement,
    needing_imports: Sequence[_FileImport],
) -> None:
    file, first = needing_imports[0]
    classified.explained.update((name, each.line, each.module) for name, each in needing_imports)
    classified.problems.append(
        messages.BUILD_REQUIREMENT_UNMET.format(
            line=unmet_requirement.requirement.line,
            text=unmet_requirement.requirement.text,
            reason=unmet_requirement.reason,
            file=file,
            import_line=first.line,
            module=first.module,
            remedy=_remedy(unmet_requirement.command),
        )
    )


def _add_others(
    classified: UnmetClassification,
    others: Sequence[UnmetRequirement],
    unresolved: Sequence[_FileImport],
    required: Requirements,
    environment: Environment,
) -> None:
    """Describe the unmet requirements that no import is known to need.

    Args:
        unresolved: the imports of modules that are not installed and whose package is unknown: any
            requirement that is not installed may provide them.
    """
    suspects = [each for each in others if each.kind == "absent"]
    if suspects and unresolved:
        texts = [_without_marker(each.requirement) for each in suspects]
        remedy = _remedy(environment.pip_command([*required.options, *texts]))
        for file, each in unresolved:
            classified.explained.add((file, each.line, each.module))
            classified.problems.append(
                messages.BUILD_IMPORT_MISSING.format(
                    file=file,
                    line=each.line,
                    module=each.module,
                    texts=" or ".join(texts),
                    remedy=remedy,
                )
            )
        others = [each for each in others if each not in suspects]
    classified.warnings += [
        messages.BUILD_REQUIREMENT_UNUSED.format(
            line=each.requirement.line,
            text=each.requirement.text,
            reason=each.reason,
            command=each.command,
        )
        for each in others
    ]


def _remedy(command: str) -> str:
    return messages.BUILD_INSTALL_REMEDY.format(command=command)
