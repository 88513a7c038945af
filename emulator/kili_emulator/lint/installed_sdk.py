"""The parts of an installed SDK that plugins use, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Method:
    """A method of the SDK's client.

    Attributes:
        parameters: names in order, without ``self``.
        required: names of the parameters without a default.
        keyword_only: names of the parameters that can only be passed by name.
        collects: the method has ``**kwargs``.
        collects_positional: the method has ``*args``.
        deprecated: the SDK's message, if the method is deprecated.
        deprecated_parameters: parameter → the SDK's message.
    """

    parameters: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    keyword_only: tuple[str, ...] = ()
    collects: bool = False
    collects_positional: bool = False
    deprecated: str | None = None
    deprecated_parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Surface:
    """An installed SDK.

    Attributes:
        version: version number.
        methods: name → method of the client.
        attributes: other names that the client may have; ``None`` if any name is possible.
        handlers: methods of a plugin that the SDK registers on upload; ``None`` if it has no list.
        typed_events: the SDK has ``@on_kili_event``.
        missing: pairs of a module and a name that do not exist, among those asked for.
    """

    version: str
    methods: Mapping[str, Method] = field(default_factory=dict)
    attributes: frozenset[str] | None = None
    handlers: frozenset[str] | None = None
    typed_events: bool = False
    missing: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Surface:
        """Build the surface from the result of :func:`kili_emulator.lint.sdk_surface.surface`."""
        handlers, attributes = data["handlers"], data["attributes"]
        return cls(
            data["version"],
            {name: Method(**_lists_to_tuples(each)) for name, each in data["methods"].items()},
            None if attributes is None else frozenset(attributes),
            None if handlers is None else frozenset(handlers),
            data["typed_events"],
            frozenset((module, name) for module, name in data["missing"]),
        )


def _lists_to_tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(each) if isinstance(each, list) else each for name, each in data.items()}
