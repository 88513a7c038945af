"""The description of one route of the control plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Operation:
    """A route.

    Attributes:
        id: the name of the operation, unique and for code generators, such as ``listRuns``.
        method: the HTTP method.
        path: the rule of the route below ``/_emulator``, such as ``/worlds/<name>/runs``.
        summary: what the operation does, in a sentence.
        answer: the type of the JSON answer; ``None`` for an empty answer.
        query: a ``TypedDict`` of the parameters of the URL; ``None`` if there are none.
        body: a ``TypedDict`` of the JSON body, or a union of such; ``None`` if there is none.
        needs_body: whether the body may not be left out.
        status: the HTTP status of an answer without an error.
        body_type: the media type of a body that is not JSON; empty for JSON, or without a body.
        text: the media type of an answer that is not JSON; empty for JSON.
    """

    id: str
    method: str
    path: str
    summary: str
    answer: Any = None
    query: Any = None
    body: Any = None
    needs_body: bool = True
    status: int = 200
    body_type: str = ""
    text: str = ""
