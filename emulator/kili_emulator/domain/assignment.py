"""The users who are to label an asset (contract/workflow.md#assignment)."""

from __future__ import annotations

from kili_emulator.domain import member, workflow
from kili_emulator.domain.documents import AssetDoc, ProjectDoc
from kili_emulator.domain.world import Transaction
from kili_emulator.rules.latest_labels import find_authors_in_progress


def assign(
    tx: Transaction, operation: str, assets: list[AssetDoc], user_ids: list[str]
) -> workflow.MovedAndDeclined:
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
        project = tx.access.require_project(operation, each["projectId"])
        for user_id in user_ids:
            member.require_user(tx, operation, project, user_id)
        active_author_ids = find_authors_in_progress(tx.labels.find("asset", each["id"]))
        if active_author_ids & set(each["assigneeIds"]) - set(user_ids):
            declined.append(each)
        else:
            assigned.append(workflow.set_assignees(tx, each, user_ids))
    return assigned, declined


def find_member_ids(
    tx: Transaction, operation: str, project: ProjectDoc, emails: list[str]
) -> list[str]:
    """The users of a project with these addresses.

    Raises:
        KiliError: an address is no member's.
    """
    return [member.require_user_by_email(tx, operation, project, each)["id"] for each in emails]
