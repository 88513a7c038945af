"""The steps of a project's workflow."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType

from kili_emulator.api.context import Info
from kili_emulator.domain import member, workflow_settings
from kili_emulator.domain import step as steps_of
from kili_emulator.domain.documents import ProjectDoc, StepDoc, StepGroupDoc, UserDoc

mutation = MutationType()
project = ObjectType("Project")
step = ObjectType("ProjectStep")

Input = dict[str, Any]


@mutation.field("editProjectWorkflowSettings")
def edit_project_workflow_settings(_: Any, info: Info, input: Input) -> ProjectDoc:  # noqa: A002
    steps = input.get("steps") or {}
    with info.context.change() as tx:
        return workflow_settings.edit_workflow(
            tx,
            "editProjectWorkflowSettings",
            input["projectId"],
            enforce_separation=input.get("enforceStepSeparation"),
            creates=steps.get("creates") or (),
            updates=steps.get("updates") or (),
            deletes=steps.get("deletes") or (),
        )


@mutation.field("addReviewStep")
def add_review_step(_: Any, info: Info, input: Input) -> ProjectDoc:  # noqa: A002
    created = {**_members(input), "type": "REVIEW"}
    with info.context.change() as tx:
        return workflow_settings.edit_workflow(
            tx, "addReviewStep", input["projectId"], creates=[created]
        )


@mutation.field("updateLabelingStepProperties")
def update_labeling_step(_: Any, info: Info, input: Input) -> ProjectDoc:  # noqa: A002
    return _updated("updateLabelingStepProperties", info, input, type="DEFAULT")


@mutation.field("updateReviewStepProperties")
def update_review_step(_: Any, info: Info, input: Input) -> ProjectDoc:  # noqa: A002
    return _updated("updateReviewStepProperties", info, input, type="REVIEW")


@mutation.field("renameStep")
def rename_step(_: Any, info: Info, input: Input) -> ProjectDoc:  # noqa: A002
    return _updated("renameStep", info, input, name=input["newName"])


@mutation.field("deleteStep")
def delete_step(_: Any, info: Info, input: Input) -> ProjectDoc:  # noqa: A002
    deleted = [input["stepId"]]
    with info.context.change() as tx:
        return workflow_settings.edit_workflow(
            tx, "deleteStep", input["projectId"], deletes=deleted
        )


def _updated(operation: str, info: Info, data: Input, **members: str) -> ProjectDoc:
    update = {**_members(data), **members, "id": data["stepId"]}
    with info.context.change() as tx:
        return workflow_settings.edit_workflow(tx, operation, data["projectId"], updates=[update])


def _members(data: Input) -> Input:
    """Return the members of an input that are members of a step."""
    return {
        name: value
        for name, value in data.items()
        if name not in ("projectId", "stepId", "newName")
    }


@project.field("steps")
def steps(owner: ProjectDoc, info: Info) -> list[StepDoc]:
    return steps_of.steps_of(info.context.view, owner["id"])


@project.field("stepGroups")
def step_groups(owner: ProjectDoc, info: Info) -> list[StepGroupDoc]:
    return steps_of.groups_of(info.context.view, owner["id"])


@step.field("assignees")
def assignees(owner: StepDoc, info: Info) -> list[UserDoc]:
    ids = member.list_worker_ids(info.context.view, owner)
    return [info.context.anonymized_user(each, owner["projectId"]) for each in ids]


@step.field("isActivated")
def is_activated(_: StepDoc, __: Info) -> bool:
    return True


BINDABLES = [mutation, project, step]
