"""The descriptions of the routes about worlds."""

from __future__ import annotations

from typing import Any, TypedDict

from kili_emulator.http.control.openapi.operation import Operation
from kili_emulator.services.worlds import KeyView, WorldView

_WORLD = "/worlds/<name>"


class _World(TypedDict):
    name: str


class NewWorld(_World, total=False):
    """A world to create.

    - ``scenario``: the name of a scenario, its path on the machine of the emulator, or its content.
    - ``origin``: the path of the file from which the content was read; media are beside it.
    - ``seed``: makes random draws and ids repeatable.
    """

    scenario: str | dict[str, Any] | None
    origin: str
    seed: int | None


class _Content(TypedDict):
    scenario: str | dict[str, Any]


class LoadedScenario(_Content, total=False):
    """A scenario to load; see ``NewWorld``."""

    origin: str


class Reset(TypedDict, total=False):
    """A state to return to.

    - ``mark``: an earlier answer of the operation ``markWorld``; by default, the state after the
      scenario was loaded.
    - ``wait``: the seconds to wait for running plugins before.
    - ``keepPlugins``: keep the plugins with their versions and where they are active.
    """

    mark: dict[str, Any]
    wait: float
    keepPlugins: bool


class KeyChange(TypedDict, total=False):
    """The changes of an API key; ``expiryDate`` is a time."""

    revoked: bool | None
    expiryDate: str | None


class WaitLimit(TypedDict, total=False):
    """The longest wait, in seconds; 30 by default."""

    timeout: float


class Idle(TypedDict):
    """Whether no plugin is running."""

    idle: bool


OPERATIONS = (
    Operation("listWorlds", "GET", "/worlds", "List all worlds.", answer=list[WorldView]),
    Operation(
        "createWorld",
        "POST",
        "/worlds",
        "Create a world; its API keys end with its name.",
        answer=WorldView,
        body=NewWorld,
        status=201,
    ),
    Operation(
        "showOwnWorld",
        "GET",
        "/world",
        "Show the world of the API key.",
        answer=WorldView,
    ),
    Operation("showWorld", "GET", _WORLD, "Show a world.", answer=WorldView),
    Operation("deleteWorld", "DELETE", _WORLD, "Delete a world with everything in it.", status=204),
    Operation(
        "resetWorld",
        "POST",
        f"{_WORLD}/reset",
        "Roll a world back to a mark, or to its scenario.",
        answer=WorldView,
        body=Reset,
        needs_body=False,
    ),
    Operation(
        "loadScenario",
        "POST",
        f"{_WORLD}/load",
        "Replace the content of a world by a scenario, until a reset.",
        answer=WorldView,
        body=LoadedScenario,
    ),
    Operation(
        "markWorld",
        "POST",
        f"{_WORLD}/mark",
        "Return a mark of the present state, to which a reset can return. Send it back unchanged.",
        answer=dict[str, Any],
    ),
    Operation(
        "exportWorld",
        "GET",
        f"{_WORLD}/export",
        "Return all documents with masked secrets, by table.",
        answer=dict[str, list[dict[str, Any]]],
    ),
    Operation(
        "changeKey",
        "POST",
        f"{_WORLD}/keys/<key_name>",
        "Revoke an API key, or set its expiry date.",
        answer=KeyView,
        body=KeyChange,
    ),
    Operation(
        "waitUntilIdle",
        "POST",
        f"{_WORLD}/wait-idle",
        "Wait until no plugin is running.",
        answer=Idle,
        body=WaitLimit,
        needs_body=False,
    ),
)
