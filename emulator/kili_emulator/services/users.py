"""Simulated users: the actions of labelers and reviewers, and the plugin runs they cause."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kili_emulator import errors
from kili_emulator.domain import access
from kili_emulator.domain.documents import AssetDoc, ProjectDoc, UserDoc
from kili_emulator.domain.event_bus import wait_for_deliveries
from kili_emulator.domain.lookup import find_asset, find_project, find_user
from kili_emulator.domain.run_view import run_brief
from kili_emulator.domain.simulated_user.actions import ACTIONS, ActionInput, ActionResult
from kili_emulator.domain.simulated_user.queue import QUEUED_LABEL_TYPES, next_asset
from kili_emulator.domain.world import Actor, Transaction, View
from kili_emulator.services.session import WorldSession


@dataclass(frozen=True)
class Action:
    """An action of a simulated user.

    Attributes:
        verb: a key of :data:`kili_emulator.domain.simulated_user.actions.ACTIONS`.
        project: the project's id or title.
        user: the user's e-mail address, or the name of their API key.
        asset: the asset's id or external id; the next in the user's queue, if ``None``.
    """

    verb: str
    project: str
    user: str
    asset: str | None = None
    action_input: ActionInput = field(default_factory=ActionInput)


def perform_action(session: WorldSession, action: Action) -> dict[str, Any]:
    """Perform an action of a simulated user, and wait for all runs that the action causes.

    Returns:
        ``verb``, ``user``, ``projectId``, ``assetId``, ``externalId``, ``labelId``, ``issueId``;
        the state of the asset ``before`` and ``after`` (``status``, ``skipped``, ``step``,
        ``stepStatus``); and the ``runs`` that the action caused, each as
        :func:`kili_emulator.domain.run_view.run_brief`.

    Raises:
        KiliError: the user, project or asset is unknown, or the action is not possible now.
    """
    world, _, seconds = session.deploy_saved()
    actor = find_user(world.view, action.user)
    with world.transaction(Actor(actor)) as tx:
        project = _require_project(tx, actor, action.project)
        asset = _find_asset(tx, project, action)
        before = _asset_state(tx, asset)
        result = ACTIONS[action.verb](tx, asset, action.action_input)
    wait_for_deliveries(tx.deliveries, seconds)
    view = world.view
    after = _asset_state(view, view.assets.get(asset["id"]))
    return {
        **_result_members(action, actor, asset, result),
        "before": before,
        "after": after,
        "runs": _runs_caused_by(view, {each["id"] for each in tx.emitted_events}),
    }


def _result_members(
    action: Action, actor: UserDoc, asset: AssetDoc, result: ActionResult
) -> dict[str, Any]:
    return {
        "verb": action.verb,
        "user": actor["email"],
        "projectId": asset["projectId"],
        "assetId": asset["id"],
        "externalId": asset["externalId"],
        "labelId": result.label_id,
        "issueId": result.issue_id,
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


def _asset_state(view: View, asset: AssetDoc | None) -> dict[str, Any] | None:
    """Return the status and step of an asset; ``None`` if a plugin has deleted the asset."""
    if asset is None:
        return None
    step = view.steps.get(asset["stepId"] or "")
    return {
        "status": asset["status"],
        "skipped": asset["skipped"],
        "step": step["name"] if step else None,
        "stepStatus": asset["stepStatus"],
    }


def _runs_caused_by(view: View, event_ids: set[str]) -> list[dict[str, Any]]:
    """Return the runs that events caused, directly or through other runs, in order."""
    caused: dict[str, dict[str, Any]] = {}
    for run in view.runs.all():
        if run["eventId"] in event_ids or run["causedBy"] in caused:
            caused[run["id"]] = run_brief(view, run)
    return list(caused.values())
