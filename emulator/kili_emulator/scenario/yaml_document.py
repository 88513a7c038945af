"""YAML with line numbers: a file becomes a plain value, and the line of each part is known.

Values without quotes mean what they mean in YAML 1.2 and JSON: ``true``, ``null`` and numbers are
no texts, whereas ``yes``, ``on``, ``12:30`` and ``2024-01-31`` are.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kili_emulator.rules.json_text import MAX_DEPTH, has_lone_surrogate, parse_json

Steps = tuple[str | int, ...]

_TEXT = "tag:yaml.org,2002:str"
_JSON = "tag:kili-emulator,json"
_CONTAINERS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_TOO_DEEP = f"this is nested too deeply: at most {MAX_DEPTH} levels are read"
_PLAIN_VALUE = re.compile(
    r"""(?x) ( null | Null | NULL | ~ | | true | True | TRUE | false | False | FALSE
        | -? (0 | [1-9][0-9]*) (\.[0-9]+)? ([eE][-+]?[0-9]+)? ) \Z"""
)


# Values of a file once its aliases are unfolded; nine aliases of nine aliases, and so on, are more.
MAX_VALUES = 300_000
_TOO_LARGE = f"the file has more than {MAX_VALUES} values, those of aliases included"


class ScenarioError(Exception):
    """A scenario cannot be used; each line of the message names a file, a line and what is wrong.

    Attributes:
        problems: the lines of the message.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Problem:
    """Something wrong, and where."""

    line: int
    steps: Steps
    text: str

    def said_of(self, path: Path) -> str:
        """The problem as a line of a message: ``default.yaml:17: users[0].key: …``."""
        where = re.sub(r"^\.", "", "".join(map(_step, self.steps)))
        return ": ".join(filter(None, [f"{shown(path)}:{self.line}", where, self.text]))


def _step(step: str | int) -> str:
    return f"[{step}]" if isinstance(step, int) else f".{step}"


def shown(path: Path) -> str:
    """A path as a person would write it here: relative, when it is below this folder."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


class _TooMuchError(Exception):
    """Reading ends: the file is nested too deeply, or too large."""


class _Composer(yaml.SafeLoader):
    """Makes nodes of a text; what is not in quotes and looks like JSON is marked as such."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML's way to have none)


_Composer.add_implicit_resolver(_JSON, _PLAIN_VALUE, [*"-0123456789nNtTfF~", ""])


class Document:
    """A YAML file as a plain value.

    Attributes:
        value: the content; keys are texts.
        problems: what is wrong with it as YAML; where there are any, the value is incomplete.
    """

    def __init__(self, text: str) -> None:
        self.problems: list[Problem] = []
        self._lines: dict[Steps, int] = {}
        self._open: set[int] = set()
        self._size = 0
        self.value: Any = None
        composer = _Composer(text)
        try:
            node = composer.get_single_node()
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            reason = getattr(error, "problem", None) or str(error)
            self._refuse(mark.line + 1 if mark else 1, (), f"this is not valid YAML: {reason}")
        except RecursionError:
            self._refuse(1, (), _TOO_DEEP)
        else:
            with contextlib.suppress(_TooMuchError):
                self.value = self._read(node, (), 1) if node else {}
        finally:
            composer.dispose()

    def line(self, steps: Steps) -> int:
        """The line of a part; of the nearest part around it, where it does not exist."""
        while steps and steps not in self._lines:
            steps = steps[:-1]
        return self._lines.get(steps, 1)

    def _refuse(self, line: int, steps: Steps, text: str) -> None:
        self.problems.append(Problem(line, steps, text))

    def _check_bounds(self, steps: Steps, line: int) -> None:
        """Count a value; aliases inside of aliases make a short text a huge one."""
        self._size += 1
        text = _TOO_DEEP if len(steps) > MAX_DEPTH else _TOO_LARGE
        if len(steps) > MAX_DEPTH or self._size > MAX_VALUES:
            self._refuse(line, (), text)
            raise _TooMuchError

    def _read(self, node: yaml.Node, steps: Steps, line: int) -> Any:
        self._lines[steps] = line
        self._check_bounds(steps, line)
        if isinstance(node, yaml.ScalarNode):
            return self._read_scalar(node, steps, line)
        if node.tag not in _CONTAINERS:
            self._refuse(line, steps, f"the tag {node.tag} is not allowed")
            return None
        if id(node) in self._open:
            self._refuse(line, steps, "an alias must not stand inside of what it repeats")
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._read_mapping(node, steps)
            return [
                self._read(each, (*steps, number), each.start_mark.line + 1)
                for number, each in enumerate(node.value)
            ]
        finally:
            self._open.remove(id(node))

    def _read_scalar(self, node: yaml.ScalarNode, steps: Steps, line: int) -> Any:
        if node.tag == _TEXT:
            return self._read_text(node.value, steps, line)
        if node.tag == _JSON:
            try:
                return None if node.value in ("", "~") else parse_json(node.value.lower())
            except ValueError as error:
                self._refuse(line, steps, str(error))
                return None
        self._refuse(line, steps, f"the tag {node.tag} is not allowed")
        return None

    def _read_text(self, text: str, steps: Steps, line: int) -> str:
        if has_lone_surrogate(text):
            self._refuse(line, steps, "half a character (a lone surrogate) is no text")
            return ""
        return text

    def _read_mapping(self, node: yaml.MappingNode, steps: Steps) -> Mapping[str, Any]:
        value: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(line, steps, "a key must be a text")
                continue
            key = self._read_text(key_node.value, steps, line)
            place = (*steps, key)
            if key in value:
                first = self._lines[place]
                self._refuse(line, steps, f"the key {key!r} is given twice, first in line {first}")
                continue
            value[key] = self._read(value_node, place, line)
        return value
