"""The route of the timeline: what requests changed, and what followed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify

from kili_emulator import errors
from kili_emulator.http.control.parameters import Parameters
from kili_emulator.http.control.sessions import Sessions

if TYPE_CHECKING:
    from kili_emulator.services.timeline import Position

_POSITION = re.compile(r"\d{1,15}(?:,\d{1,15}){0,2000}")


def add_timeline_route(blueprint: Blueprint, sessions: Sessions) -> None:
    """Add the route of the timeline.

    ``GET …/timeline`` takes ``run``, or ``asset`` and ``project``, and ``limit``; it answers
    ``requests``, oldest first, and a ``cursor``. With ``after`` (a cursor), ``requests`` are those
    that were answered since that answer and whose runs have ended; with ``wait`` (seconds) in
    addition, the answer waits for one.
    """

    @blueprint.get("/worlds/<name>/timeline")
    def show_timeline(name: str) -> Response:
        from kili_emulator.services import timeline

        given = Parameters(
            run="text", asset="text", project="text", limit="number", after="text", wait="number"
        )
        selection = timeline.TimelineSelection(
            run=given.text("run"),
            asset=given.text("asset"),
            project=given.text("project"),
            limit=given.number("limit"),
        )
        after = given.text("after")
        position = None if after is None else _parse_position(after)
        session = sessions.open(name, given.number("wait") or 0)
        page = timeline.follow_timeline(session, selection, position)
        shown = timeline.show_timeline(session, selection) if position is None else page.requests
        cursor = ",".join(map(str, [page.position.ended, *page.position.pending]))
        return jsonify(requests=shown, cursor=cursor)


def _parse_position(text: str) -> Position:
    """Parse a cursor.

    Raises:
        KiliError: the text is not a cursor.
    """
    from kili_emulator.services.timeline import Position

    if not _POSITION.fullmatch(text):
        raise errors.parameter_invalid("after", "the cursor of an earlier answer")
    ended, *pending = map(int, text.split(","))
    return Position(ended, frozenset(pending))
