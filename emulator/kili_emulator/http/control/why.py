"""The route that explains why a plugin was called or not."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from kili_emulator import errors
from kili_emulator.http.control.sessions import Sessions


def add_why_route(blueprint: Blueprint, sessions: Sessions) -> None:
    """Add the route that explains why a plugin was called or not.

    ``GET …/why`` takes exactly one of ``label``, ``asset`` and ``event``; ``project`` with an
    external id as ``asset``; and optionally ``plugin``.
    """

    @blueprint.get("/worlds/<name>/why")
    def answer(name: str) -> Response:
        from kili_emulator.domain.why.question import Question
        from kili_emulator.services import why

        session = sessions.open(name)
        arguments = request.args.to_dict(flat=False)
        is_unambiguous = all(len(values) == 1 and values[0] for values in arguments.values())
        if not is_unambiguous or arguments.keys() - Question.__match_args__:
            raise errors.why_question()
        question = Question(**{member: values[0] for member, values in arguments.items()})
        return jsonify(why.answer(session, question))
