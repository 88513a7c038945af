"""YAML as cassettes have it: texts of several lines as blocks, JSON in texts as YAML.

A text that is a JSON object or list, such as a ``jsonResponse``, is written as YAML with the tag
``!json``, or ``!json-compact`` if it has no spaces; reading restores it exactly. A text that none
of the two forms restores stays a text.
"""

from __future__ import annotations

import json
from typing import Any

import yaml

_TAGS: dict[str, dict[str, Any]] = {
    "!json": {},
    "!json-compact": {"separators": (",", ":")},
    "!json-unicode": {"ensure_ascii": False},
    "!json-compact-unicode": {"separators": (",", ":"), "ensure_ascii": False},
}
_TEXT_TAG = "tag:yaml.org,2002:str"
_WIDTH = 1000
_OTHER_LINE_BREAKS = "\r\x85\u2028\u2029"


class _JsonText:
    """A text with JSON, by its value and the tag of the form that restores the text."""

    def __init__(self, value: Any, tag: str) -> None:
        self.value = value
        self.tag = tag


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  (PyYAML's signature)
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002
        return super().increase_indent(flow, indentless=False)


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):  # a short file could expand to a very large one
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    if any(each in text for each in _OTHER_LINE_BREAKS):  # only double quotes keep them
        style = '"'
    return dumper.represent_scalar(_TEXT_TAG, text, style=style)


def _represent_json(dumper: yaml.SafeDumper, text: _JsonText) -> yaml.Node:
    node = dumper.represent_data(text.value)
    node.tag = text.tag
    return node


def _construct_json(loader: yaml.SafeLoader, node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        value: Any = loader.construct_mapping(node, deep=True)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        raise yaml.constructor.ConstructorError(
            None, None, f"{node.tag} needs an object or a list", node.start_mark
        )
    return json.dumps(value, **_TAGS[node.tag])


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(_JsonText, _represent_json)
for _tag in _TAGS:
    _Loader.add_constructor(_tag, _construct_json)


def write_yaml(value: Any) -> str:
    """Return a JSON value as YAML."""
    return yaml.dump(
        _expanded(value), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH
    )


def read_yaml(text: str) -> Any:
    """Return the value in a text that :func:`write_yaml` has written, or that was edited.

    Raises:
        yaml.YAMLError: the text is not such YAML.
    """
    return yaml.load(text, Loader=_Loader)


def _expanded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _expanded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_expanded(each) for each in value]
    return _expand_text(value) if isinstance(value, str) else value


def _expand_text(text: str) -> Any:
    if text[:1] not in ("{", "[") or len(text) < 3:
        return text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    for tag, options in _TAGS.items():
        if json.dumps(value, **options) == text:
            return _JsonText(_expanded(value), tag)
    return text
