"""What is to be said of a run of a plugin for something that happened."""

from __future__ import annotations

from typing import Any

from emulator import messages
from emulator.domain import people, run_record
from emulator.domain.documents import RunDoc
from emulator.domain.trigger import METHODS, ON_EVENT
from emulator.domain.why.case import Case
from emulator.domain.why.reason import Reason, build_errors, hindrances_now, reason
from emulator.domain.why.remedy import remedy_of, remedy_of_method
from emulator.rules.plugin_history import Standing
from emulator.rules.why import Word


def reasons_of_run(case: Case, run: RunDoc) -> list[Reason]:
    """Why a plugin was called in a run, or was not."""
    at = case.standing(case.view.runs.position(run["id"]))
    word = _word(run, at)
    fields = {**case.fields(at), **_fields(case, run)}
    errors = [run["error"] or ""] if _failed_to_load(run) else build_errors(case, word, at)
    remedy = _remedy(case, run, word, fields)
    told = reason(word, fields, remedy, run_id=run["id"], details=errors)
    if word == "QUEUED" and fields["ahead"] is None:
        told["explanation"] = messages.WHY_ABOUT_TO_BEGIN
    return [told, *_missing_method(case, run, fields)]


def told_run(case: Case, run: RunDoc) -> dict[str, Any]:
    """A run in short, with what the address of a webhook answered: ``url``, ``status``, …"""
    return {**run_record.summary(case.view, run), "delivery": _delivery(run)}


def _delivery(run: RunDoc) -> dict[str, Any] | None:
    if not run["delivery"]:
        return None
    answer = run["delivery"]["answer"] or {}
    url = run["delivery"]["request"]["url"]
    return {"url": url, "status": answer.get("status"), "reason": answer.get("reason")}


def _word(run: RunDoc, at: Standing) -> Word:
    outcome, refusal = run["outcome"], run["refusal"]
    if outcome == "RUNNING":
        return "RUNNING" if run["startedAt"] else "QUEUED"
    if outcome == "INTERRUPTED":
        return "INTERRUPTED"
    if outcome != "NOT_RUN":
        return "BUILD_FAILED" if _failed_to_load(run) else "RAN"
    if refusal == "SELF_TRIGGERED":
        return "SELF_TRIGGERED"
    if refusal == "TOO_DEEP":
        return "TOO_DEEP"
    return "DEPLOYING" if at.deployment == "BUILT" else at.deployment


def _failed_to_load(run: RunDoc) -> bool:
    """Whether its version, which had been built, could not be loaded again, as after a start."""
    return run["outcome"] == "FAILED" and run["startedAt"] is None


def _fields(case: Case, run: RunDoc) -> dict[str, Any]:
    """What sentences about a run may name."""
    method = METHODS[run["handler"]]
    called = case.webhook["url"] if case.webhook else method
    version = case.view.plugin_versions.get(run["versionId"] or "")
    meanwhile = messages.WHY_AT_WORK if run["startedAt"] else messages.WHY_NOT_AT_WORK
    return {
        "run": run["id"],
        "method": method,
        "called": called,
        **({"version": version["number"]} if version else {}),
        "started": run["startedAt"],
        "outcome": _outcome(case, run),
        "meanwhile": meanwhile.format(called=called),
        "ahead": _ahead(case, run),
        "cause": run["causedBy"],
        "depth": len(run["lanes"]) - 1,
    }


def _outcome(case: Case, run: RunDoc) -> str:
    text = str(run["outcome"])
    if run["durationMs"] is not None:
        text += messages.WHY_TOOK.format(milliseconds=run["durationMs"])
    error = people.run_told(case.view, run)["error"]
    if error:
        return f"{text}: {error}"
    delivery = _delivery(run)
    if delivery is None:
        return text
    return text + messages.WHY_ANSWERED.format(status=f"{delivery['status']} {delivery['reason']}")


def _ahead(case: Case, run: RunDoc) -> str | None:
    """The run that is at work before it, or is to be next, while one waits for its turn."""
    if run["outcome"] != "RUNNING":
        return None
    running = case.view.runs.find("running", True)
    before = running[: [each["id"] for each in running].index(run["id"])]
    same = [each for each in before if each["lanes"][-1] == run["lanes"][-1]]
    waited_for = same or (before if case.one_by_one else [])
    at_work = [each for each in waited_for if each["startedAt"]]
    return next((str(each["id"]) for each in at_work or waited_for), None)


def _remedy(case: Case, run: RunDoc, word: Word, fields: dict[str, Any]) -> str | None:
    """Another remedy than the word's own."""
    if word == "QUEUED" and fields["ahead"] is None:
        return messages.REMEDY_LOOK_AGAIN
    if word == "RAN" and case.webhook and run["outcome"] != "SUCCEEDED":
        return messages.REMEDY_REDELIVER.format(**fields)
    if run["refusal"] == "NOT_DEPLOYED":
        return remedy_of(case, "deployment", word, hindrances_now(case))
    return None


def _missing_method(case: Case, run: RunDoc, fields: dict[str, Any]) -> list[Reason]:
    """That the SDK's own method was called, where the class certainly has none."""
    versions = [each for each in case.history.versions if each.id == run["versionId"]]
    if run["outcome"] != "SUCCEEDED" or run["handler"] == ON_EVENT or not versions:
        return []
    methods = case.methods(versions[0].id)
    if methods is None or not methods.is_all or METHODS[run["handler"]] in methods.names:
        return []
    names = ", ".join(methods.names) or messages.WHY_NO_METHODS
    remedy = _remedy_of_method(case, run["handler"])
    return [reason("METHOD_MISSING", {**fields, "methods": names}, remedy, run_id=run["id"])]


def _remedy_of_method(case: Case, handler: str) -> str:
    """What is to be done about a method that a version did not have, as things are now."""
    now = case.standing()
    assert now.version is not None
    methods = case.methods(now.version.id)
    if methods and METHODS[handler] in methods.names:
        return messages.MENDED["method"].format(**case.fields(now))
    return remedy_of_method(case, now.version, handler)
