"""JSON schemas (draft 2020-12) of Python types: ``TypedDict``, unions, literals, containers."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

Schema = dict[str, Any]

_SIMPLE: dict[Any, str] = {
    Any: "",
    bool: "boolean",
    float: "number",
    int: "integer",
    str: "string",
    types.NoneType: "null",
}
# A reference of a docstring, such as :class:`kili_emulator.services.worlds.WorldView`.
_ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?(\w+)`")
_REFERENCE = "#/components/schemas/"


class Schemas:
    """The schemas of a document; a ``TypedDict`` becomes a component that others refer to.

    Attributes:
        components: the name of each ``TypedDict`` → its schema.
    """

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}
        self._types: dict[str, Any] = {}

    def of(self, type_: Any) -> Schema:
        """Return the schema of a type.

        Raises:
            TypeError: the type has no schema, or two types have the same name.
        """
        if type_ in _SIMPLE:
            return {"type": _SIMPLE[type_]} if _SIMPLE[type_] else {}
        if is_typeddict(type_):
            return self._reference_to(type_)
        return self._of_generic(type_)

    def _of_generic(self, type_: Any) -> Schema:
        origin, arguments = get_origin(type_), get_args(type_)
        if origin is Literal:
            return _enumeration(arguments)
        if origin in (Union, types.UnionType):
            return self._union(arguments)
        if origin in (list, Sequence):
            return {"type": "array", "items": self.of(arguments[0])}
        if origin in (dict, Mapping):
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        raise TypeError(f"{type_} has no JSON schema")

    def _union(self, members: tuple[Any, ...]) -> Schema:
        schemas = [self.of(each) for each in members]
        if all(schema.keys() == {"type"} for schema in schemas):
            return {"type": [schema["type"] for schema in schemas]}
        return {"anyOf": schemas}

    def _reference_to(self, type_: Any) -> Schema:
        name = type_.__name__
        if self._types.setdefault(name, type_) is not type_:
            raise TypeError(f"two types have the name {name}")
        if name not in self.components:
            self.components[name] = {}  # a type may refer to itself
            self.components[name].update(self.of_members(type_))
        return {"$ref": f"{_REFERENCE}{name}"}

    def of_members(self, type_: Any) -> Schema:
        """Return the schema of a ``TypedDict``, with the schemas of its members."""
        hints = get_type_hints(type_)
        schema: Schema = {
            "type": "object",
            "properties": {name: self.of(hint) for name, hint in hints.items()},
            "required": [name for name in hints if name in type_.__required_keys__],
            "additionalProperties": False,
        }
        text = vars(type_).get("__doc__")
        return {"description": _markdown(inspect.cleandoc(text)), **schema} if text else schema


def _markdown(text: str) -> str:
    """Return a docstring as Markdown with the words of JSON."""
    text = _ROLE.sub(r"`\1`", text).replace("``", "`")
    for python, json in (("None", "null"), ("True", "true"), ("False", "false")):
        text = text.replace(f"`{python}`", f"`{json}`")
    return text


def _enumeration(values: tuple[Any, ...]) -> Schema:
    kinds = list(dict.fromkeys(_SIMPLE[type(each)] for each in values))
    return {"type": kinds[0] if len(kinds) == 1 else kinds, "enum": list(values)}
