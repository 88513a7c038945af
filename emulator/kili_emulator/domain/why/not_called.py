"""Why a plugin was not called: the stored decision, and what to do about it now."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Any

from kili_emulator import messages
from kili_emulator.domain.decision import skipped_version
from kili_emulator.domain.documents import DecisionDoc, ProjectDoc
from kili_emulator.domain.plugin_state import first_activation
from kili_emulator.domain.why.case import Case, event_fields, version_fields
from kili_emulator.domain.why.remedy import remedy_of
from kili_emulator.rules.blockers import ReasonCode

Reason = dict[str, Any]


def reason(
    word: ReasonCode,
    fields: dict[str, Any],
    remedy: str | None = None,
    *,
    run_id: str | None = None,
    details: Iterable[str] = (),
) -> Reason:
    """One reason.

    Args:
        fields: the fields of the messages.
        remedy: replaces the remedy of the word.
        run_id: the run that the reason is about.
        details: the errors of a build.
    """
    return {
        "reason": word,
        "explanation": messages.WHY_REASONS[word].format(**fields),
        "remedy": messages.REMEDIES[word].format(**fields) if remedy is None else remedy,
        "run": run_id,
        "details": list(details),
    }


def reasons_without_run(case: Case) -> list[Reason]:
    """Why a plugin has no run for an occurrence."""
    if case.decision is None:
        word, fields = case.undecided(), case.fields()
        default = messages.RESOLVED_REMEDIES["origin"]
        return [reason(word, fields, messages.REMEDIES.get(word, default).format(**fields))]
    return [_decided(case, word) for word in case.decision["reasons"][case.occurrence.subject]]


def _decided(case: Case, word: ReasonCode) -> Reason:
    fields = case.fields_then()
    if word == "NEVER_ACTIVE":
        since = first_activation(case.view, case.plugin, case.project["id"])
        if since:
            word, fields = "NOT_ACTIVE_YET", {**fields, "since": since}
    return reason(word, fields, remedy_of(case, word), details=details_of(case, word))


def details_of(case: Case, word: ReasonCode) -> list[str]:
    """The errors of the build that had failed when the decision was made."""
    version = skipped_version(case.decision) if case.decision else None
    return case.build_errors(version.id) if version and word == "BUILD_FAILED" else []


def reasons_of_deleted(decision: DecisionDoc, project: ProjectDoc, subject: str) -> list[Reason]:
    """Why a plugin that has been deleted since was not called."""
    is_webhook = decision["isWebhook"]
    fields = {
        **event_fields(project, subject),
        **version_fields(skipped_version(decision), is_webhook=is_webhook),
        "name": decision["pluginName"],
        "since": decision["since"],
    }
    words = decision["reasons"][subject]
    return [reason(each, fields, messages.REMEDY_DELETED) for each in words]


def prospect(case: Case) -> dict[str, Any]:
    """Whether the plugin would be called if the same happened now.

    Returns:
        ``called``, ``reasons`` (the words of the blockers) and ``explanation``.
    """
    words = ["OTHER_ORGANIZATION"] if case.is_foreign else case.present.codes()
    fields, version = case.fields(), case.state.version
    by_handler = version is not None and fields["handler"] in version.handlers
    text = messages.NOW_NOT_CALLED if words else messages.NOW_CALLED
    explanation = text.format(
        **fields,
        words=", ".join(words),
        quoted=shlex.quote(case.plugin["name"]),
        trigger=fields["method"] if by_handler else case.occurrence.subject,
    )
    return {"called": not words, "reasons": words, "explanation": explanation}
