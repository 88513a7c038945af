"""Explain why a plugin was called or not."""

from __future__ import annotations

import functools

from kili_emulator import errors
from kili_emulator.domain.why.explanation import Explanation, explain
from kili_emulator.domain.why.question import Question
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.build.plugin_archive import read_archive
from kili_emulator.rules.handler_methods import Methods, read_methods
from kili_emulator.rules.plugin_source import MAIN
from kili_emulator.services.session import WorldSession


def answer(session: WorldSession, question: Question) -> Explanation:
    """Explain why plugins were called, or not called, for the topic of a question.

    Raises:
        KiliError: the topic or the plugin is unknown, the topic belongs to no project, or the
            question does not name exactly one label, asset or event.
    """
    world = session.deploy_saved().world

    @functools.cache
    def methods(digest: str) -> Methods | None:
        try:
            files = read_archive(world.blobs.get(digest))
        except (BuildError, errors.StorageError):
            return None
        return read_methods(files.get(MAIN, b"").decode("utf-8-sig", "replace"))

    return explain(world, question, lambda version: methods(version["digest"]))
