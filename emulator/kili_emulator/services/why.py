"""Why a plugin was called, or was not."""

from __future__ import annotations

from typing import Any

from kili_emulator.domain.why.question import Question
from kili_emulator.plugins.why import explain
from kili_emulator.services.session import WorldSession


def answer(session: WorldSession, question: Question) -> dict[str, Any]:
    """The answer: see :func:`kili_emulator.domain.why.question.explain`.

    Raises:
        KiliError: something is unknown, or it is not one of label, asset and event.
    """
    return explain(session.deploy_saved().world, question)
