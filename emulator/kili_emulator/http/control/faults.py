"""Routes that add, list and remove the faults of a world."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from kili_emulator import errors
from kili_emulator.domain.registry import WorldError, WorldRegistry
from kili_emulator.http.request_body import read_json
from kili_emulator.observe.fault_presets import faults_of_preset
from kili_emulator.services import faults

_NUMBER = re.compile(r"[0-9]{1,18}")


def add_fault_routes(blueprint: Blueprint, registry: WorldRegistry, operations: list[str]) -> None:
    """Add the routes of faults.

    Args:
        operations: the root fields of GraphQL.
    """

    @blueprint.get("/worlds/<name>/faults")
    def list_faults(name: str) -> Response:
        return jsonify(faults.list_faults(registry.get(name)))

    @blueprint.post("/worlds/<name>/faults")
    def add_faults(name: str) -> tuple[Response, int]:
        world = registry.get(name)
        rules = _parse_rules(read_json(request))
        return jsonify(faults.add_faults(world, rules, operations)), 201

    @blueprint.delete("/worlds/<name>/faults")
    def clear_faults(name: str) -> Response:
        return jsonify(removed=faults.clear_faults(registry.get(name)))

    @blueprint.delete("/worlds/<name>/faults/<fault_id>")
    def remove_fault(name: str, fault_id: str) -> Response:
        if not _NUMBER.fullmatch(fault_id):
            raise WorldError(errors.CONTROL_FAULT_ID_INVALID)
        return jsonify(faults.remove_fault(registry.get(name), int(fault_id)))


def _parse_rules(data: dict[str, Any]) -> list[Mapping[str, object]]:
    """Return the rules of a request: one rule, a list of ``faults``, or those of a ``preset``.

    Raises:
        WorldError: the body has another form.
        KiliError: the preset is unknown.
    """
    if "target" in data:
        return [data]
    if data.keys() == {"preset"} and isinstance(data["preset"], str):
        return faults_of_preset(data["preset"])
    rules = data.get("faults")
    is_list = isinstance(rules, list) and all(isinstance(each, dict) for each in rules)
    if data.keys() != {"faults"} or not is_list:
        raise WorldError(errors.CONTROL_FAULTS_INVALID)
    return list(rules or [])
