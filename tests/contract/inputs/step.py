"""Inputs of the steps of a project's workflow."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.registry import Case, CaseWorld, case
from tests.kit.world_content import add_stepped_project

FIELDS = (
    "id name type order assignees { id } consensusCoverage numberOfExpectedLabelsForConsensus"
    " sendBackStepId stepCoverage stepGroupId useHoneypot"
)


def _stepped(case_world: CaseWorld) -> CaseWorld:
    """Return the world with a project that has steps."""
    return CaseWorld(case_world.wire, {**case_world.names, **add_stepped_project(case_world.wire)})


def _steps(case_world: CaseWorld) -> list[dict[str, Any]]:
    selection = f"steps {{ {FIELDS} }}"
    steps: list[dict[str, Any]] = case_world.read("projects", "stepped project", selection)["steps"]
    return steps


def _edit(case_world: CaseWorld, **steps: Any) -> None:
    data = {"projectId": case_world.names["stepped project"], "steps": steps}
    case_world.wire.call("editProjectWorkflowSettings", input=data)


@case(
    "editProjectWorkflowSettings(input)",
    "EditProjectWorkflowSettingsInput.enforceStepSeparation",
    "EditProjectWorkflowSettingsInput.projectId",
)
def _(case_world: CaseWorld) -> None:
    case_world = _stepped(case_world)
    data = {"projectId": case_world.names["stepped project"], "enforceStepSeparation": True}
    case_world.wire.call("editProjectWorkflowSettings", input=data)
    read = case_world.read("projects", "stepped project", "enforceStepSeparation")
    assert read == {"enforceStepSeparation": True}


@case(
    "EditProjectWorkflowSettingsInput.steps",
    "ProjectWorkflowStepsInput.creates",
    "ProjectWorkflowStepInput.name",
    "ProjectWorkflowStepInput.type",
    "ProjectWorkflowStepInput.assignees",
    "ProjectWorkflowStepInput.stepCoverage",
    "ProjectWorkflowStepInput.sendBackStepId",
    "ProjectWorkflowStepInput.order",
)
def _(case_world: CaseWorld) -> None:
    case_world = _stepped(case_world)
    created = {
        "name": "Last look",
        "type": "REVIEW",
        "assignees": [case_world.names["rita"]],
        "stepCoverage": 30,
        "sendBackStepId": case_world.names["review step"],
        "order": 2,
    }
    _edit(case_world, creates=[created])
    step = _steps(case_world)[-1]
    assert step.items() >= {**created, "assignees": [{"id": case_world.names["rita"]}]}.items()


def _updates(member: str, value: Any, step: str) -> Case:
    def check(case_world: CaseWorld) -> None:
        case_world = _stepped(case_world)
        _edit(case_world, updates=[{"id": case_world.names[step], member: value}])
        (read,) = [each for each in _steps(case_world) if each["id"] == case_world.names[step]]
        assert read[member] == value
        _edit(case_world, updates=[{"id": case_world.names[step], member: None}])
        (read,) = [each for each in _steps(case_world) if each["id"] == case_world.names[step]]
        assert read[member] is None

    return check


case("ProjectWorkflowStepsInput.updates", "ProjectWorkflowStepInput.id")(
    _updates("sendBackStepId", None, "review step")
)
for _member in ("consensusCoverage", "numberOfExpectedLabelsForConsensus"):
    case(f"ProjectWorkflowStepInput.{_member}")(_updates(_member, 3, "label step"))


@case("ProjectWorkflowStepInput.stepGroupId")
def _(case_world: CaseWorld) -> None:
    case_world = _stepped(case_world)
    created = {"name": "n", "type": "REVIEW", "stepGroupId": "nobody's"}
    data = {"projectId": case_world.names["stepped project"], "steps": {"creates": [created]}}
    assert "stepGroupId must be the id" in case_world.wire.refusal(
        "editProjectWorkflowSettings", input=data
    )


@case("ProjectWorkflowStepsInput.deletes")
def _(case_world: CaseWorld) -> None:
    case_world = _stepped(case_world)
    _edit(case_world, deletes=[case_world.names["review step"]])
    assert [each["id"] for each in _steps(case_world)] == [case_world.names["label step"]]
    read = case_world.read("assets", "in review", "status currentStep { name status }")
    assert read == {"status": "LABELED", "currentStep": {"name": "Label", "status": "DONE"}}


def _adds(member: str, value: Any) -> Case:
    def check(case_world: CaseWorld) -> None:
        case_world = _stepped(case_world)
        given = case_world.names.get(value, value) if isinstance(value, str) else value
        data = {
            "projectId": case_world.names["stepped project"],
            "name": "Another",
            "assignees": [case_world.names["max"]],
            member: given,
        }
        case_world.wire.call("addReviewStep", input=data)
        step = _steps(case_world)[-1]
        assert step.items() >= {"type": "REVIEW", member: given, "name": "Another"}.items()
        assert step["assignees"] == [{"id": case_world.names["max"]}]

    return check


case(
    "addReviewStep(input)",
    "AddReviewStepInput.projectId",
    "AddReviewStepInput.name",
    "AddReviewStepInput.assignees",
    "AddReviewStepInput.stepCoverage",
)(_adds("stepCoverage", 12))
case("AddReviewStepInput.sendBackStepId")(_adds("sendBackStepId", "review step"))
case("AddReviewStepInput.useHoneypot")(_adds("useHoneypot", True))


@case("AddReviewStepInput.stepGroupId")
def _(case_world: CaseWorld) -> None:
    case_world = _stepped(case_world)
    data = {
        "projectId": case_world.names["stepped project"],
        "name": "n",
        "assignees": [case_world.names["rita"]],
        "stepGroupId": "nobody's",
    }
    assert "stepGroupId must be the id" in case_world.wire.refusal("addReviewStep", input=data)


def _changes(mutation: str, step: str, member: str, value: Any, read_as: str = "") -> Case:
    def check(case_world: CaseWorld) -> None:
        case_world = _stepped(case_world)
        data = {
            "projectId": case_world.names["stepped project"],
            "stepId": case_world.names[step],
            member: value,
        }
        if member == "assignees":
            data[member] = [case_world.names[each] for each in value]
        if member == "sendBackStepId":
            data[member] = case_world.names[value]
        case_world.wire.call(mutation, input=data)
        (read,) = [each for each in _steps(case_world) if each["id"] == case_world.names[step]]
        expected = (
            [{"id": each} for each in data[member]] if member == "assignees" else data[member]
        )
        assert read[read_as or member] == expected

    return check


case(
    "updateLabelingStepProperties(input)",
    "UpdateLabelingStepPropertiesInput.projectId",
    "UpdateLabelingStepPropertiesInput.stepId",
    "UpdateLabelingStepPropertiesInput.consensusCoverage",
)(_changes("updateLabelingStepProperties", "label step", "consensusCoverage", 40))
for _member, _value in (("numberOfExpectedLabelsForConsensus", 2), ("useHoneypot", True)):
    case(f"UpdateLabelingStepPropertiesInput.{_member}")(
        _changes("updateLabelingStepProperties", "label step", _member, _value)
    )
case(
    "updateReviewStepProperties(input)",
    "UpdateReviewStepPropertiesInput.projectId",
    "UpdateReviewStepPropertiesInput.stepId",
    "UpdateReviewStepPropertiesInput.stepCoverage",
)(_changes("updateReviewStepProperties", "review step", "stepCoverage", 40))
for _member, _given in (
    ("assignees", ["rita", "max"]),
    ("sendBackStepId", "label step"),
    ("useHoneypot", True),
):
    case(f"UpdateReviewStepPropertiesInput.{_member}")(
        _changes("updateReviewStepProperties", "review step", _member, _given)
    )
case(
    "renameStep(input)",
    "RenameStepInput.projectId",
    "RenameStepInput.stepId",
    "RenameStepInput.newName",
)(_changes("renameStep", "label step", "newName", "Draw boxes", "name"))


@case("deleteStep(input)", "DeleteStepInput.projectId", "DeleteStepInput.stepId")
def _(case_world: CaseWorld) -> None:
    case_world = _stepped(case_world)
    data = {
        "projectId": case_world.names["stepped project"],
        "stepId": case_world.names["review step"],
    }
    case_world.wire.call("deleteStep", input=data)
    assert [each["id"] for each in _steps(case_world)] == [case_world.names["label step"]]
