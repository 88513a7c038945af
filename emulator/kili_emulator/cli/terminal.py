"""The terminal of a command, and all output to it.

No other module prints; a test of the source code checks this.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click

from kili_emulator import printable
from kili_emulator.spelling import closest

if sys.platform != "win32":
    import termios


@contextlib.contextmanager
def preserve_terminal() -> Iterator[None]:
    """Restore the settings of the terminal at the end, even if it comes at a debugger's prompt.

    Such a prompt switches the echo off during the input.
    """
    if sys.platform == "win32" or sys.stdin is None or not sys.stdin.isatty():
        yield
        return
    descriptor = sys.stdin.fileno()
    attributes = termios.tcgetattr(descriptor)
    try:
        yield
    finally:
        with contextlib.suppress(termios.error):  # the terminal was closed
            termios.tcsetattr(descriptor, termios.TCSADRAIN, attributes)


def echo(*lines: str, error: bool = False) -> None:
    """Print lines; text of other authors in them cannot break or alter a line.

    Control characters, line ends included, and characters that the encoding of the stream lacks
    are shown as escapes.

    Args:
        error: print to the standard error.
    """
    stream = sys.stderr if error else sys.stdout
    if stream is None:  # a process without a console on Windows
        return
    encoding = getattr(stream, "encoding", None)
    for line in lines:
        stream.write(printable.escape_unencodable(f"{printable.one_line(line)}\n", encoding))
    stream.flush()


def echo_text(text: str, *, indent: str = "", error: bool = False) -> None:
    """Print a text of several lines by another author; mark each line after the first.

    Args:
        error: print to the standard error.
    """
    echo(*(indent + line for line in printable.printable_lines(text)), error=error)


def echo_json(value: Any, *, indent: int | None = 2) -> None:
    """Print a value as JSON, in ASCII characters."""
    echo(*json.dumps(value, indent=indent).split("\n"))


def echo_file(text: str) -> None:
    """Print the text of a file: unchanged in UTF-8; on a terminal with escapes, as ``echo``."""
    stream = sys.stdout
    buffer = getattr(stream, "buffer", None)
    if stream is None:
        return
    if stream.isatty() or buffer is None:
        *lines, rest = text.split("\n")
        echo(*lines, *([rest] if rest else []))
        return
    stream.flush()
    buffer.write(text.encode("utf-8", "backslashreplace"))
    buffer.flush()


def escape_unencodable_output() -> None:
    """Show characters that an encoding lacks as escapes, also in output of a debugger."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def examples(*lines: str) -> str:
    """Return the end of the help text of a command: lines that one can paste into a shell."""
    return "\n".join(["\b", "Examples:", *(f"  {each}" for each in lines)])


class CommandGroup(click.Group):
    """A group of commands that suggests the nearest name for an unknown command."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            nearest = closest(args[0], self.list_commands(ctx))
            if nearest:
                error.message += f" Did you mean {nearest}?"
            raise


class Commands(CommandGroup):
    """A group of commands in sections, which prints errors with the same escapes as output."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._sections: dict[str, list[str]] = {}

    def add_section(self, title: str, *commands: click.Command) -> None:
        """Add commands, which the help text lists together below a title."""
        for each in commands:
            self.add_command(each)
        self._sections[title] = [str(each.name) for each in commands]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        limit = formatter.width - 6 - max(map(len, self.commands))
        for title, names in self._sections.items():
            rows = [(name, self.commands[name].get_short_help_str(limit)) for name in names]
            with formatter.section(title):
                formatter.write_dl(rows)

    def main(self, *arguments: Any, **options: Any) -> Any:
        escape_unencodable_output()
        return super().main(*arguments, **options)

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        with _printable_errors():
            return super().make_context(*arguments, **options)

    def invoke(self, context: click.Context) -> Any:
        with _printable_errors():
            return super().invoke(context)


@contextlib.contextmanager
def _printable_errors() -> Iterator[None]:
    try:
        yield
    except click.ClickException as error:
        text = "\n".join(printable.printable_lines(error.message))
        error.message = printable.escape_unencodable(text, getattr(sys.stderr, "encoding", None))
        raise


@contextlib.contextmanager
def progress_bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar on the standard error, if it is a terminal; yield a function that moves it.

    Args:
        total: the number of steps; the function gets the number of those that are done.
    """
    stream = sys.stderr
    if stream is None or not stream.isatty():
        yield lambda _: None
        return
    bar: Any
    with click.progressbar(length=total, label=label, file=stream) as bar:

        def move(done: int) -> None:
            bar.length = max(bar.length or 0, done)
            bar.update(done - bar.pos)

        yield move
