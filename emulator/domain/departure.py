"""Leaving a project: who has no part in it any more has no work there either."""

from __future__ import annotations

from emulator import errors
from emulator.domain import access, assignment, lock, member, step
from emulator.domain.documents import MemberDoc, ProjectDoc
from emulator.domain.world import Transaction


def remove(tx: Transaction, row: MemberDoc) -> ProjectDoc:
    """Take a member out of a project; the project.

    Raises:
        KiliError: it is not the actor's to do, or an administrator who has not joined.
    """
    operation = "deleteFromRoles"
    project = member.check_managed(tx, operation, row["projectId"], row["role"])
    if not row["joinedAt"]:
        raise errors.administrator_stays(operation)
    leave(tx, row)
    return project


def leave(tx: Transaction, row: MemberDoc) -> None:
    """End a membership; its document stays."""
    project, user = tx.projects.the(row["projectId"]), tx.users.the(row["userId"])
    tx.project_users.change(row, deletedAt=tx.now)
    tx.emit("project.member.deleted", {"userId": user["id"]}, project_id=project["id"])
    if access.role_in(tx, user, project) is None:
        step.check_out(tx, project, user)
        _give_work_back(tx, project, user["id"])


def _give_work_back(tx: Transaction, project: ProjectDoc, user_id: str) -> None:
    for asset in tx.assets.find("project", project["id"]):
        for held in tx.locks.find("asset", asset["id"]):
            if held["authorId"] == user_id:
                lock.release(tx, held)
        left = [each for each in asset["assigneeIds"] if each != user_id]
        assignment.set_assignees(tx, asset, left)
