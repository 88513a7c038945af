"""YAML with line numbers: parse a file into a plain value, and record the line of each node.

Values without quotes follow YAML 1.2 and JSON: ``true``, ``null`` and numbers are not texts,
whereas ``yes``, ``on``, ``12:30`` and ``2024-01-31`` are texts.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any

import yaml

from kili_emulator.rules.json_text import MAX_DEPTH, has_lone_surrogate, parse_json
from kili_emulator.scenario.problem import NodePath, Problem

_TEXT = "tag:yaml.org,2002:str"
_JSON = "tag:kili-emulator,json"
_CONTAINERS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_TOO_DEEP = f"this is nested too deeply: at most {MAX_DEPTH} levels are read"
_PLAIN_VALUE = re.compile(
    r"""(?x) ( null | Null | NULL | ~ | | true | True | TRUE | false | False | FALSE
        | -? (0 | [1-9][0-9]*) (\.[0-9]+)? ([eE][-+]?[0-9]+)? ) \Z"""
)

# The maximum number of values in a file after the expansion of its aliases. The limit protects
# against short files whose nested aliases expand to very many values.
MAX_VALUES = 300_000
_TOO_LARGE = f"the file has more than {MAX_VALUES} values, those of aliases included"


class _BoundsExceededError(Exception):
    """The file is nested too deeply, or has too many values; parsing stops."""


class _Composer(yaml.SafeLoader):
    """A YAML parser that tags unquoted values with ``_JSON`` if they have the form of JSON."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML's way to have none)


_Composer.add_implicit_resolver(_JSON, _PLAIN_VALUE, [*"-0123456789nNtTfF~", ""])


class YamlDocument:
    """A YAML file, parsed into a plain value.

    Attributes:
        value: the content; all keys are texts. Incomplete if there are problems.
        problems: the problems of the file as YAML.
    """

    def __init__(self, text: str) -> None:
        self.problems: list[Problem] = []
        self._lines: dict[NodePath, int] = {}
        self._open_nodes: set[int] = set()
        self._size = 0
        self.value: Any = None
        try:
            composer = _Composer(text)
        except yaml.reader.ReaderError as error:  # a control character, of which YAML has few
            line = text.count("\n", 0, error.position) + 1
            self._add_problem(line, (), f"this is not valid YAML: {error.reason}")
            return
        try:
            node = composer.get_single_node()
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            reason = getattr(error, "problem", None) or str(error)
            line, outline = mark.line + 1 if mark else 1, "this is not valid YAML"
            self._add_problem(line, (), f"{outline}: {reason}", outline)
        except RecursionError:
            self._add_problem(1, (), _TOO_DEEP)
        else:
            with contextlib.suppress(_BoundsExceededError):
                self.value = self._read(node, (), 1) if node else {}
        finally:
            composer.dispose()

    def line(self, node_path: NodePath) -> int:
        """Return the line of a node; for a missing node, the line of the nearest parent."""
        while node_path and node_path not in self._lines:
            node_path = node_path[:-1]
        return self._lines.get(node_path, 1)

    def _add_problem(self, line: int, node_path: NodePath, text: str, outline: str = "") -> None:
        self.problems.append(Problem(line, node_path, text, outline))

    def _add_tag_problem(self, line: int, node_path: NodePath, tag: str) -> None:
        self._add_problem(line, node_path, f"the tag {tag} is not allowed", "a tag is not allowed")

    def _check_bounds(self, node_path: NodePath, line: int) -> None:
        """Count a value; stop parsing if the file has too many values or levels."""
        self._size += 1
        text = _TOO_DEEP if len(node_path) > MAX_DEPTH else _TOO_LARGE
        if len(node_path) > MAX_DEPTH or self._size > MAX_VALUES:
            self._add_problem(line, (), text)
            raise _BoundsExceededError

    def _read(self, node: yaml.Node, node_path: NodePath, line: int) -> Any:
        self._lines[node_path] = line
        self._check_bounds(node_path, line)
        if isinstance(node, yaml.ScalarNode):
            return self._read_scalar(node, node_path, line)
        if node.tag not in _CONTAINERS:
            self._add_tag_problem(line, node_path, node.tag)
            return None
        if id(node) in self._open_nodes:
            self._add_problem(line, node_path, "an alias cannot refer to a node that contains it")
            return None
        self._open_nodes.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._read_mapping(node, node_path)
            return [
                self._read(each, (*node_path, number), each.start_mark.line + 1)
                for number, each in enumerate(node.value)
            ]
        finally:
            self._open_nodes.remove(id(node))

    def _read_scalar(self, node: yaml.ScalarNode, node_path: NodePath, line: int) -> Any:
        if node.tag == _TEXT:
            return self._read_text(node.value, node_path, line)
        if node.tag == _JSON:
            try:
                return None if node.value in ("", "~") else parse_json(node.value.lower())
            except ValueError as error:
                self._add_problem(line, node_path, str(error))
                return None
        self._add_tag_problem(line, node_path, node.tag)
        return None

    def _read_text(self, text: str, node_path: NodePath, line: int) -> str:
        if has_lone_surrogate(text):
            self._add_problem(line, node_path, "half a character (a lone surrogate) is no text")
            return ""
        return text

    def _read_mapping(self, node: yaml.MappingNode, node_path: NodePath) -> Mapping[str, Any]:
        value: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._add_problem(line, node_path, "a key must be a text")
                continue
            key = self._read_text(key_node.value, node_path, line)
            child_path = (*node_path, key)
            if key in value:
                first = self._lines[child_path]
                text = f"the key {key!r} is given twice, first in line {first}"
                self._add_problem(line, node_path, text, "a key is given twice")
                continue
            value[key] = self._read(value_node, child_path, line)
        return value
