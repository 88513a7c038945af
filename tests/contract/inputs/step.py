"""Steps of a project's workflow."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.registry import Case, Stage, case
from tests.kit.world_content import set_steps

FIELDS = (
    "id name type order assignees { id } consensusCoverage numberOfExpectedLabelsForConsensus"
    " sendBackStepId stepCoverage stepGroupId useHoneypot"
)


def _stepped(stage: Stage) -> Stage:
    """The stage with a project that has steps."""
    return Stage(stage.wire, {**stage.names, **set_steps(stage.wire)})


def _steps(stage: Stage) -> list[dict[str, Any]]:
    selection = f"steps {{ {FIELDS} }}"
    steps: list[dict[str, Any]] = stage.read("projects", "stepped project", selection)["steps"]
    return steps


def _edit(stage: Stage, **steps: Any) -> None:
    data = {"projectId": stage.names["stepped project"], "steps": steps}
    stage.wire.call("editProjectWorkflowSettings", input=data)


@case(
    "editProjectWorkflowSettings(input)",
    "EditProjectWorkflowSettingsInput.enforceStepSeparation",
    "EditProjectWorkflowSettingsInput.projectId",
)
def _(stage: Stage) -> None:
    stage = _stepped(stage)
    data = {"projectId": stage.names["stepped project"], "enforceStepSeparation": True}
    stage.wire.call("editProjectWorkflowSettings", input=data)
    read = stage.read("projects", "stepped project", "enforceStepSeparation")
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
def _(stage: Stage) -> None:
    stage = _stepped(stage)
    created = {
        "name": "Last look",
        "type": "REVIEW",
        "assignees": [stage.names["rita"]],
        "stepCoverage": 30,
        "sendBackStepId": stage.names["review step"],
        "order": 2,
    }
    _edit(stage, creates=[created])
    step = _steps(stage)[-1]
    assert step.items() >= {**created, "assignees": [{"id": stage.names["rita"]}]}.items()


def _updates(member: str, value: Any, step: str) -> Case:
    def check(stage: Stage) -> None:
        stage = _stepped(stage)
        _edit(stage, updates=[{"id": stage.names[step], member: value}])
        (read,) = [each for each in _steps(stage) if each["id"] == stage.names[step]]
        assert read[member] == value
        _edit(stage, updates=[{"id": stage.names[step], member: None}])
        (read,) = [each for each in _steps(stage) if each["id"] == stage.names[step]]
        assert read[member] is None

    return check


case("ProjectWorkflowStepsInput.updates", "ProjectWorkflowStepInput.id")(
    _updates("sendBackStepId", None, "review step")
)
for _member in ("consensusCoverage", "numberOfExpectedLabelsForConsensus"):
    case(f"ProjectWorkflowStepInput.{_member}")(_updates(_member, 3, "label step"))


@case("ProjectWorkflowStepInput.stepGroupId")
def _(stage: Stage) -> None:
    stage = _stepped(stage)
    created = {"name": "n", "type": "REVIEW", "stepGroupId": "nobody's"}
    data = {"projectId": stage.names["stepped project"], "steps": {"creates": [created]}}
    assert "stepGroupId must be the id" in stage.wire.refusal(
        "editProjectWorkflowSettings", input=data
    )


@case("ProjectWorkflowStepsInput.deletes")
def _(stage: Stage) -> None:
    stage = _stepped(stage)
    _edit(stage, deletes=[stage.names["review step"]])
    assert [each["id"] for each in _steps(stage)] == [stage.names["label step"]]
    read = stage.read("assets", "in review", "status currentStep { name status }")
    assert read == {"status": "LABELED", "currentStep": {"name": "Label", "status": "DONE"}}


def _adds(member: str, value: Any) -> Case:
    def check(stage: Stage) -> None:
        stage = _stepped(stage)
        given = stage.names.get(value, value) if isinstance(value, str) else value
        data = {
            "projectId": stage.names["stepped project"],
            "name": "Another",
            "assignees": [stage.names["max"]],
            member: given,
        }
        stage.wire.call("addReviewStep", input=data)
        step = _steps(stage)[-1]
        assert step.items() >= {"type": "REVIEW", member: given, "name": "Another"}.items()
        assert step["assignees"] == [{"id": stage.names["max"]}]

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
def _(stage: Stage) -> None:
    stage = _stepped(stage)
    data = {
        "projectId": stage.names["stepped project"],
        "name": "n",
        "assignees": [stage.names["rita"]],
        "stepGroupId": "nobody's",
    }
    assert "stepGroupId must be the id" in stage.wire.refusal("addReviewStep", input=data)


def _changes(mutation: str, step: str, member: str, value: Any, read_as: str = "") -> Case:
    def check(stage: Stage) -> None:
        stage = _stepped(stage)
        data = {
            "projectId": stage.names["stepped project"],
            "stepId": stage.names[step],
            member: value,
        }
        if member == "assignees":
            data[member] = [stage.names[each] for each in value]
        if member == "sendBackStepId":
            data[member] = stage.names[value]
        stage.wire.call(mutation, input=data)
        (read,) = [each for each in _steps(stage) if each["id"] == stage.names[step]]
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
def _(stage: Stage) -> None:
    stage = _stepped(stage)
    data = {
        "projectId": stage.names["stepped project"],
        "stepId": stage.names["review step"],
    }
    stage.wire.call("deleteStep", input=data)
    assert [each["id"] for each in _steps(stage)] == [stage.names["label step"]]
