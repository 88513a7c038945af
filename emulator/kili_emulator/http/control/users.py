"""Routes for the actions of simulated users, and the route that triggers a plugin."""

from __future__ import annotations

import json
from typing import Any, get_args

from flask import Blueprint, Response, jsonify, request

from kili_emulator import errors
from kili_emulator.domain.registry import WorldError
from kili_emulator.domain.simulated_user.actions import ACTIONS, ActionInput
from kili_emulator.domain.simulated_user.examples import Example
from kili_emulator.http.control.sessions import Sessions
from kili_emulator.http.request_body import read_json
from kili_emulator.services import plugins
from kili_emulator.services.users import Action, perform_action

_TEXT_MEMBERS = ("project", "user", "asset", "reason", "issue")
_MEMBERS = (*_TEXT_MEMBERS, "label", "seconds", "correct", "example")


def add_user_routes(blueprint: Blueprint, sessions: Sessions) -> None:
    """Add the routes of simulated users: ``/people/submit``, ``/people/review``, …"""

    @blueprint.post("/worlds/<name>/people/<verb>")
    def act_as_user(name: str, verb: str) -> Response:
        session = sessions.open(name)
        if verb not in ACTIONS:
            text = errors.CONTROL_ACTION_UNKNOWN.format(verb=verb, verbs=", ".join(ACTIONS))
            raise WorldError(text)
        return jsonify(perform_action(session, _parse_action(verb, read_json(request))))


def add_trigger_route(blueprint: Blueprint, sessions: Sessions) -> None:
    """Add the route that calls a plugin for an event that did not happen."""

    @blueprint.post("/worlds/<name>/trigger")
    def trigger(name: str) -> Response:
        session = sessions.open(name)
        data = read_json(request)
        texts = [data.get(each) for each in ("plugin", "project", "event")]
        payload = data.get("payload")
        are_texts = all(isinstance(each, str) for each in texts)
        if not are_texts or not isinstance(payload, dict) or len(data) != len(texts) + 1:
            raise WorldError(errors.CONTROL_TRIGGER_INVALID)
        plugin, project, event = map(str, texts)
        run = plugins.trigger(session, plugin=plugin, project=project, event=event, payload=payload)
        return jsonify(run)


def _parse_action(verb: str, data: dict[str, Any]) -> Action:
    """Return the action of a request.

    Raises:
        WorldError: a member is missing, unknown or of the wrong type.
    """
    unknown = data.keys() - set(_MEMBERS)
    mistyped = [each for each in _TEXT_MEMBERS if not isinstance(data.get(each), str | None)]
    mistyped += [each for each in ("project", "user") if not data.get(each)]
    seconds, correct = data.get("seconds", 0), data.get("correct", False)
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        mistyped.append("seconds")
    if not isinstance(correct, bool):
        mistyped.append("correct")
    if not _is_example(verb, data):
        mistyped.append("example")
    if unknown or mistyped:
        problem = f"wrong members: {', '.join(sorted({*unknown, *mistyped}))}"
        members = ", ".join(_MEMBERS[2:])
        raise WorldError(
            errors.CONTROL_USER_ACTION_INVALID.format(members=members, problem=problem)
        )
    response = data.get("label")
    action_input = ActionInput(
        response=None if response is None else json.dumps(response),
        seconds=seconds,
        correct=correct,
        reason=data.get("reason") or "",
        issue=data.get("issue"),
    )
    user, asset = data["user"], data.get("asset")
    return Action(verb, data["project"], user, asset, action_input, data.get("example"))


def _is_example(verb: str, data: dict[str, Any]) -> bool:
    """Return whether the member ``example`` is missing or valid: only a submit has it."""
    example = data.get("example")
    is_submit = verb == "submit" and data.get("label") is None
    return example is None or (is_submit and example in get_args(Example))
