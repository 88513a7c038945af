"""What an installed SDK offers to plugins, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Method:
    """A method of the SDK's client.

    Attributes:
        parameters: their names in order, ``self`` left out.
        required: those of them without a default.
        keyword_only: those of them that are given by name only.
        collects: whether it takes any further argument by name.
        collects_positional: whether it takes any further argument by position.
        deprecated: what the SDK says about its deprecation, if it is deprecated.
        deprecated_parameters: likewise by parameter.
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
        version: its number.
        methods: those of its client.
        attributes: all else that its client may have; ``None`` where that cannot be told.
        handlers: the methods of a plugin that it registers on upload; ``None`` where it has no
            list of them.
        typed_events: whether methods can be subscribed with ``@on_kili_event``.
        missing: of the asked modules and names in them, those that there are not.
    """

    version: str
    methods: Mapping[str, Method] = field(default_factory=dict)
    attributes: frozenset[str] | None = None
    handlers: frozenset[str] | None = None
    typed_events: bool = False
    missing: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Surface:
        """The surface that :func:`kili_emulator.lint.sdk_surface.surface` tells of."""
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
