"""The command ``lint``: check whether plugins would work on the platform."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from kili_emulator.cli.plugin_environment import find_plugin_environment, plugin_policy_option
from kili_emulator.cli.server_process import settings_from_options
from kili_emulator.cli.terminal import echo, echo_json
from kili_emulator.rules.plugin_policy import Policy

if TYPE_CHECKING:
    from kili_emulator.config import Settings
    from kili_emulator.lint.rule import Finding


@click.command()
@click.argument("plugins", nargs=-1, metavar="PLUGIN...", type=click.Path(path_type=Path))
@plugin_policy_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the findings.",
)
@click.option("--strict", is_flag=True, help="Fail for warnings as well; never for notes.")
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODE",
    help="Ignore a rule, or all rules whose codes begin with this text. Repeatable.",
)
@click.option("--explain", metavar="CODE", help="Explain a rule and exit.")
@click.pass_context
def lint(context: click.Context, /, plugins: Sequence[Path], **options: Any) -> None:
    """Find code of plugins that fails on the real platform, or probably fails.

    PLUGIN is a .py file, or a folder with a main.py. Its source is read, never run.

    A note is about code that works on the platform: advice, or something that this machine lacks.

    The exit status is 0 if there is no error (and with --strict no warning), 1 if there is one, and
    2 if a plugin cannot be read. The comment `# noqa: CODE` suppresses a finding on its line.
    """
    if options["explain"]:
        echo(*_explanation(options["explain"]))
        return
    if not plugins:
        raise click.UsageError("give the file or folder of a plugin")
    settings = settings_from_options({"plugin_policy": options["plugin_policy"]})
    findings = _lint_plugins(plugins, settings, _parse_codes(options["ignore"]))
    if options["format_"] == "json":
        echo_json([asdict(each) for each in findings])
    else:
        echo(*(line for each in findings for line in _finding_lines(each)), _summarize(findings))
    failing_severities = ("error", "warning") if options["strict"] else ("error",)
    if any(each.severity in failing_severities for each in findings):
        context.exit(1)


def _lint_plugins(
    plugins: Sequence[Path], settings: Settings, ignored: tuple[str, ...]
) -> list[Finding]:
    from kili_emulator.lint.lint_plugin import LintError, lint_plugin

    policy = cast(Policy, settings.plugin_policy)
    environment = find_plugin_environment(settings)
    try:
        return [
            each
            for plugin in plugins
            for each in lint_plugin(plugin, policy=policy, environment=environment)
            if not each.code.startswith(ignored)
        ]
    except LintError as error:
        raise click.UsageError(str(error)) from None


def _parse_codes(codes: Sequence[str]) -> tuple[str, ...]:
    """Return the codes in upper case; a code may be the beginning of several codes.

    Raises:
        click.UsageError: no rule has such a code.
    """
    from kili_emulator.lint.catalogue import RULES

    for code in codes:
        if not any(rule.code.startswith(code.upper()) for rule in RULES):
            raise click.UsageError(_unknown_rule(code))
    return tuple(code.upper() for code in codes)


def _explanation(code: str) -> list[str]:
    from kili_emulator.lint.catalogue import BY_CODE

    rule = BY_CODE.get(code.upper())
    if rule is None:
        raise click.UsageError(_unknown_rule(code))
    why = f"{rule.why.strip()} ({rule.basis})"
    return [f"{rule.code} ({rule.severity}): {rule.summary}", "", *why.split("\n")]


def _unknown_rule(code: str) -> str:
    from kili_emulator.lint.catalogue import RULES

    return f"unknown rule {code}: use a code from {RULES[0].code} to {RULES[-1].code}"


def _finding_lines(finding: Finding) -> list[str]:
    location = f"{finding.file}:{finding.line}"
    summary = f"{location}: {finding.severity} {finding.code}: {finding.reason}"
    return [summary, f"    {finding.remedy}"]


def _summarize(findings: Sequence[Finding]) -> str:
    from kili_emulator.lint.rule import SEVERITIES

    counts = Counter(each.severity for each in findings)
    severity_counts = [
        f"{counts[each]} {each}{'s' * (counts[each] > 1)}" for each in SEVERITIES if counts[each]
    ]
    *first, last = severity_counts or ["nothing found"]
    return f"{', '.join(first)} and {last}" if first else last
