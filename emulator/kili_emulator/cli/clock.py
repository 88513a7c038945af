"""The command ``clock``: the time of a world."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from kili_emulator.cli.addressing import AddressedServer, server_options
from kili_emulator.cli.options import json_option
from kili_emulator.cli.terminal import CommandGroup, echo, echo_json

if TYPE_CHECKING:
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


@click.group(cls=CommandGroup, invoke_without_command=True)
@json_option
@server_options
@click.pass_context
def clock(context: click.Context, server: AddressedServer, *, as_json: bool) -> None:
    """Show or set the time of a world.

    Everything in the world follows its clock: keys and locks expire, deployments become due.
    """
    if context.invoked_subcommand is None:
        _print_clock(server.control.clock.show(), as_json)


@clock.command()
@click.argument("time", required=False)
@json_option
@server_options
def freeze(time: str | None, server: AddressedServer, as_json: bool) -> None:
    """Stop the clock, at TIME or at the present moment.

    TIME is an ISO 8601 time such as 2026-01-05T09:00:00Z, or now for the time of the system.
    """
    clock_of_world = server.control.clock
    clock_of_world.freeze(time)
    _print_clock(clock_of_world.show(), as_json)


@clock.command("set")
@click.argument("time")
@json_option
@server_options
def set_time(time: str, server: AddressedServer, as_json: bool) -> None:
    """Move the clock to TIME, from which it goes on as before.

    TIME is an ISO 8601 time such as 2026-01-05T09:00:00Z, or now for the time of the system.
    """
    _print_clock(server.control.clock.set(time), as_json)


@clock.command()
@click.argument("span", type=_TimeSpan())
@json_option
@server_options
def advance(span: float, server: AddressedServer, as_json: bool) -> None:
    """Move the clock forward by SPAN, such as 2h, 1d12h or 90s.

    The command waits for the runs and builds that are due then.
    """
    _print_clock(server.control.clock.advance(seconds=span), as_json)


@clock.command()
@click.argument("factor", type=float)
@json_option
@server_options
def speed(factor: float, server: AddressedServer, as_json: bool) -> None:
    """Let the clock run FACTOR times as fast as the clock of the system."""
    _print_clock(server.control.clock.speed(factor), as_json)


@clock.command()
@json_option
@server_options
def resume(server: AddressedServer, as_json: bool) -> None:
    """Let the clock run on from its present time, as fast as the clock of the system."""
    _print_clock(server.control.clock.resume(), as_json)


def _print_clock(view: ClockView, as_json: bool) -> None:
    if as_json:
        echo_json(view)
        return
    pace = f", {view['speed']:g} times as fast as the system" if view["speed"] != 1 else ""
    is_running = view["mode"] == "running"
    echo(f"{view['time']}  {view['mode']}{pace if is_running else ''}")
