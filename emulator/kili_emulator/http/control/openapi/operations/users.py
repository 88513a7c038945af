"""The descriptions of the routes about simulated users, and of the route that calls a plugin."""

from __future__ import annotations

from typing import Any, TypedDict

from kili_emulator.domain.run_view import RunBrief
from kili_emulator.domain.simulated_user.examples import Example
from kili_emulator.http.control.openapi.operation import Operation
from kili_emulator.services.users import ActionView


class _Actor(TypedDict):
    project: str
    user: str


class UserAction(_Actor, total=False):
    """An action of a user.

    - ``project``: the project's id or title.
    - ``user``: the user's e-mail address, or the name of their API key.
    - ``asset``: the asset's id or external id; by default, the next of the user's queue.
    - ``label``: the json response; by default, the one that the app shows.
    - ``seconds``: the labeling time.
    - ``correct``: the user changes a label that they submitted before.
    - ``example``: for a submit without ``label``: make a response that fits the interface.
    - ``reason``: the reason to skip the asset. ``issue``: the text of an issue, for ``send-back``.
    """

    asset: str | None
    label: dict[str, Any] | None
    seconds: float
    correct: bool
    example: Example
    reason: str | None
    issue: str | None


class Trigger(TypedDict):
    """A call of a plugin.

    - ``plugin``: its name or id. ``project``: the project's id or title.
    - ``event``: the subject of an event, or the name of a handler.
    - ``payload``: the event's payload, or the handler's arguments by name.
    """

    plugin: str
    project: str
    event: str
    payload: dict[str, Any]


OPERATIONS = (
    Operation(
        "actAsUser",
        "POST",
        "/worlds/<name>/people/<verb>",
        "Act as a user does in the app: submit, review, save, send-back, skip, unskip or click.",
        answer=ActionView,
        body=UserAction,
    ),
    Operation(
        "triggerPlugin",
        "POST",
        "/worlds/<name>/trigger",
        "Call a plugin for an event that has not happened.",
        answer=RunBrief,
        body=Trigger,
    ),
)
