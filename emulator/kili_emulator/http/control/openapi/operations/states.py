"""The descriptions of the routes that save and load states."""

from __future__ import annotations

from typing import TypedDict

from kili_emulator.http.control.openapi.operation import Operation
from kili_emulator.services.states import LoadedState

_STATE = "/worlds/<name>/state"
_ZIP = "application/zip"


class _SaveQuery(TypedDict, total=False):
    project: str


class _LoadQuery(TypedDict, total=False):
    replace: bool


OPERATIONS = (
    Operation(
        "saveState",
        "GET",
        _STATE,
        "Return the state of a world, with its API keys, or of the project with the id or title "
        "`project`, without secrets: a zip archive.",
        query=_SaveQuery,
        text=_ZIP,
    ),
    Operation(
        "loadState",
        "POST",
        _STATE,
        "Load a state: that of a world replaces the world; that of a project is added to it, in "
        "place of a project of the same id with `replace`.",
        answer=LoadedState,
        query=_LoadQuery,
        body_type=_ZIP,
    ),
)
