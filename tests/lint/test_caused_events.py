"""The events of SDK methods in the lint are those of ``docs/contract/what-calls-plugins.md``."""

from __future__ import annotations

import pytest

from kili_emulator.lint.checks.caused_events import SUBJECTS, SUBJECTS_BY_ARGUMENT
from kili_emulator.rules.handlers import handler_type_for
from kili_emulator.rules.subjects import SENT_TO_PLUGINS
from tests.contract.methods import all_cases
from tests.contract.plugin_calls.plugin_calls_page import read_older_names, rows

ROWS = rows()
OLDER = read_older_names()
TABLE = "docs/contract/what-calls-plugins.md#actions"
LINT = "SUBJECTS in lint/checks/caused_events.py"

# The type of the labels that a method adds.
LABEL_TYPES = {"create_predictions": "PREDICTION"}

# A mutation → its events that depend on arguments or on the state of the project, which the lint
# does not read.
CONDITIONAL = {
    "addAssetsToReview": {"asset.workflow.currentStep.statusChanged"},
    "appendToRoles": {"project.member.updated", "project.workflow.step.updated"},
    "createHoneypot": {"asset.analytics.honeypot.computed", "asset.updated"},
    "createIssues": {"asset.question.created"},
    "deleteFromRoles": {
        "asset.workflow.assigned",
        "asset.workflow.lock.deleted",
        "project.workflow.step.updated",
    },
    "sendAssetsBackToQueue": {
        "asset.workflow.currentStep.changed",
        "label.workflow.rejected",
        "label.workflow.revisionStarted",
    },
    "updatePropertiesInAssets": {"asset.analytics.honeypot.computed", "asset.workflow.assigned"},
    "updatePropertiesInProject": {
        "project.archived",
        "project.interface.updated",
        "project.workflow.step.updated",
    },
    "updatePropertiesInProjectUser": {"project.member.created"},
    "updatePropertiesInRole": {"project.member.created", "project.workflow.step.updated"},
}


def mutations(method: str) -> set[str]:
    """Return the mutations that the SDKs send for a method, by their present names."""
    operations = {
        operation
        for case in all_cases()
        if case.method == method
        for sent in case.sends
        for operation in sent.split(" or ")
    }
    names = {each.removeprefix("Mutation.") for each in operations if each.startswith("Mutation.")}
    return {OLDER.get(each, each) for each in names}


def listed_events(method: str, label_type: str = "") -> set[str]:
    """Return the events in the rows of the mutations of a method.

    A row without an event stands for an event that is not sent to plugins; its handler counts.
    """
    names = mutations(method)
    ways = {*names, *(f"{each} {label_type}" for each in names)}
    return {called for row in ROWS if ways & row.ways for called in row.events or row.handlers}


def name_in_table(subject: str) -> str | None:
    """Return the event, or for an event that is not sent to plugins, the handler that it calls."""
    return subject if subject in SENT_TO_PLUGINS else handler_type_for(subject)


@pytest.mark.parametrize("method", SUBJECTS)
def test_method_causes_the_events_of_its_mutations(method: str) -> None:
    caused = {name_in_table(each) for each in SUBJECTS[method]}
    listed = listed_events(method, LABEL_TYPES.get(method, ""))
    conditional = {event for each in mutations(method) for event in CONDITIONAL.get(each, ())}
    unlisted, missing = caused - listed, listed - caused - conditional
    assert unlisted == set(), f"add to {TABLE}, or remove from {LINT}: {unlisted}"
    assert missing == set(), f"add to {LINT}, or to CONDITIONAL in this file: {missing}"


@pytest.mark.parametrize(
    ("method", "parameter", "value"),
    [
        (method, parameter, value)
        for method, (parameter, subjects) in SUBJECTS_BY_ARGUMENT.items()
        for value in subjects
    ],
)
def test_argument_of_a_method_causes_an_event_of_its_mutations(
    method: str, parameter: str, value: str
) -> None:
    caused = name_in_table(SUBJECTS_BY_ARGUMENT[method][1][value])
    listed = listed_events(method, value if parameter == "label_type" else "")
    assert caused in listed, f"add to {TABLE}, or remove from {LINT}: {caused}"


@pytest.mark.parametrize("mutation", CONDITIONAL)
def test_conditional_events_are_listed(mutation: str) -> None:
    listed = {event for row in ROWS if mutation in row.ways for event in row.events}
    outdated = CONDITIONAL[mutation] - listed
    assert outdated == set(), f"remove from CONDITIONAL in this file: {outdated}"
