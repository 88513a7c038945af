"""Commands that repeat a recorded run: from a running emulator, or from a bundle."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kili_emulator.cli.addressing import AddressedServer, server_options
from kili_emulator.cli.options import json_option
from kili_emulator.cli.terminal import CommandGroup, echo, echo_json, preserve_terminal
from kili_emulator.errors import KiliError

if TYPE_CHECKING:
    from kili_emulator.domain.run_view import RunDetails
    from kili_emulator.plugins.debugging.replay_debugger import DebugCall
    from kili_emulator.replays.comparison import ReplayedRun, ReplayView

C = TypeVar("C", bound=Callable[..., Any])
_Path = click.Path(path_type=Path)

_plugin_option = click.option(
    "--plugin",
    type=_Path,
    metavar="PATH",
    help="Call the code in this folder or .py file instead of the code that ran.",
)
_output_option = click.option(
    "-o", "--output", type=_Path, required=True, metavar="FILE", help="The file to write."
)


def _repetition_options(command: C) -> C:
    """Add the options of a repetition to a command."""
    for option in (
        json_option,
        click.option(
            "--times",
            type=click.IntRange(1, 1000),
            default=1,
            show_default=True,
            help="Repeat the run this number of times.",
        ),
        _plugin_option,
        click.option(
            "--debugpy",
            type=click.IntRange(1, 65535),
            metavar="PORT",
            help="Wait for an editor that attaches to this port, and stop before the handler.",
        ),
        click.option(
            "--pdb",
            is_flag=True,
            help="Stop in pdb at the first line of the handler, and where it fails.",
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("run")
@_repetition_options
@server_options
@click.pass_context
def replay(context: click.Context, /, run: str, server: AddressedServer, **options: Any) -> None:
    """Call the handler of RUN again, in a copy of the world as it was before RUN.

    The world itself does not change. The copy has the clock, the ids and the seeds of the run, and
    the calls of the run go to the copy. The events of these calls call plugins as before; webhooks
    are not sent.

    The exit status is 0 if outcome, log lines and API calls are those of the recorded run, and 1 if
    any of them differs.
    """
    runs = server.control.runs
    if options["pdb"] or options["debugpy"]:
        options["source"] = _linked_path(server, runs.show(run))
        with _bundle_file(runs.bundle_bytes(run)) as file:
            _finish(context, _replay_file(file, options), options)
        return
    view = runs.replay(run, plugin=options["plugin"], times=options["times"])
    _finish(context, view, options)


def _linked_path(server: AddressedServer, run: RunDetails) -> str | None:
    """Return the path to which the plugin of a run is linked; ``None`` if it is not linked."""
    links = {each["name"]: each["link"] for each in server.control.plugins.list()}
    link = links.get(run["plugin"])
    return link["path"] if link else None


@contextlib.contextmanager
def _bundle_file(archive: bytes) -> Iterator[Path]:
    """Keep a bundle in a private file for a while."""
    from kili_emulator import private_files
    from kili_emulator.replays.bundle_file import write_archive

    with private_files.temporary_folder("kili-replay-") as folder:
        write_archive(Path(folder, "run.zip"), archive)
        yield Path(folder, "run.zip")


def _replay_file(file: Path, options: dict[str, Any]) -> ReplayView:
    """Repeat the run of a bundle in this process."""
    from kili_emulator.app.replays import replay_bundle

    with _click_errors(), preserve_terminal():
        debug_call = _debug_call(options)
        view = replay_bundle(
            file,
            plugin=options["plugin"],
            times=options["times"],
            isolation=options.get("plugin_isolation"),
            source=options.get("source"),
            debug_call=debug_call,
        )
    if getattr(debug_call, "was_left", False):
        raise click.ClickException("the debugger was left, so that there is nothing to compare")
    return view


def _debug_call(options: dict[str, Any]) -> DebugCall | None:
    """Return the debugger that the options name.

    Raises:
        click.UsageError: they name two, or debug many repetitions.
        KiliError: debugpy is not installed.
    """
    if options["pdb"] and options["debugpy"]:
        raise click.UsageError("--pdb and --debugpy exclude each other: give one of them")
    if not options["pdb"] and not options["debugpy"]:
        return None
    if options["times"] > 1:
        raise click.UsageError("a debugger stops in one repetition: leave out --times")
    from kili_emulator.plugins.debugging import replay_debugger

    if options["pdb"]:
        return replay_debugger.PdbCall()
    debug_call = replay_debugger.make_debugpy_call(options["debugpy"])
    echo(f"Waiting for an editor that attaches to port {options['debugpy']}", error=True)
    return debug_call


@contextlib.contextmanager
def _click_errors() -> Iterator[None]:
    try:
        yield
    except KiliError as error:
        raise click.ClickException(str(error)) from None


def _finish(context: click.Context, view: ReplayView, options: dict[str, Any]) -> None:
    """Print the result of a repetition, and set the exit status."""
    if options["as_json"]:
        echo_json(view)
    else:
        echo(*_result_lines(view))
    context.exit(0 if view["isSame"] else 1)


def _result_lines(view: ReplayView) -> list[str]:
    """Format the repetitions of a run as lines."""
    reason = f" ({view['headline']})" if view["headline"] else ""
    recorded = f"{view['outcome']}{reason}"
    lines = [
        f"run {view['run']} of {view['plugin']}, {view['called']}, ended as {recorded}",
        *view["notes"],
    ]
    count = len(view["replays"])
    for number, each in enumerate(view["replays"], 1):
        name = f"replay {number} of {count}" if count > 1 else "replay"
        lines.append(f"{name}: {_comparison_text(each)}")
        lines += each["diff"].splitlines()
    if not view["isRepeatable"]:
        lines.append(
            "The replays differ from each other: the plugin uses the time, random numbers without "
            "a seed, threads, or something outside of the emulator"
        )
    return lines


def _comparison_text(replayed: ReplayedRun) -> str:
    if replayed["isSame"]:
        return f"{replayed['outcome']}, with the same log lines and API calls"
    reason = f" ({replayed['headline']})" if replayed["headline"] else ""
    parts = {
        "outcome": replayed["sameOutcome"],
        "log lines": replayed["sameLines"],
        "API calls": replayed["sameCalls"],
    }
    texts = [f"{'the same' if same else 'other'} {name}" for name, same in parts.items()]
    return f"{replayed['outcome']}{reason}: {', '.join(texts)}"


class _BundleGroup(CommandGroup):
    """A group whose command ``make`` needs not be named: ``bundle RUN`` makes a bundle."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_BundleGroup)
def bundle() -> None:
    """Pack a run into a file, and repeat it from the file on any machine.

    `bundle RUN -o bug.zip` is short for `bundle make RUN -o bug.zip`.
    """


@bundle.command()
@click.argument("run")
@_output_option
@click.option(
    "--whole-world",
    is_flag=True,
    help="Pack all projects, instead of those that the run could see and named.",
)
@server_options
def make(run: str, output: Path, whole_world: bool, server: AddressedServer) -> None:
    """Pack RUN: the state before it, its payload, the plugin, versions, clock, seeds and log.

    API keys, passwords, tokens and the headers of webhooks are left out. The documents of the
    project, and the names and addresses of the organization's users, are not.
    """
    server.control.runs.bundle(run, output, whole_world=whole_world)
    echo(f"{output}: {output.stat().st_size / 1024:,.0f} KB. Repeat the run with")
    echo(f"    kili-emulator bundle run {output}")


@bundle.command("run")
@click.argument("file", type=_Path)
@_repetition_options
@click.option(
    "--plugin-isolation",
    type=click.Choice(["inline", "process"]),
    help="Where the plugin runs; by default, as it did when the run was recorded.",
)
@click.pass_context
def run_bundle(context: click.Context, /, file: Path, **options: Any) -> None:
    """Repeat the run in the bundle FILE, without a server and without a data folder.

    This executes the code in the bundle, with your rights: use bundles of people whom you trust, or
    read the code first.

    The exit status is 0 if outcome, log lines and API calls are those of the recorded run, and 1 if
    any of them differs.
    """
    _finish(context, _replay_file(file, options), options)


@bundle.command("pytest")
@click.argument("file", type=_Path)
@_output_option
@_plugin_option
def write_test(file: Path, output: Path, plugin: Path | None) -> None:
    """Write a test that repeats the run in the bundle FILE, and fails unless it succeeds.

    The bundle is copied beside the test. With --plugin, the test calls the code at PATH; without,
    that in the bundle. The environment variable KILI_TESTED_PLUGIN names another path.
    """
    from kili_emulator.replays.regression_tests import write_bundle_test

    with _click_errors():
        copy = write_bundle_test(file, output, plugin)
    echo(f"{output} tests the run in {copy}")
