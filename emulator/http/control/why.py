"""Why plugins were called, or were not, is asked here."""

from __future__ import annotations

from dataclasses import fields

from flask import Blueprint, Response, jsonify, request

from emulator import errors
from emulator.domain.registry import WorldRegistry
from emulator.domain.why.question import Question
from emulator.http.control.waiting import LONGEST_WAIT
from emulator.plugins.host import PluginHost
from emulator.plugins.why import explain

_PARAMETERS = {each.name for each in fields(Question)}


def add_why_route(
    blueprint: Blueprint, registry: WorldRegistry, host: PluginHost, wait: float
) -> None:
    """The route that answers why a plugin did not run.

    ``GET …/why`` takes one of ``label``, ``asset`` (where needed, with ``project``) and ``event``,
    and ``plugin``.

    Args:
        wait: seconds to wait, at most, until what was saved where plugins are linked to is built.
    """

    @blueprint.get("/worlds/<name>/why")
    def answer(name: str) -> Response:
        world = registry.get(name)
        given = request.args.to_dict(flat=False)
        is_clear = all(len(values) == 1 and values[0] for values in given.values())
        if not is_clear or given.keys() - _PARAMETERS:
            raise errors.why_question()
        question = Question(**{member: values[0] for member, values in given.items()})
        host.look(world, min(wait, LONGEST_WAIT))
        return jsonify(explain(world, question))
