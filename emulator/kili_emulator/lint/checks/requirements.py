"""KP301 to KP305: requirements, and imports that the platform's policy does not allow."""

from __future__ import annotations

from collections.abc import Iterator

from kili_emulator.lint.checks.process_state import changes_sys_path
from kili_emulator.lint.checks.uploaded_files import NOT_UTF8
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.plugins.build import requirements
from kili_emulator.plugins.build.installed_packages import Environment
from kili_emulator.plugins.build.unmet_requirements import find_unmet_requirements
from kili_emulator.rules.plugin_imports import find_distributions
from kili_emulator.rules.plugin_policy import reads_requirements
from kili_emulator.rules.requirements import Requirements, decode_requirements

IMPORT_REFUSED = Rule(
    "KP301",
    "error",
    "An import is not available",
    "The cloud has the packages that requirements.txt names, and some of its own. On premise and "
    "in the tutorial the list of packages is fixed. A plugin with a missing package cannot be "
    "deployed.",
    "documented",
    "{module} cannot be imported: {reason}",
    "{remedy}",
)
UNUSED_IMPORT_REFUSED = Rule(
    "KP302",
    "warning",
    "A file that main.py does not import has an import that is not available",
    "The file is uploaded, but it fails only when something imports it. The emulator refuses the "
    "plugin in any case.",
    "chosen",
    "{module} cannot be imported when this file is imported: {reason}",
    "remove the file from the folder, or: {remedy}",
)
REQUIREMENT_UNREADABLE = Rule(
    "KP303",
    "error",
    "pip cannot use a line of requirements.txt",
    "On the platform, pip installs the packages that the file names. Only Python files and "
    "requirements.txt itself are uploaded from the plugin's folder.",
    "documented",
    "{text}: {reason}",
    "correct the line",
)
REQUIREMENT_UNMET = Rule(
    "KP304",
    "note",
    "A requirement is not installed here",
    "The platform installs the package. Here you cannot try a plugin that imports it, and the lint "
    "does not know which modules the package provides.",
    "chosen",
    "{text}: {reason}",
    "run `{command}`",
)
REQUIREMENTS_IGNORED = Rule(
    "KP305",
    "warning",
    "requirements.txt is ignored",
    "Only the cloud installs the packages that requirements.txt names.",
    "documented",
    "the policy {policy} ignores requirements.txt",
    "remove the file from the folder",
)

RULES = (
    IMPORT_REFUSED,
    UNUSED_IMPORT_REFUSED,
    REQUIREMENT_UNREADABLE,
    REQUIREMENT_UNMET,
    REQUIREMENTS_IGNORED,
)


def check_requirements(
    plugin: Plugin, content: bytes | None, environment: Environment
) -> Iterator[Finding]:
    """Check requirements and imports against the policy and the installed packages.

    Args:
        content: the content of ``requirements.txt``; ``None`` if there is no such file.
        environment: the interpreter with the plugin's packages.
    """
    policy = plugin.source.policy
    required = Requirements()
    if content is not None and not reads_requirements(policy):
        yield REQUIREMENTS_IGNORED.make_finding(requirements.FILE, 1, policy=policy)
    elif content is not None:
        try:
            required = decode_requirements(content)
        except UnicodeDecodeError:
            yield NOT_UTF8.make_finding(requirements.FILE, 1)
            return
    for fault in required.faults:
        yield REQUIREMENT_UNREADABLE.make_finding(
            requirements.FILE, fault.line, text=fault.text, reason=fault.reason
        )
    missing = find_unmet_requirements(required, environment)
    for each in missing:
        yield REQUIREMENT_UNMET.make_finding(
            requirements.FILE,
            each.requirement.line,
            text=each.requirement.text,
            reason=each.reason,
            command=each.command,
        )
    yield from _check_imports(plugin, required, environment, all_installed=not missing)


def _check_imports(
    plugin: Plugin, required: Requirements, environment: Environment, *, all_installed: bool
) -> Iterator[Finding]:
    """Find the imports that are not available.

    Args:
        all_installed: all requirements are installed here, so their modules are known.
    """
    files = {module.path: module.text for module in plugin.modules.values()}
    reachable_modules = {module.path for module in plugin.reachable_modules}
    own_modules = (
        {name.rpartition(".")[2] for name in plugin.modules} if changes_sys_path(plugin) else set()
    )
    for each in requirements.find_violations(files, plugin.source.policy, required, environment):
        top = each.module.partition(".")[0]
        if top in own_modules:
            continue  # the changed sys.path may contain its folder
        if not all_installed and find_distributions(top, environment.distributions_by_module()) == [
            top
        ]:
            continue  # a requirement that is not installed here may provide it
        rule = IMPORT_REFUSED if each.file in reachable_modules else UNUSED_IMPORT_REFUSED
        yield rule.make_finding(
            each.file, each.line, module=each.module, reason=each.reason, remedy=each.remedy
        )
