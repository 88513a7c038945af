"""The command ``clock``: the time of a world."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kili_emulator.cli.options import data_dir_option, json_option, world_option
from kili_emulator.cli.server_process import process_of
from kili_emulator.cli.terminal import CommandGroup, echo, echo_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from kili_emulator.services.clock import ClockView

_UNITS = {"d": 86_400, "h": 3600, "m": 60, "s": 1}
_SPAN = re.compile(r"(?:\d+(?:\.\d+)?[dhms] ?)+", re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?)([dhms])", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)


class _TimeSpan(click.ParamType):
    """A time span such as ``2h``, ``1d 12h`` or ``90`` (seconds); its value is in seconds."""

    name = "span"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        text = str(value).strip().lower()
        if _NUMBER.fullmatch(text):
            return float(text)
        if not _SPAN.fullmatch(text):
            self.fail(
                f"{value!r} is not a time span: give days, hours, minutes and seconds such as "
                "1d, 2h30m or 90s",
                param,
                ctx,
            )
        return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))


def _common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (json_option, world_option("The world of the clock."), data_dir_option):
        command = option(command)
    return command


@click.group(cls=CommandGroup, invoke_without_command=True)
@_common_options
@click.pass_context
def clock(context: click.Context, data_dir: Path | None, world: str, *, as_json: bool) -> None:
    """Show or set the time of a world.

    Everything in the world follows its clock: keys and locks expire, deployments become due.
    """
    if context.invoked_subcommand is None:
        _print_clock(process_of(data_dir).request("GET", f"/worlds/{world}/clock"), as_json)


@clock.command()
@click.argument("time", required=False)
@_common_options
def freeze(time: str | None, **options: Any) -> None:
    """Stop the clock, at TIME or at the present moment.

    TIME is an ISO 8601 time such as 2026-01-05T09:00:00Z, or now for the time of the system.
    """
    _send(options, action="freeze", time=time)


@clock.command("set")
@click.argument("time")
@_common_options
def set_time(time: str, **options: Any) -> None:
    """Move the clock to TIME, from which it goes on as before.

    TIME is an ISO 8601 time such as 2026-01-05T09:00:00Z, or now for the time of the system.
    """
    _send(options, action="set", time=time)


@clock.command()
@click.argument("span", type=_TimeSpan())
@_common_options
def advance(span: float, **options: Any) -> None:
    """Move the clock forward by SPAN, such as 2h, 1d12h or 90s.

    The command waits for the runs and builds that are due then.
    """
    _send(options, action="advance", seconds=span)


@clock.command()
@click.argument("factor", type=float)
@_common_options
def speed(factor: float, **options: Any) -> None:
    """Let the clock run FACTOR times as fast as the clock of the system."""
    _send(options, action="speed", factor=factor)


@clock.command()
@_common_options
def resume(**options: Any) -> None:
    """Let the clock run on from its present time, as fast as the clock of the system."""
    _send(options, action="resume")


def _send(options: dict[str, Any], **data: Any) -> None:
    process = process_of(options["data_dir"])
    path = f"/worlds/{options['world']}/clock"
    _print_clock(process.request("POST", path, json=data), options["as_json"])


def _print_clock(view: ClockView, as_json: bool) -> None:
    if as_json:
        echo_json(view)
        return
    pace = f", {view['speed']:g} times as fast as the system" if view["speed"] != 1 else ""
    is_running = view["mode"] == "running"
    echo(f"{view['time']}  {view['mode']}{pace if is_running else ''}")
