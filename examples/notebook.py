"""Plays steps as a notebook does: shows code and answer, and what differs from the expected."""

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
        title: what it does.
        code: the cell; its last expression is the answer.
        shown: the answer that is expected, ids and times masked.
        said: a line that the SDK itself is expected to say.
        module: the step is left out where the installed SDK does not have this module.
    """

    title: str
    code: str
    shown: str
    said: str = ""
    module: str = "kili"


@dataclass(frozen=True)
class Outcome:
    """What came of a step: what was answered, and what the SDK said meanwhile."""

    answer: str
    said: str


def play_all(steps: Iterable[Step], names: dict[str, Any]) -> list[str]:
    """Play steps, each with the variables that those before it left; the titles that differ."""
    logging.getLogger("kili").handlers.clear()  # says again what a logger below it says
    return [
        step.title for number, step in enumerate(steps, 1) if not _play_one(number, step, names)
    ]


def play(step: Step, names: dict[str, Any]) -> Outcome:
    """Run a step's code. An error's message, from its first quotation mark on, is an answer."""
    body = ast.parse(textwrap.dedent(step.code)).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    answer, said = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(answer),
        contextlib.redirect_stderr(said),
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
    return Outcome(answer.getvalue().strip(), _without_progress(said.getvalue()))


def differences(step: Step, outcome: Outcome) -> list[str]:
    """How what came of a step differs from what is expected, as lines of a diff."""
    pairs = [(step.shown, masked(outcome.answer))]
    if step.said and step.said not in masked(outcome.said).splitlines():
        pairs.append((step.said, masked(outcome.said)))
    return [
        line
        for expected, given in pairs
        for line in difflib.unified_diff(
            expected.splitlines(), given.splitlines(), "expected", "given", lineterm=""
        )
    ]


def masked(text: str) -> str:
    """The text with ids and times made alike."""
    return _TIME.sub("<time>", _ID.sub("<id>", text)).strip()


def _play_one(number: int, step: Step, names: dict[str, Any]) -> bool:
    print(f"\n{number:2}  {step.title}\n")
    if _is_missing(step.module):
        print(f"    (left out: the installed SDK has no {step.module})")
        return True
    print(textwrap.indent(textwrap.dedent(step.code).strip(), "    >>> "))
    outcome = play(step, names)
    if outcome.said:
        print(textwrap.indent(outcome.said, "    # "))
    for line in outcome.answer.splitlines():
        print(textwrap.fill(line, 96, initial_indent="    ", subsequent_indent="      "))
    found = differences(step, outcome)
    if found:
        print("\n    This differs:\n" + textwrap.indent("\n".join(found), "    "))
    return not found


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
    """What was written to stderr, without the progress bars."""
    lines = re.split(r"[\r\n]+", text)
    return "\n".join(line for line in lines if line.strip() and "%|" not in line)
