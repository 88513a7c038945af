"""Commands for the clients of an emulator: wait until it is ready, print its address and keys."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

import click

from kili_emulator.cli.addressing import AddressedServer, first_server_options
from kili_emulator.cli.server_process import client_variables
from kili_emulator.cli.state_folder import poll
from kili_emulator.cli.terminal import echo, examples
from kili_emulator.data_folder import display_path


@click.command()
@click.option("--timeout", type=float, default=30.0, show_default=True, help="Seconds to wait.")
@first_server_options
def wait(timeout: float, server: AddressedServer) -> None:
    """Wait until the emulator is ready."""
    url = poll(server.ready_url, timeout)
    if url is None:
        place = server.endpoint_option or display_path(server.settings.data_dir)
        raise click.ClickException(
            f"no emulator on {place} was ready within {timeout:g} "
            "seconds: start one with `kili-emulator start`, or give a longer --timeout"
        )
    echo(f"Ready at {url}.")


@click.command(
    epilog=examples(
        'eval "$(kili-emulator env)"', 'eval "$(kili-emulator env --user labeler --world team)"'
    )
)
@click.option("--user", default="admin", show_default=True, help="The name of the API key to use.")
@first_server_options
def env(user: str, server: AddressedServer) -> None:
    """Print the variables that a client needs."""
    key = server.key(user)
    print_exports(client_variables(server.address.url, key))


def print_exports(variables: Mapping[str, str]) -> None:
    """Print the lines that set variables in a shell."""
    for name, value in variables.items():
        echo(f"export {name}={shlex.quote(value)}")
