"""Who is to label an asset, and who works on a step (contract §5.5, §5.7, §5.8)."""

from __future__ import annotations

from emulator.domain import access, member, participant, step, workflow
from emulator.domain.documents import AssetDoc, ProjectDoc, StepDoc
from emulator.domain.world import Transaction, View
from emulator.rules.latest_labels import authors_at_work


def assign(
    tx: Transaction, operation: str, assets: list[AssetDoc], user_ids: list[str]
) -> workflow.Split:
    """Assign assets to users, or with no users to nobody in particular.

    Whoever has a label in progress on an asset stays assigned to it: an assignment that would
    leave them out is declined.

    Returns:
        the assets that are assigned so now, and those to which it does not apply.

    Raises:
        KiliError: a user has no part in an asset's project.
    """
    assigned: list[AssetDoc] = []
    declined: list[AssetDoc] = []
    for each in assets:
        project = access.require(tx, operation, each["projectId"])
        for user_id in user_ids:
            participant.by_id(tx, operation, project, user_id)
        at_work = authors_at_work(tx.labels.find("asset", each["id"]))
        if at_work & set(each["assigneeIds"]) - set(user_ids):
            declined.append(each)
        else:
            assigned.append(set_assignees(tx, each, user_ids))
    return assigned, declined


def ids_of(tx: Transaction, operation: str, project: ProjectDoc, emails: list[str]) -> list[str]:
    """The users of a project with these addresses.

    Raises:
        KiliError: an address is no member's.
    """
    return [participant.by_email(tx, operation, project, each)["id"] for each in emails]


def set_assignees(tx: Transaction, asset: AssetDoc, user_ids: list[str]) -> AssetDoc:
    """Assign an asset, and tell so if that is new."""
    user_ids = list(dict.fromkeys(user_ids))
    if user_ids == asset["assigneeIds"]:
        return asset
    asset = tx.assets.change(asset, assigneeIds=user_ids, updatedAt=tx.now)
    workflow.tell(tx, "asset.workflow.assigned", asset)
    return asset


def workers(view: View, worked: StepDoc) -> list[str]:
    """Who works on a step: those who are named, or else every member whose role allows it.

    Returns:
        their ids.
    """
    if worked["assigneeIds"] is not None:
        return list(worked["assigneeIds"])
    members = member.joined(view, view.projects.the(worked["projectId"]))
    users = [(view.users.the(each["userId"]), each["role"]) for each in members]
    return [
        user["id"]
        for user, role in users
        if user["activated"] and step.may_work(worked["type"], role)
    ]
