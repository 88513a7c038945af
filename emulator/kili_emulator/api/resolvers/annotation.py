"""Typed annotations of labels."""

from __future__ import annotations

from typing import Any

from ariadne import InterfaceType, ObjectType, QueryType

from kili_emulator.api.context import Info
from kili_emulator.domain.annotation import annotations_of
from kili_emulator.domain.documents import LabelDoc
from kili_emulator.domain.filters import Where
from kili_emulator.rules.typed_annotations import Typed

query = QueryType()
label = ObjectType("Label")


def _type_of(value: Typed, *_: Any) -> str:
    return str(value["__typename"])


_INTERFACES = [
    InterfaceType(name, _type_of)
    for name in ("Annotation", "VideoAnnotation", "VideoKeyAnnotation")
]


@query.field("annotations")
def list_annotations(_: Any, info: Info, where: Where) -> list[Typed]:
    named = {"id": where["labelId"]} if where.get("labelId") else {}
    labels = info.context.selection.labels(named)
    return [each for owner in labels for each in annotations_of(info.context.view, owner)]


@label.field("annotations")
def annotations_of_label(owner: LabelDoc, info: Info) -> list[Typed]:
    return annotations_of(info.context.view, owner)


BINDABLES = [query, label, *_INTERFACES]
