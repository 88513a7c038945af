"""Simulated users: the actions of labelers and reviewers, and the plugin runs they cause."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypedDict

from kili_emulator import errors
from kili_emulator.domain import access
from kili_emulator.domain.documents import AssetDoc, ProjectDoc, UserDoc
from kili_emulator.domain.event_bus import wait_for_deliveries
from kili_emulator.domain.lookup import find_asset, find_project, find_user
from kili_emulator.domain.run_view import RunBrief, run_brief
from kili_emulator.domain.simulated_user.actions import ACTIONS, ActionInput
from kili_emulator.domain.simulated_user.examples import Example, example_response
from kili_emulator.domain.simulated_user.queue import QUEUED_LABEL_TYPES, next_asset
from kili_emulator.domain.world import Actor, Transaction, View
from kili_emulator.rules.workflow import Status, StepStatus
from kili_emulator.services.session import WorldSession


@dataclass(frozen=True)
class Action:
    """An action of a simulated user.

    Attributes:
        verb: a key of :data:`kili_emulator.domain.simulated_user.actions.ACTIONS`.
        project: the project's id or title.
        user: the user's e-mail address, or the name of their API key.
        asset: the asset's id or external id; the next in the user's queue, if ``None``.
        example: make the response, which fits the interface.
    """

    verb: str
    project: str
    user: str
    asset: str | None = None
    action_input: ActionInput = field(default_factory=ActionInput)
    example: Example | None = None


class AssetProgress(TypedDict):
    """The position of an asset in the workflow.

    ``step`` is the name of the step. ``step`` and ``stepStatus`` are ``None`` in a V1 project.
    """

    status: Status
    skipped: bool
    step: str | None
    stepStatus: StepStatus | None


class ActionView(TypedDict):
    """An action of a simulated user, and its effects.

    - ``verb``: the action, such as ``submit``.
    - ``user``: the e-mail address of the user.
    - ``labelId``, ``issueId``: the label and the issue that the action added or used, or ``None``.
    - ``before``: the asset before the action.
    - ``after``: the asset after the runs that the action caused; ``None`` if a plugin deleted it.
    - ``runs``: the runs that the action caused, directly or through other runs, in order.
    """

    verb: str
    user: str
    projectId: str
    assetId: str
    externalId: str
    labelId: str | None
    issueId: str | None
    before: AssetProgress
    after: AssetProgress | None
    runs: list[RunBrief]


def perform_action(session: WorldSession, action: Action) -> ActionView:
    """Perform an action of a simulated user, and wait for all runs that the action causes.

    Raises:
        KiliError: the user, project or asset is unknown, or the action is not possible now.
    """
    world, _, seconds = session.deploy_saved()
    actor = find_user(world.view, action.user)
    with world.transaction(Actor(actor)) as tx:
        project = _require_project(tx, actor, action.project)
        asset = _find_asset(tx, project, action)
        before = _asset_progress(tx, asset)
        action_input = action.action_input
        if action.example:
            response = example_response(tx, asset, action.example)
            action_input = replace(action_input, response=response)
        result = ACTIONS[action.verb](tx, asset, action_input)
    wait_for_deliveries(tx.deliveries, seconds)
    view = world.view
    current = view.assets.get(asset["id"])
    return {
        "verb": action.verb,
        "user": actor["email"],
        "projectId": asset["projectId"],
        "assetId": asset["id"],
        "externalId": asset["externalId"],
        "labelId": result.label_id,
        "issueId": result.issue_id,
        "before": before,
        "after": _asset_progress(view, current) if current else None,
        "runs": _runs_caused_by(view, {each["id"] for each in tx.emitted_events}),
    }


def _require_project(view: View, actor: UserDoc, name: str) -> ProjectDoc:
    """Return the project with that id or title, of which the user is a member."""
    project = find_project(view, name)
    if access.role_in(view, actor, project) is None:
        raise errors.user_not_member(actor["email"], project["title"], project["id"])
    if project["archivedAt"]:
        raise errors.project_archived(project["title"])
    return project


def _find_asset(tx: Transaction, project: ProjectDoc, action: Action) -> AssetDoc:
    if action.asset is None:
        return _next_asset(tx, project, action)
    return find_asset(tx, project, action.asset)


def _next_asset(tx: Transaction, project: ProjectDoc, action: Action) -> AssetDoc:
    label_type = QUEUED_LABEL_TYPES.get(action.verb)
    if label_type is None:
        raise errors.asset_missing(action.verb)
    asset = next_asset(tx, project, label_type)
    if asset is None:
        raise errors.queue_empty(action.verb, tx.actor.user["email"], project["title"])
    return asset


def _asset_progress(view: View, asset: AssetDoc) -> AssetProgress:
    step = view.steps.get(asset["stepId"] or "")
    return {
        "status": asset["status"],
        "skipped": asset["skipped"],
        "step": step["name"] if step else None,
        "stepStatus": asset["stepStatus"],
    }


def _runs_caused_by(view: View, event_ids: set[str]) -> list[RunBrief]:
    """Return the runs that events caused, directly or through other runs, in order."""
    caused: dict[str, RunBrief] = {}
    for run in view.runs.all():
        if run["eventId"] in event_ids or run["causedBy"] in caused:
            caused[run["id"]] = run_brief(view, run)
    return list(caused.values())
