"""The command ``exec``: run a command with an emulator that lives as long as the command."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import click

from kili_emulator.cli.child_command import run_command
from kili_emulator.cli.options import setting_options
from kili_emulator.cli.server_log import log_to_terminal
from kili_emulator.cli.server_process import client_variables, settings_from_options
from kili_emulator.cli.terminal import examples
from kili_emulator.data_folder import DataFolderError


@click.command(
    "exec",
    context_settings={"allow_interspersed_args": False},
    epilog=examples(
        "kili-emulator exec -- pytest -q",
        "kili-emulator exec --scenario team.yaml --seed 7 -- python my_script.py",
    ),
)
@setting_options
@click.option("--user", default="admin", show_default=True, help="The name of the API key to use.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def exec_(context: click.Context, /, command: tuple[str, ...], user: str, **options: Any) -> None:
    """Run COMMAND with an emulator of its own, and stop the emulator when COMMAND has ended.

    COMMAND gets KILI_API_ENDPOINT, KILI_API_KEY and NO_PROXY. The emulator keeps its data in
    memory, unless --data-dir names a folder, and listens on a free port, unless --port names one.
    The exit status is that of COMMAND, and signals are passed on to it.
    """
    options = {name: value for name, value in options.items() if value not in (None, ())}
    if "data_dir" in options:
        options.setdefault("ephemeral", False)
    log_level = {"log_level": options.get("log_level", "warning")}
    log_to_terminal(settings_from_options({**options, **log_level}))
    with _running_emulator(options) as emulator:
        try:
            key = emulator.key(user)
        except KeyError as error:
            raise click.UsageError(str(error.args[0])) from None
        status = run_command(command, client_variables(emulator.url, key))
    context.exit(status)


@contextlib.contextmanager
def _running_emulator(options: dict[str, Any]) -> Iterator[Any]:
    """Run an emulator in this process.

    Raises:
        click.ClickException: it cannot start.
    """
    from kili_emulator.app import Emulator
    from kili_emulator.config import SettingsError
    from kili_emulator.domain.registry import WorldError
    from kili_emulator.errors import StorageError
    from kili_emulator.scenario import ScenarioError

    try:
        emulator = Emulator(**options, fast_sdk=False).start()
    except (DataFolderError, ScenarioError, SettingsError, StorageError, WorldError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"the emulator cannot listen ({error.strerror}): give another --port or --host"
        ) from None
    with emulator:
        yield emulator
