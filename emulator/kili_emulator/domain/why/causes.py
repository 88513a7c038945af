"""Find why a plugin was called or not: in its runs, or else in the stored decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from kili_emulator.domain.decision import skipped_version
from kili_emulator.domain.documents import DecisionDoc, ProjectDoc, RunDoc
from kili_emulator.domain.plugin import build_errors
from kili_emulator.domain.run import headline, run_ahead
from kili_emulator.domain.why import texts
from kili_emulator.domain.why.facts import Facts, Fields, basic_fields
from kili_emulator.domain.why.remedies import remedy_of_blocker, remedy_of_missing_method
from kili_emulator.observe.timeline import DecisionReason
from kili_emulator.rules import blockers as rules
from kili_emulator.rules import handlers
from kili_emulator.rules.blockers import ReasonCode


class Reason(TypedDict):
    """A reason why a plugin was called or not.

    ``reason`` is a reason code for programs, ``run`` is the id of the run that the reason is about,
    ``details`` has the errors of a failed build.
    """

    reason: ReasonCode
    explanation: str
    remedy: str
    run: str | None
    details: list[str]


class DeliverySummary(TypedDict):
    """The delivery of a run to a webhook.

    ``status`` and ``reason`` are the HTTP status of the answer as number and text; ``None`` if the
    webhook did not answer. ``reason`` is also ``None`` if the answer has no such text.
    """

    url: str
    status: int | None
    reason: str | None


def reasons_of(facts: Facts, runs: list[RunDoc]) -> list[Reason]:
    """Return the reasons why a plugin was called or not, the most basic one first.

    Args:
        runs: the runs of the plugin for the occurrence.
    """
    if runs:
        return [reason for run in runs for reason in _reasons_of_run(facts, run)]
    if facts.decision is None:
        code = _code_without_record(facts)
        remedy = texts.REMEDIES.get(code, texts.RESOLVED_REMEDIES["origin"])
        return [_reason(code, facts.fields_now, remedy.format(**facts.fields_now))]
    codes = facts.decision["reasons"][facts.occurrence.subject]
    return [_reason_of_decision(facts, code) for code in codes]


def reasons_of_deleted(decision: DecisionDoc, project: ProjectDoc, subject: str) -> list[Reason]:
    """Return why a plugin that has since been deleted was not called."""
    fields = _fields_of_decision(decision, project, subject)
    codes = decision["reasons"][subject]
    return [_reason(code, fields, texts.REMEDY_DELETED) for code in codes]


def explain_decision(
    decision: DecisionDoc, project: ProjectDoc, subject: str
) -> list[DecisionReason]:
    """Return why a plugin was not called for the events of a subject, by the stored decision."""
    fields = _fields_of_decision(decision, project, subject)
    return [
        {"reason": code, "explanation": texts.WHY_REASONS[code].format(**fields)}
        for code in decision["reasons"][subject]
    ]


def _fields_of_decision(decision: DecisionDoc, project: ProjectDoc, subject: str) -> Fields:
    version = skipped_version(decision)
    return {
        **basic_fields(project, subject, version, is_webhook=decision["isWebhook"]),
        "name": decision["pluginName"],
        "since": decision["since"],
    }


def delivery_of(run: RunDoc) -> DeliverySummary | None:
    """Return a summary of the webhook delivery of a run; ``None`` if nothing was delivered."""
    if not run["delivery"]:
        return None
    answer = run["delivery"]["answer"]
    return {
        "url": run["delivery"]["request"]["url"],
        "status": answer["status"] if answer else None,
        "reason": answer["reason"] if answer else None,
    }


def _reason(
    code: ReasonCode,
    fields: Fields,
    remedy: str,
    *,
    run_id: str | None = None,
    details: Iterable[str] = (),
) -> Reason:
    return {
        "reason": code,
        "explanation": texts.WHY_REASONS[code].format(**fields),
        "remedy": remedy,
        "run": run_id,
        "details": list(details),
    }


def _code_without_record(facts: Facts) -> ReasonCode:
    """Return why dispatch stored neither a run nor a decision."""
    occurrence = facts.occurrence
    if facts.is_never_offered:
        return "OTHER_ORGANIZATION"
    if occurrence.event is None:
        return "COPIED"
    if occurrence.position < facts.world.start_position:
        return "FROM_SCENARIO"
    if occurrence.position < facts.view.plugins.position(facts.plugin["id"]):
        return "NOT_CREATED_YET"
    is_recorded = occurrence.position >= facts.world.decisions_position
    return "LOST" if is_recorded else "NOT_RECORDED"


def _reason_of_decision(facts: Facts, code: ReasonCode) -> Reason:
    fields, remedy = facts.fields_at_decision, remedy_of_blocker(facts, code)
    if code == "NEVER_ACTIVE" and facts.state.first_active:
        code, fields = "NOT_ACTIVE_YET", {**fields, "since": facts.state.first_active}
    return _reason(code, fields, remedy, details=_build_errors(facts, code))


def _build_errors(facts: Facts, code: ReasonCode) -> list[str]:
    """Return the errors of the build that had failed when the decision was made."""
    version = skipped_version(facts.decision) if facts.decision else None
    if version is None or code != "BUILD_FAILED":
        return []
    return build_errors(facts.view, facts.plugin["id"], version.id)


def _reasons_of_run(facts: Facts, run: RunDoc) -> list[Reason]:
    code = _code_of_run(facts, run)
    ahead = run_ahead(facts.view, run, one_queue=facts.world.ids.repeatable)
    fields = {**facts.fields_at_decision, **_fields_of_run(facts, run), "ahead": ahead}
    details = [run["error"] or ""] if _failed_to_load(run) else _build_errors(facts, code)
    remedy = texts.REMEDIES[code]
    if code == "QUEUED" and ahead is None:
        remedy = texts.REMEDY_ASK_AGAIN
    elif code == "RAN" and facts.webhook and run["outcome"] != "SUCCEEDED":
        remedy = texts.REMEDY_REDELIVER
    elif run["refusal"] == "NOT_DEPLOYED" and code != "NOT_RECORDED":
        remedy = remedy_of_blocker(facts, code)
    found = _reason(code, fields, remedy.format(**fields), run_id=run["id"], details=details)
    if code == "QUEUED" and ahead is None:
        found["explanation"] = texts.WHY_RUN_STARTING
    return [found, *_missing_method(facts, run, fields)]


def _code_of_run(facts: Facts, run: RunDoc) -> ReasonCode:
    if run["outcome"] == "RUNNING":
        return "RUNNING" if run["startedAt"] else "QUEUED"
    if run["refusal"] == "NOT_DEPLOYED":
        decided = facts.decision["reasons"][facts.occurrence.subject] if facts.decision else []
        found = (each for each in decided if rules.kind_of_blocker(each) == "deployment")
        return next(found, "NOT_RECORDED")
    if run["refusal"]:
        return run["refusal"]
    if run["outcome"] == "INTERRUPTED":
        return "INTERRUPTED"
    return "BUILD_FAILED" if _failed_to_load(run) else "RAN"


def _failed_to_load(run: RunDoc) -> bool:
    """Return whether a built version failed to load, for example after a restart."""
    return run["outcome"] == "FAILED" and run["startedAt"] is None


def _fields_of_run(facts: Facts, run: RunDoc) -> Fields:
    method = handlers.method_of(run["handler"])
    called = facts.webhook["url"] if facts.webhook else method
    version = facts.view.plugin_versions.get(run["versionId"] or "")
    progress = texts.WHY_DURING_CALL if run["startedAt"] else texts.WHY_BEFORE_CALL
    return {
        "run": run["id"],
        "method": method,
        "called": called,
        **({"version": version["number"]} if version else {}),
        "started": run["startedAt"],
        "outcome": _outcome(run),
        "meanwhile": progress.format(called=called),
        "cause": run["causedBy"],
        "depth": len(run["lanes"]) - 1,
    }


def _outcome(run: RunDoc) -> str:
    text: str = run["outcome"]
    if run["durationMs"] is not None:
        text += texts.WHY_DURATION.format(milliseconds=run["durationMs"])
    error, delivery = headline(run), delivery_of(run)
    if error:
        return f"{text}: {error}"
    if delivery:
        text += texts.WHY_ANSWERED.format(status=f"{delivery['status']} {delivery['reason']}")
    return text


def _missing_method(facts: Facts, run: RunDoc, fields: Fields) -> list[Reason]:
    """Return a reason if the plugin's class lacks the method, and the run called the SDK's."""
    handler, version_id = run["handler"], run["versionId"]
    if run["outcome"] != "SUCCEEDED" or handler == handlers.ON_EVENT.type or not version_id:
        return []
    methods = facts.methods(version_id)
    if methods is None or not methods.is_complete or fields["method"] in methods.names:
        return []
    fields = {**fields, "methods": ", ".join(methods.names) or texts.WHY_NO_METHODS}
    remedy = remedy_of_missing_method(facts, handler)
    return [_reason("METHOD_MISSING", fields, remedy, run_id=run["id"])]
