"""Commands that list the projects, assets and labels of a world."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from kili_emulator.cli.addressing import AddressedServer, server_options
from kili_emulator.cli.options import json_option
from kili_emulator.cli.terminal import echo, echo_json, examples
from kili_emulator.printable import shorten

if TYPE_CHECKING:
    from kili_emulator.services.content import AssetRow, LabelRow

_RESPONSE_LENGTH = 100

_limit_option = click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="List at most this number.",
)


@click.command()
@json_option
@server_options
def projects(as_json: bool, server: AddressedServer) -> None:
    """List the projects of the world."""
    rows = server.control.content.projects()
    if as_json:
        echo_json(rows)
        return
    for each in rows:
        archived = ", archived" if each["archived"] else ""
        counts = f"assets {each['assets']}, labels {each['labels']}{archived}"
        echo(f"{each['id']}  {each['title']}  ({each['inputType']}, {counts})")


@click.command(epilog=examples('kili-emulator assets --project "My project" --status TODO'))
@click.option("--project", help="Only assets of this project: its id or title.")
@click.option("--status", help="Only assets with this status, in V1 or in their step; or SKIPPED.")
@_limit_option
@json_option
@server_options
def assets(
    project: str | None, status: str | None, limit: int, as_json: bool, server: AddressedServer
) -> None:
    """List assets, oldest first."""
    page = server.control.content.assets(project, status=status, limit=limit)
    if as_json:
        echo_json(page["assets"])
        return
    echo(*map(_asset_line, page["assets"]))
    _note_rest(page["total"] - len(page["assets"]))


@click.command(
    epilog=examples('kili-emulator labels --project "My project" --asset doc-1 --type REVIEW')
)
@click.option("--project", help="Only labels of this project: its id or title.")
@click.option(
    "--asset", help="Only labels of this asset: its id, or with --project its external id."
)
@click.option(
    "--type", "type_", help="Only labels of this type: DEFAULT, REVIEW, PREDICTION, INFERENCE."
)
@_limit_option
@json_option
@server_options
def labels(
    project: str | None,
    *,
    asset: str | None,
    type_: str | None,
    limit: int,
    as_json: bool,
    server: AddressedServer,
) -> None:
    """List the newest labels, oldest first; autosaved ones only with --type AUTOSAVE.

    --json prints the responses in full.
    """
    page = server.control.content.labels(project, asset=asset, type=type_, limit=limit)
    if as_json:
        echo_json(page["labels"])
        return
    _note_rest(page["total"] - len(page["labels"]))
    echo(*map(_label_line, page["labels"]))


def _asset_line(row: AssetRow) -> str:
    position = f"{row['step']}: {row['stepStatus']}" if row["step"] else row["status"]
    skipped = ", skipped" if row["skipped"] else ""
    return f"{row['id']}  {row['externalId']}  {position}{skipped}, labels {row['labels']}"


def _label_line(row: LabelRow) -> str:
    place = f"{row['labelType']} of {row['externalId']} by {row['author']}"
    response = shorten(json.dumps(row["jsonResponse"], ensure_ascii=False), _RESPONSE_LENGTH)
    return f"{row['createdAt']}  {row['id']}  {place}: {response}"


def _note_rest(count: int) -> None:
    """Say how many rows the limit has left out; not in the output that a program may read."""
    if count > 0:
        echo(f"({count} more: give a larger --limit)", error=True)
