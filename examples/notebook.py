"""Run steps like cells of a notebook: show code and answer, and differences from the expected."""

from __future__ import annotations

import ast
import contextlib
import difflib
import io
import logging
import re
import textwrap
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

_ID = re.compile(r"\bc[a-z0-9]{24}\b")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@dataclass(frozen=True)
class Step:
    """One cell.

    Attributes:
        title: the title of the cell.
        code: the source of the cell; the value of its last expression is the answer.
        expected: the expected answer, with masked ids and times.
        sdk_line: a line that the SDK is expected to print to stderr.
        module: the step is skipped if the installed SDK lacks this module.
    """

    title: str
    code: str
    expected: str
    sdk_line: str = ""
    module: str = "kili"


@dataclass(frozen=True)
class Outcome:
    """The answer of a step, and the lines that the SDK printed to stderr."""

    answer: str
    sdk_output: str


def play_all(steps: Iterable[Step], names: dict[str, Any]) -> list[str]:
    """Run steps, all with the same variables; return the titles of those that differ."""
    logging.getLogger("kili").handlers.clear()  # they repeat the lines of the loggers below
    return [
        step.title for number, step in enumerate(steps, 1) if not _play_one(number, step, names)
    ]


def play(step: Step, names: dict[str, Any]) -> Outcome:
    """Run a step's code; the answer to an error is its message, from the first quotation mark."""
    body = ast.parse(textwrap.dedent(step.code)).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    answer, sdk_output = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(answer),
        contextlib.redirect_stderr(sdk_output),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        try:
            exec(compile(ast.Module(body, []), step.title, "exec"), names)
            if last:
                value = eval(compile(ast.Expression(last.value), step.title, "eval"), names)
                answer.write(_displayed(value))
        except Exception as error:
            text = str(error)
            answer.write(text[text.find('"') :] if '"' in text else repr(error))
    return Outcome(answer.getvalue().strip(), _without_progress(sdk_output.getvalue()))


def differences(step: Step, outcome: Outcome) -> list[str]:
    """Return the lines of a diff between the expected and the actual outcome of a step."""
    pairs = [(step.expected, masked(outcome.answer))]
    if step.sdk_line and step.sdk_line not in masked(outcome.sdk_output).splitlines():
        pairs.append((step.sdk_line, masked(outcome.sdk_output)))
    return [
        line
        for expected, given in pairs
        for line in difflib.unified_diff(
            expected.splitlines(), given.splitlines(), "expected", "given", lineterm=""
        )
    ]


def masked(text: str) -> str:
    """Replace the ids and times of a text by placeholders."""
    return _TIME.sub("<time>", _ID.sub("<id>", text)).strip()


def _play_one(number: int, step: Step, names: dict[str, Any]) -> bool:
    print(f"\n{number:2}  {step.title}\n")
    if _is_missing(step.module):
        print(f"    (left out: the installed SDK has no {step.module})")
        return True
    print(textwrap.indent(textwrap.dedent(step.code).strip(), "    >>> "))
    outcome = play(step, names)
    if outcome.sdk_output:
        print(textwrap.indent(outcome.sdk_output, "    # "))
    for line in outcome.answer.splitlines():
        print(textwrap.fill(line, 96, initial_indent="    ", subsequent_indent="      "))
    diff_lines = differences(step, outcome)
    if diff_lines:
        print("\n    This differs:\n" + textwrap.indent("\n".join(diff_lines), "    "))
    return not diff_lines


def _displayed(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else repr(value)


def _is_missing(module: str) -> bool:
    try:
        return find_spec(module) is None
    except ImportError:
        return True


def _without_progress(text: str) -> str:
    """Remove the progress bars from the text of stderr."""
    lines = re.split(r"[\r\n]+", text)
    return "\n".join(line for line in lines if line.strip() and "%|" not in line)
