"""The layers of a satellite image, as clients need them to export labels."""

from __future__ import annotations

from typing import Any

from kili_emulator.domain import file
from kili_emulator.domain.documents import AssetDoc
from kili_emulator.domain.world import View, World
from kili_emulator.rules import media
from kili_emulator.rules.json_text import parse_json

_EXPORTED_MEMBERS = ("name", "epsg")


def describe_layers(world: World, view: View, asset: AssetDoc) -> list[dict[str, Any]] | None:
    """Return the name, coordinate reference system and size of each layer, as far as known.

    Returns:
        ``None`` if the asset is not a satellite image. For each layer: ``name`` and ``epsg`` if the
        layer has them, ``width`` and ``height`` in pixels if the layer is a readable file of this
        server (contract/asset.md#content).
    """
    if view.projects.require(asset["projectId"])["inputType"] != "GEOSPATIAL":
        return None
    layers_json = _read_content(world, view, asset["jsonContent"])
    try:
        layers = parse_json(layers_json) if layers_json else []
    except ValueError:  # the client has uploaded another file to the same path
        return []
    if not isinstance(layers, list):
        return []
    return [_describe_layer(world, view, each) for each in layers if isinstance(each, dict)]


def _describe_layer(world: World, view: View, layer: dict[str, Any]) -> dict[str, Any]:
    image_bytes = _read_content(world, view, layer.get("imageUrl"))
    size = media.resolution_of(image_bytes) if image_bytes else None
    return {name: layer[name] for name in _EXPORTED_MEMBERS if name in layer} | (size or {})


def _read_content(world: World, view: View, stored: Any) -> bytes | None:
    """Return the bytes of a file of this server; ``None`` for other references."""
    file_id = file.referenced_file_id(stored) if isinstance(stored, str) else None
    file_doc = view.files.get(file_id) if file_id else None
    return world.blobs.get(file_doc["digest"]) if file_doc else None
