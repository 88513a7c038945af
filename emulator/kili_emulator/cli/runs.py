"""Commands for the runs of plugins."""

from __future__ import annotations

import functools
import json
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from kili_emulator import printable
from kili_emulator.cli.addressing import AddressedServer, server_options
from kili_emulator.cli.following import follow
from kili_emulator.cli.options import json_option
from kili_emulator.cli.terminal import CommandGroup, echo, echo_json

if TYPE_CHECKING:
    from kili_emulator.client.runs import RunPage
    from kili_emulator.domain.run_view import CallView, LineView, RunBrief, RunDetails, RunView
    from kili_emulator.services.runs import RunLineView


@click.group(cls=CommandGroup, invoke_without_command=True)
@click.option("--plugin", help="Only runs of this plugin: its name or id.")
@click.option("--project", help="Only runs on this project: its id or title.")
@click.option("--failed", is_flag=True, help="Only failed runs.")
@click.option(
    "--follow",
    "follow_",
    is_flag=True,
    help="Keep printing log lines, and each run when it ends; with --json, only the runs.",
)
@click.option("--quiet", is_flag=True, help="With --follow, do not print log lines.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="Print at most this number of the latest runs at first.",
)
@json_option
@server_options
@click.pass_context
def runs(
    context: click.Context,
    /,
    server: AddressedServer,
    *,
    follow_: bool,
    quiet: bool,
    limit: int,
    as_json: bool,
    **selection: Any,
) -> None:
    """List the runs of plugins, or show one."""
    if context.invoked_subcommand:
        return
    if quiet and not follow_:
        raise click.UsageError("--quiet needs --follow: give both, or leave out --quiet")
    page_of = functools.partial(server.control.runs.page, **selection)
    first = page_of(limit=limit)
    if as_json and not follow_:
        echo_json(first["runs"])
        return

    def show(page: RunPage) -> str:
        for line in page.get("lines", []):
            echo(*log_lines(line))
        _print_runs(page["runs"], as_json=as_json)
        return page["cursor"]

    def request(after: str, wait: int) -> RunPage:
        return page_of(after=after, wait=wait, lines=not (quiet or as_json))

    after = show(first)
    if follow_:
        follow(server, request, after, show)


def log_lines(line: RunLineView) -> list[str]:
    """Format a log line, with a bar before the text of the plugin."""
    subject = f"{line['createdAt']} {line['runId']} {line['plugin']} {line['logType']}"
    first, *more = printable.printable_lines(line["content"])
    return [f"{subject} | {first}".rstrip(), *more]


@runs.command()
@click.argument("run")
@json_option
@server_options
def show(run: str, as_json: bool, server: AddressedServer) -> None:
    """Show all details of RUN: its payload, its log, its API calls and their answers."""
    run_view = server.control.runs.show(run)
    if as_json:
        echo_json(run_view)
    else:
        echo(*_run_lines(run_view))


def _print_runs(result: list[RunView], *, as_json: bool) -> None:
    for run in result:
        if as_json:
            echo_json(run, indent=None)
        else:
            echo(_run_line(run))


def _run_line(run: RunView) -> str:
    duration = "" if run["durationMs"] is None else f" {run['durationMs']:.0f} ms"
    reason = run["headline"] or refusal_text(run) or ""
    is_waiting = run["outcome"] == "RUNNING" and run["startedAt"] is None
    outcome = f"{run['outcome']}{' (waits for its turn)' if is_waiting else ''}"
    subject = f"{run['createdAt']} {run['id']} {_plugin_text(run)} {run['called']}"
    return f"{subject}: {outcome}{duration} {reason}".rstrip()


def refusal_text(run: RunBrief | RunView) -> str | None:
    """Return the reason why a run did not take place, as code and text; ``None`` if it did."""
    return f"{run['refusal']}: {run['explanation']}" if run["refusal"] else None


def _plugin_text(run: RunView) -> str:
    version = "" if run["version"] is None else f" #{run['version']}"
    return f"{run['plugin']}{version}"


_RUN_FIELDS = {
    "event": "event",
    "handler": "handler",
    "assetId": "asset",
    "labelId": "label",
    "createdAt": "caused at",
    "startedAt": "called at",
    "durationMs": "duration (ms)",
    "memoryMb": "memory (MB)",
    "outcome": "outcome",
    "causedBy": "caused by run",
    "redeliveryOf": "redelivery of run",
    "seed": "seed",
}


def _run_lines(run: RunDetails) -> list[str]:
    """Format all details of a run as lines."""
    values: Mapping[str, object] = run
    fields = [
        f"{label}: {values[name]}"
        for name, label in _RUN_FIELDS.items()
        if values[name] is not None
    ]
    project = f"project: {run['project']} ({run['projectId']})"
    lines = [f"run {run['id']} of {_plugin_text(run)}", project, *fields]
    if run["refusal"] is not None:
        lines.append(f"not run because: {refusal_text(run)}")
        lines += [] if run["byHand"] else [f"what to do: {_why_command(run)}"]
    lines += [f"caused run: {each}" for each in run["causes"]]
    if run["mark"]:
        lines.append(f"mark: {json.dumps(run['mark'])}")
    lines += _block("error", (run["error"] or "").splitlines())
    lines += _block("payload", json.dumps(run["payload"], indent=2).splitlines())
    if run["delivery"]:
        lines += _block("delivery", json.dumps(run["delivery"], indent=2).splitlines())
    lines += _block("log", [line for each in run["lines"] for line in _stored_log_lines(each)])
    for call in run["calls"]:
        lines += _block(_call_title(call), _call_body(call))
    unlisted_calls = run["callCount"] - len(run["calls"])
    return [*lines, f"and {unlisted_calls} more calls"] if unlisted_calls else lines


def _stored_log_lines(line: LineView) -> list[str]:
    return printable.printable_lines(f"{line['createdAt']} {line['logType']} {line['content']}")


def _why_command(run: RunView) -> str:
    """Return a hint at the command that explains why a run did not take place."""
    subject, plugin = run["eventId"], shlex.quote(run["plugin"])
    return f"see `kili-emulator why --event {subject} --plugin {plugin}`"


def _block(title: str, lines: list[str]) -> list[str]:
    return [f"{title}:", *(f"  {line}" for line in lines)] if lines else []


def _call_title(call: CallView) -> str:
    caller = f" by {call['method']}" if call["method"] else ""
    failed = ", answered with errors" if call["errors"] else ""
    operations = ", ".join(call["operations"])
    return f"call {call['number']} {operations}{caller}, {call['durationMs']:.1f} ms{failed}"


def _call_body(call: CallView) -> list[str]:
    query = [f"query: {call['query']}"] if call["query"] else []
    arguments, answer = _value_text(call["arguments"]), _value_text(call["answer"])
    return [*query, f"arguments: {arguments}", f"answer: {answer}"]


def _value_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
