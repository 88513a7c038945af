"""The users who are to label an asset (contract/workflow.md#assignment)."""

from __future__ import annotations

from kili_emulator.domain import member, workflow
from kili_emulator.domain.documents import AssetDoc, ProjectDoc
from kili_emulator.domain.world import Transaction
from kili_emulator.rules.latest_labels import find_authors_in_progress


def assign(
    tx: Transaction, operation: str, assets: list[AssetDoc], user_ids: list[str]
) -> workflow.MovedAndDeclined:
    """Assign assets to users; an empty list of users clears the assignment.

    An assignee who has a label in progress on an asset stays assigned: the assignment is declined
    for this asset if it would remove such an assignee.

    Returns:
        the assets with the new assignment, and the assets for which it was declined.

    Raises:
        KiliError: a user does not take part in the project of an asset.
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
    """Return the user ids of the members of a project with these addresses.

    Raises:
        KiliError: no member has one of the addresses.
    """
    return [member.require_user_by_email(tx, operation, project, each)["id"] for each in emails]
