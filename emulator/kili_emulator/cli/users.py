"""Commands that perform the actions of a labeler or reviewer in the app."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from kili_emulator.cli.addressing import AddressedServer, server_options
from kili_emulator.cli.options import json_option
from kili_emulator.cli.runs import refusal_text
from kili_emulator.cli.terminal import echo, echo_json, echo_text, examples
from kili_emulator.errors import KiliError

if TYPE_CHECKING:
    from kili_emulator.domain.run_view import RunBrief
    from kili_emulator.services.users import ActionView, AssetProgress

C = TypeVar("C", bound=Callable[..., Any])

_project_option = click.option("--project", required=True, help="The project's id or title.")


def _asset_option(*, required: bool) -> Callable[[C], C]:
    rest = "." if required else "; by default the next in the user's queue."
    return click.option("--asset", required=required, help=f"The asset's id or external id{rest}")


def _user_option(default: str) -> Callable[[C], C]:
    return click.option(
        "--as",
        "user",
        default=default,
        show_default=True,
        help="The user who acts: an e-mail address, or the name of an API key.",
    )


def _label_option(text: str, *, required: bool = False) -> Callable[[C], C]:
    return click.option(
        "--label",
        type=click.File(encoding="utf-8"),
        required=required,
        help=f"A JSON file with the json response, or - for standard input{text}.",
    )


_seconds_option = click.option(
    "--seconds", type=click.FloatRange(min=0), default=0.0, help="The labeling time in seconds."
)
_correct_option = click.option(
    "--correct", is_flag=True, help="Correct a label that the user has submitted."
)


def _common_options(command: C) -> C:
    """Add the options that all commands of this module have."""
    for option in (server_options, json_option, _project_option):
        command = option(command)
    return command


@click.command(
    epilog=examples(
        "kili-emulator submit --project Text --asset doc-1 --label label.json",
        "kili-emulator submit --project Text --random --count 20",
    )
)
@_common_options
@_asset_option(required=False)
@_user_option("labeler")
@_label_option("; by default the response that the app shows")
@_seconds_option
@_correct_option
@click.option(
    "--example", "is_example", is_flag=True, help="Submit a response that fits the interface."
)
@click.option(
    "--random",
    "is_random",
    is_flag=True,
    help="As --example, with random choices; a world with a seed repeats them.",
)
@click.option(
    "--count",
    type=click.IntRange(min=1),
    default=1,
    help="Label this number of assets: the next ones in the user's queue.",
)
def submit(
    server: AddressedServer,
    as_json: bool,
    is_example: bool,
    is_random: bool,
    count: int,
    **options: Any,
) -> None:
    """Label an asset and submit the label."""
    if options["label"] and (is_example or is_random):
        raise click.UsageError("--label excludes --example and --random: leave out one of them")
    if options["asset"] and count > 1:
        raise click.UsageError("--asset names one asset: leave out --count")
    if is_example or is_random:
        options["example"] = "random" if is_random else "first"
    arguments = _arguments(options)
    for done in range(count):
        try:
            result = server.control.users.submit(**arguments)
        except KiliError as error:
            note = f" (after {done} of {count} labels)" if done else ""
            raise KiliError(f"{error}{note}") from None
        _show_action(result, as_json)


@click.command()
@_common_options
@_asset_option(required=False)
@_user_option("reviewer")
@_label_option(" of the corrected label; without it, the label is approved unchanged")
@_seconds_option
@_correct_option
def review(server: AddressedServer, as_json: bool, **options: Any) -> None:
    """Review the latest label of an asset, with or without a correction."""
    arguments = _arguments(options)
    _show_action(server.control.users.review(**arguments), as_json)


@click.command()
@_common_options
@_asset_option(required=False)
@_user_option("labeler")
@_label_option("", required=True)
@_seconds_option
def save(server: AddressedServer, as_json: bool, **options: Any) -> None:
    """Save a label without submitting it.

    The asset stays open for the user: its label is autosaved, and the asset is locked.
    """
    arguments = _arguments(options)
    _show_action(server.control.users.save(**arguments), as_json)


@click.command("send-back")
@_common_options
@_asset_option(required=True)
@_user_option("reviewer")
@click.option("--issue", help="The text of an issue about the label.")
def send_back(server: AddressedServer, as_json: bool, **options: Any) -> None:
    """Send an asset back to be labeled again."""
    arguments = _arguments(options)
    _show_action(server.control.users.send_back(**arguments), as_json)


@click.command()
@_common_options
@_asset_option(required=False)
@_user_option("labeler")
@click.option("--reason", default="", help="The reason to skip it.")
def skip(server: AddressedServer, as_json: bool, **options: Any) -> None:
    """Skip an asset."""
    arguments = _arguments(options)
    _show_action(server.control.users.skip(**arguments), as_json)


@click.command()
@_common_options
@_asset_option(required=True)
@_user_option("labeler")
def unskip(server: AddressedServer, as_json: bool, **options: Any) -> None:
    """Put a skipped asset back into the queue."""
    arguments = _arguments(options)
    _show_action(server.control.users.unskip(**arguments), as_json)


@click.command("click")
@_common_options
@_asset_option(required=True)
@_user_option("labeler")
@_label_option("; by default the response that the app shows")
def click_button(server: AddressedServer, as_json: bool, **options: Any) -> None:
    """Click on the button of the custom interface."""
    arguments = _arguments(options)
    _show_action(server.control.users.click(**arguments), as_json)


@click.command()
@click.argument("event")
@_common_options
@click.option("--plugin", required=True, help="The plugin to call.")
@click.option(
    "--payload",
    type=click.File(encoding="utf-8"),
    required=True,
    help="A JSON file with the payload of the event, or the handler's arguments by name; - for "
    "standard input.",
)
def trigger(server: AddressedServer, as_json: bool, payload: TextIO, **options: str) -> None:
    """Call a plugin for an EVENT that did not happen.

    EVENT is the subject of an event, such as asset.created, or the name of a handler, such as
    on_submit.
    """
    content = _read_json_file(payload, "--payload")
    run = server.control.plugins.trigger(**options, payload=content)
    if as_json:
        echo_json(run)
    else:
        _print_run(run)
    if run["outcome"] not in ("SUCCEEDED", "RUNNING"):
        raise SystemExit(1)


COMMANDS: tuple[click.Command, ...] = (
    submit,
    review,
    save,
    send_back,
    skip,
    unskip,
    click_button,
)


def _arguments(options: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of an action, with the content of the file of the label."""
    label = options.get("label")
    read = {"label": _read_json_file(label, "--label")} if label else {}
    return {**options, **read}


def _show_action(result: ActionView, as_json: bool) -> None:
    if as_json:
        echo_json(result)
    else:
        _print_result(result)


def _read_json_file(file: TextIO, option: str) -> Any:
    """Read a JSON object from a file.

    Raises:
        click.ClickException: the file contains something else.
    """
    try:
        value = json.load(file)
    except ValueError as error:
        raise click.ClickException(
            f"{file.name} is not JSON ({error}): fix the file of {option}"
        ) from None
    if not isinstance(value, dict):
        raise click.ClickException(f"{file.name} is not a JSON object: fix the file of {option}")
    return value


def _print_result(result: ActionView) -> None:
    echo(f"{result['user']}: {result['verb']} {result['externalId']} (asset {result['assetId']})")
    for noun, document_id in (("label", result["labelId"]), ("issue", result["issueId"])):
        if document_id:
            echo(f"  {noun} {document_id}")
    echo(f"  {_progress_text(result['before'])} -> {_progress_text(result['after'])}")
    for run in result["runs"]:
        _print_run(run, "  ")


def _progress_text(progress: AssetProgress | None) -> str:
    if progress is None:
        return "deleted"
    if progress["step"]:
        return f"{progress['step']}: {progress['stepStatus']}"
    return "SKIPPED" if progress["skipped"] else progress["status"]


def _print_run(run: RunBrief, indent: str = "") -> None:
    reason = run["error"] or refusal_text(run)
    run_text = f"{run['plugin']} {run['called']}: {run['outcome']}"
    echo_text(f"run {run['id']} of {run_text}{f' ({reason})' if reason else ''}", indent=indent)
