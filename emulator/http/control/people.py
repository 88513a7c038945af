"""People are played here, and plugins called by hand."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from emulator import errors
from emulator.domain import people
from emulator.domain.people import Deed
from emulator.domain.person import VERBS, Work
from emulator.domain.registry import WorldError, WorldRegistry
from emulator.http.body import read_json
from emulator.http.control.waiting import LONGEST_WAIT
from emulator.plugins.host import PluginHost

_TEXTS = ("project", "user", "asset", "reason", "issue")
_MEMBERS = (*_TEXTS, "label", "seconds", "correct")


def add_people_routes(
    blueprint: Blueprint, registry: WorldRegistry, host: PluginHost, wait: float
) -> None:
    """The routes on which somebody labels, reviews, …, and the one that calls a plugin.

    Args:
        wait: seconds that an answer waits, at most, for the plugins that it causes.
    """

    @blueprint.post("/worlds/<name>/people/<verb>")
    def act(name: str, verb: str) -> Response:
        world = registry.get(name)
        if verb not in VERBS:
            text = errors.CONTROL_VERB.format(verb=verb, verbs=", ".join(VERBS))
            raise WorldError(text)
        deed = _deed(verb, read_json(request))
        left = host.look(world, min(wait, LONGEST_WAIT))
        return jsonify(people.act(world, deed, left))

    @blueprint.post("/worlds/<name>/trigger")
    def trigger(name: str) -> Response:
        world = registry.get(name)
        data = read_json(request)
        texts = [data.get(each) for each in ("plugin", "project", "event")]
        payload = data.get("payload")
        are_texts = all(isinstance(each, str) for each in texts)
        if not are_texts or not isinstance(payload, dict) or len(data) != len(texts) + 1:
            raise WorldError(errors.CONTROL_TRIGGER)
        plugin, project, event = map(str, texts)
        left = host.look(world, min(wait, LONGEST_WAIT))
        project_id = people.find_project(world.view, project)["id"]
        made = host.trigger(world, plugin, project_id, event, payload, left)
        return jsonify(people.run_told(world.view, world.view.runs.the(made)))


def _deed(verb: str, data: dict[str, Any]) -> Deed:
    """What a request says that somebody does.

    Raises:
        WorldError: a member is missing, unknown or of the wrong type.
    """
    unknown = data.keys() - set(_MEMBERS)
    misshapen = [each for each in _TEXTS if not isinstance(data.get(each), str | None)]
    misshapen += [each for each in ("project", "user") if not data.get(each)]
    seconds, correct = data.get("seconds", 0), data.get("correct", False)
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        misshapen.append("seconds")
    if not isinstance(correct, bool):
        misshapen.append("correct")
    if unknown or misshapen:
        wrong = f"wrong: {', '.join(sorted({*unknown, *misshapen}))}"
        members = ", ".join(_MEMBERS[2:])
        raise WorldError(errors.CONTROL_PERSON.format(members=members, wrong=wrong))
    response = data.get("label")
    work = Work(
        response=None if response is None else json.dumps(response),
        seconds=seconds,
        correct=correct,
        reason=data.get("reason") or "",
        issue=data.get("issue"),
    )
    return Deed(verb, data["project"], data["user"], data.get("asset"), work)
