"""Why a plugin did not run: :mod:`kili_emulator.domain.why`, with the source of plugins at hand."""

from __future__ import annotations

import functools
from typing import Any

from kili_emulator import errors
from kili_emulator.domain.why import question as why_of
from kili_emulator.domain.why.question import Question
from kili_emulator.domain.world import World
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.build.plugin_archive import read_archive
from kili_emulator.rules.handler_methods import Methods, read_methods


def explain(world: World, question: Question) -> dict[str, Any]:
    """Answer a question: see :func:`kili_emulator.domain.why.question.explain`.

    Raises:
        KiliError: something is unknown, or it is not clear what is asked about.
    """

    @functools.cache
    def methods(digest: str) -> Methods | None:
        try:
            files = read_archive(world.blobs.get(digest))
        except (BuildError, errors.StorageError):
            return None
        return read_methods(files.get("main.py", b"").decode("utf-8-sig", "replace"))

    return why_of.explain(world, question, lambda version: methods(version["digest"]))
