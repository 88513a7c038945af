"""The command ``why``: explain why a plugin ran or did not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kili_emulator import printable
from kili_emulator.cli.addressing import AddressedServer, server_options
from kili_emulator.cli.options import json_option
from kili_emulator.cli.terminal import echo, echo_json

if TYPE_CHECKING:
    from kili_emulator.domain.why.explanation import (
        OccurrenceExplanation,
        PluginExplanation,
    )
    from kili_emulator.domain.why.question import TopicView


@click.command()
@click.option("--label", help="The label to explain: its id.")
@click.option("--asset", help="The asset to explain: its id, or with --project its external id.")
@click.option("--event", help="The event of the audit trail to explain: its id.")
@click.option("--project", help="The project of the asset: its id or title.")
@click.option("--plugin", help="Explain only this plugin, in detail: its name or id.")
@json_option
@server_options
def why(server: AddressedServer, as_json: bool, **options: str | None) -> None:
    """Explain why a plugin ran or did not run.

    The explanation is about a label, an asset or an event, and says what to do.
    """
    explanation = server.control.why(**options)
    if as_json:
        echo_json(explanation)
        return
    echo(_title(explanation["about"]))
    for event in explanation["events"]:
        echo(*_event_lines(event, is_detailed=options["plugin"] is not None))
    for run in explanation["byHand"]:
        echo(f"Called by hand: {run['plugin']} in run {run['id']}: {run['outcome']}")


def _title(about: TopicView) -> str:
    kind = f" ({about['labelType']})" if about["labelType"] else ""
    parts = [] if about["assetId"] == about["id"] else [f"{about['kind']} {about['id']}{kind}"]
    if about["assetId"]:
        parts.append(f"asset {about['externalId']} ({about['assetId']})")
    return ", ".join([*parts, f"project {about['project']} ({about['projectId']})"])


def _event_lines(event: OccurrenceExplanation, *, is_detailed: bool) -> list[str]:
    """Return the lines of an event, and of the answer of each plugin."""
    subject = event["event"] or f"label {event['labelId']}, which caused no event"
    calls = f", calls {event['handler']}" if event["handler"] else ""
    cause = f", caused by run {event['causedBy']}" if event["causedBy"] else ""
    answers = event["plugins"]
    width = max((len(each["plugin"]) for each in answers), default=0)
    lines = [f"{event['createdAt']} {subject}{calls}{cause}"]
    for each in answers:
        lines += _full_answer(each) if is_detailed else [_short_answer(each, width)]
    return lines if answers else [*lines, "  The organization has no plugin."]


def _short_answer(answer: PluginExplanation, width: int) -> str:
    reasons = ", ".join(each["reason"] for each in answer["reasons"])
    return f"  {answer['plugin']:<{width}}  {reasons}: {answer['reasons'][0]['explanation']}"


def _full_answer(answer: PluginExplanation) -> list[str]:
    is_queued = "QUEUED" in [each["reason"] for each in answer["reasons"]]
    call_text = "was called" if answer["called"] else "was not called"
    lines = [f"  {answer['plugin']} {'is still to be called' if is_queued else call_text}"]
    for each in answer["reasons"]:
        lines.append(f"    {each['reason']}: {each['explanation']}")
        lines += [
            f"    {printable.CONTINUATION_PREFIX}{line}"
            for text in each["details"]
            for line in text.split("\n")
        ]
        lines.append(f"      To do: {each['remedy']}")
    for run in answer["redeliveries"]:
        lines.append(f"    Redelivered in run {run['id']}: {run['outcome']}")
    return [*lines, f"    {answer['now']['explanation']}"] if answer["now"] else lines
