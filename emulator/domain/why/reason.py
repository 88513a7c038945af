"""Why a plugin has no run for something that happened: by a word for programs, and in sentences."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from emulator import messages
from emulator.domain.why.case import Case
from emulator.domain.why.remedy import remedy_of
from emulator.rules.plugin_history import Standing
from emulator.rules.why import Hindrances, Word, hindrances

Reason = dict[str, Any]

_KINDS = ("origin", "activity", "deployment", "asked")


def reason(
    word: Word,
    fields: dict[str, Any],
    remedy: str | None = None,
    *,
    run_id: str | None = None,
    details: Iterable[str] = (),
) -> Reason:
    """One reason.

    Args:
        fields: what the sentences name.
        remedy: another one than the word's own.
        run_id: the run that it is about.
        details: what a build said that failed.
    """
    return {
        "reason": word,
        "explanation": messages.WHY[word].format(**fields),
        "remedy": messages.REMEDIES[word].format(**fields) if remedy is None else remedy,
        "run": run_id,
        "details": list(details),
    }


def reasons_without_run(case: Case) -> list[Reason]:
    """Why a plugin has no run for what happened."""
    at = case.standing(case.happening.place)
    fields = case.fields(at)
    stood, stands = hindrances(case.happened, at), hindrances_now(case)
    found = [(kind, getattr(stood, kind)) for kind in _KINDS]
    told = [
        reason(
            word, fields, remedy_of(case, kind, word, stands), details=build_errors(case, word, at)
        )
        for kind, word in found
        if word
    ]
    return told or [reason("LOST", fields)]


def build_errors(case: Case, word: Word, at: Standing) -> list[str]:
    """What the build of a version said, if it is the reason."""
    if word != "BUILD_FAILED" or at.version is None:
        return []
    lines = case.view.plugin_build_errors.find("plugin", case.plugin["id"])
    errors = [each for each in lines if each["logType"] == "error"]
    return [each["content"] for each in errors if each["versionId"] == at.version.id]


def prospect(case: Case) -> dict[str, Any]:
    """Whether the plugin would be called if the same happened now.

    Returns:
        ``called``, ``reasons`` (the words of those why not) and ``explanation``.
    """
    now, words = case.standing(), hindrances_now(case).words()
    by_handler = now.version is not None and case.happened.handler in now.version.handlers
    fields = {
        **case.fields(now),
        "words": ", ".join(words),
        "quoted": shlex.quote(case.plugin["name"]),
        "trigger": case.method if by_handler else case.happened.subject,
    }
    text = messages.NOW_NOT_CALLED if words else messages.NOW_CALLED
    return {"called": not words, "reasons": words, "explanation": text.format(**fields)}


def hindrances_now(case: Case) -> Hindrances:
    """What would stand in the way if the same happened now, before the eyes of the plugin."""
    happened = case.happened
    if happened.origin in ("FROM_SCENARIO", "COPIED"):
        happened = replace(happened, origin="HAPPENED")
    return hindrances(happened, case.standing())
