"""Commands for faults: let requests and plugins of a running emulator fail on purpose."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kili_emulator.cli.addressing import AddressedServer, server_options
from kili_emulator.cli.options import json_option
from kili_emulator.cli.terminal import CommandGroup, echo, echo_json

if TYPE_CHECKING:
    from kili_emulator.observe.faults import FaultView

C = TypeVar("C", bound=Callable[..., Any])

# The members of a rule: type and help. The emulator checks the values.
_MEMBERS: dict[str, tuple[Any, str]] = {
    "nth": (int, "Only the call with this number."),
    "times": (int, "At most so many times."),
    "every": (int, "Every so many calls."),
    "probability": (float, "By chance, with a probability up to 1."),
    "seconds": (float, "For so many seconds of the world's clock."),
    "user": (str, "Only requests of this user: an e-mail address, or the name of an API key."),
    "sender": (click.Choice(["plugins", "clients"]), "Only requests of plugins, or of others."),
    "plugin": (str, "Only requests, or work, of the plugin with this name."),
    "delay": (float, "Wait so many seconds first."),
    "status": (int, "Answer with this HTTP status."),
    "body": (str, "The text of that answer."),
    "retry_after": (int, "The seconds in the header Retry-After of that answer."),
    "error": (str, "Answer with a GraphQL error of this text; let a deployment fail."),
    "code": (str, "The code of the GraphQL error."),
    "extensions": (str, "Further extensions of the GraphQL error: a JSON object."),
    "drop": (
        click.Choice(["before", "after"]),
        "End the connection before or after the request is carried out.",
    ),
    "truncate": (int, "End the connection after so many bytes of the answer."),
    "slow": (float, "Send the answer in so many seconds."),
    "timeout": (float, "Stop the handler after so many seconds."),
}


def _member_options(command: C) -> C:
    for name, (kind, text) in reversed(_MEMBERS.items()):
        option = f"--{name.replace('_', '-')}"
        command = click.option(option, name, type=kind, default=None, help=text)(command)
    return command


@click.group(cls=CommandGroup)
def faults() -> None:
    """Let requests and plugins of a running emulator fail on purpose.

    A reset of the world removes its faults.
    """


@faults.command()
@click.argument("target")
@_member_options
@click.option("--partial", is_flag=True, help="Carry the request out: data beside the error.")
@server_options
def add(target: str, *, partial: bool, server: AddressedServer, **options: Any) -> None:
    """Add a fault for TARGET.

    TARGET is a root field of GraphQL such as createIssues, operation:NAME for the name of an
    operation in a document, graphql, query, mutation, version, upload, download, webhook, deploy
    or run.
    """
    rule = {name: value for name, value in options.items() if value is not None}
    if partial:
        rule["partial"] = True
    if "extensions" in rule:
        rule["extensions"] = _parse_object(rule["extensions"])
    echo(_line(server.control.faults.add(target, **rule).view))


@faults.command()
@click.argument("name")
@server_options
def preset(name: str, server: AddressedServer) -> None:
    """Add the ready-made faults NAME: rate-limit or flaky-network."""
    echo(*map(_line, server.control.faults.add_preset(name)))


@faults.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@server_options
def load(file: Any, server: AddressedServer) -> None:
    """Add the faults of FILE: a YAML list of rules, each with a target."""
    import yaml

    try:
        rules = yaml.safe_load(file)
    except yaml.YAMLError as error:
        raise click.ClickException(f"{file.name} is not YAML: {error}") from None
    if not isinstance(rules, list):
        raise click.ClickException(f"{file.name} is not a list of faults: begin each with `- `")
    echo(*map(_line, server.control.faults.load(rules)))


@faults.command("list")
@json_option
@server_options
def list_faults(as_json: bool, server: AddressedServer) -> None:
    """List the faults, and how often each was met."""
    views = server.control.faults.list()
    if as_json:
        echo_json(views)
        return
    echo(*map(_line, views))


@faults.command()
@click.argument("fault", type=int)
@server_options
def remove(fault: int, server: AddressedServer) -> None:
    """Remove the fault with the number FAULT."""
    echo(f"Removed: {_line(server.control.faults.remove(fault))}")


@faults.command()
@server_options
def clear(server: AddressedServer) -> None:
    """Remove all faults."""
    echo(f"Faults removed: {server.control.faults.clear()}")


def _parse_object(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"--extensions is not JSON: {error}") from None


def _line(view: FaultView) -> str:
    members: dict[str, Any] = dict(view)
    shown = [name for name in (*_MEMBERS, "partial") if name in members]
    parts = [f"{name.replace('_', '-')} {json.dumps(members[name])}" for name in shown]
    counts = f"fired {view['fired']} of {view['matched']}"
    return f"{view['id']:>3}  {view['target']}  {', '.join(parts)}  ({counts})"
