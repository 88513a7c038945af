"""The reasons that the runs of a plugin for an occurrence give."""

from __future__ import annotations

from typing import Any

from kili_emulator import messages
from kili_emulator.domain.documents import RunDoc
from kili_emulator.domain.run_view import run_brief, run_view
from kili_emulator.domain.why.case import Case
from kili_emulator.domain.why.not_called import Reason, details_of, reason
from kili_emulator.domain.why.remedy import remedy_of, remedy_of_method
from kili_emulator.rules import blockers as rules
from kili_emulator.rules import handlers
from kili_emulator.rules.blockers import ReasonCode

_WORDS: dict[str, ReasonCode] = {
    "INTERRUPTED": "INTERRUPTED",
    "SELF_TRIGGERED": "SELF_TRIGGERED",
    "TOO_DEEP": "TOO_DEEP",
}


def reasons_of_run(case: Case, run: RunDoc) -> list[Reason]:
    """Why a plugin was called in a run, or was not."""
    word = _word(case, run)
    fields = {**case.fields_then(), **_fields(case, run)}
    errors = [run["error"] or ""] if _failed_to_load(run) else details_of(case, word)
    found = reason(word, fields, _remedy(case, run, word, fields), run_id=run["id"], details=errors)
    if word == "QUEUED" and fields["ahead"] is None:
        found["explanation"] = messages.WHY_RUN_STARTING
    return [found, *_missing_method(case, run, fields)]


def delivered_run_view(case: Case, run: RunDoc) -> dict[str, Any]:
    """A run in short, with the answer of a webhook: ``url``, ``status``, ``reason``."""
    return {**run_view(case.view, run), "delivery": _delivery(run)}


def _delivery(run: RunDoc) -> dict[str, Any] | None:
    if not run["delivery"]:
        return None
    answer = run["delivery"]["answer"] or {}
    url = run["delivery"]["request"]["url"]
    return {"url": url, "status": answer.get("status"), "reason": answer.get("reason")}


def _word(case: Case, run: RunDoc) -> ReasonCode:
    outcome = run["outcome"]
    if outcome == "RUNNING":
        return "RUNNING" if run["startedAt"] else "QUEUED"
    if run["refusal"] == "NOT_DEPLOYED":
        decided = case.decision["reasons"][case.occurrence.subject] if case.decision else ()
        found = (each for each in decided if rules.kind_of_blocker(each) == "deployment")
        return next(found, "NOT_RECORDED")
    if _failed_to_load(run):
        return "BUILD_FAILED"
    return _WORDS.get(run["refusal"] or outcome, "RAN")


def _failed_to_load(run: RunDoc) -> bool:
    """Whether a version that had been built could not be loaded again, as after a start."""
    return run["outcome"] == "FAILED" and run["startedAt"] is None


def _fields(case: Case, run: RunDoc) -> dict[str, Any]:
    """The fields that messages use of a run."""
    method = handlers.method_of(run["handler"])
    called = case.webhook["url"] if case.webhook else method
    version = case.view.plugin_versions.get(run["versionId"] or "")
    progress = messages.WHY_DURING_CALL if run["startedAt"] else messages.WHY_BEFORE_CALL
    return {
        "run": run["id"],
        "method": method,
        "called": called,
        **({"version": version["number"]} if version else {}),
        "started": run["startedAt"],
        "outcome": _outcome(case, run),
        "meanwhile": progress.format(called=called),
        "ahead": _run_ahead(case, run),
        "cause": run["causedBy"],
        "depth": len(run["lanes"]) - 1,
    }


def _outcome(case: Case, run: RunDoc) -> str:
    text = str(run["outcome"])
    if run["durationMs"] is not None:
        text += messages.WHY_DURATION.format(milliseconds=run["durationMs"])
    error = run_brief(case.view, run)["error"]
    if error:
        return f"{text}: {error}"
    delivery = _delivery(run)
    if delivery is None:
        return text
    return text + messages.WHY_ANSWERED.format(status=f"{delivery['status']} {delivery['reason']}")


def _run_ahead(case: Case, run: RunDoc) -> str | None:
    """The id of the run that a queued run waits for: the one at work, or the next one."""
    if run["outcome"] != "RUNNING":
        return None
    running = case.view.runs.find("running", True)
    before = running[: [each["id"] for each in running].index(run["id"])]
    same = [each for each in before if each["lanes"][-1] == run["lanes"][-1]]
    waited_for = same or (before if case.world.ids.repeatable else [])
    at_work = [each for each in waited_for if each["startedAt"]]
    return next((str(each["id"]) for each in at_work or waited_for), None)


def _remedy(case: Case, run: RunDoc, word: ReasonCode, fields: dict[str, Any]) -> str | None:
    """The remedy of a run, where it is not the one of its word."""
    if word == "QUEUED" and fields["ahead"] is None:
        return messages.REMEDY_ASK_AGAIN
    if word == "RAN" and case.webhook and run["outcome"] != "SUCCEEDED":
        return messages.REMEDY_REDELIVER.format(**fields)
    is_decided = run["refusal"] == "NOT_DEPLOYED" and word != "NOT_RECORDED"
    return remedy_of(case, word) if is_decided else None


def _missing_method(case: Case, run: RunDoc, fields: dict[str, Any]) -> list[Reason]:
    """The reason that the class lacks the method, so that the run called the one of the SDK."""
    version_id = run["versionId"]
    if run["outcome"] != "SUCCEEDED" or run["handler"] == handlers.ON_EVENT.type or not version_id:
        return []
    methods = case.methods(version_id)
    if methods is None or not methods.is_complete or fields["method"] in methods.names:
        return []
    names = ", ".join(methods.names) or messages.WHY_NO_METHODS
    remedy = _remedy_of_missing_method(case, run["handler"])
    return [reason("METHOD_MISSING", {**fields, "methods": names}, remedy, run_id=run["id"])]


def _remedy_of_missing_method(case: Case, handler: str) -> str:
    """What to do now about a method that the called version lacked."""
    version = case.state.version
    assert version is not None  # it was called, and versions go with their plugin only
    methods = case.methods(version.id)
    if methods and handlers.method_of(handler) in methods.names:
        return messages.RESOLVED_REMEDIES["method"].format(**case.fields())
    return remedy_of_method(case, version, handler)
