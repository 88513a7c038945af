"""Invitations to a project, and thereby to its organization (contract/member.md#invitations)."""

from __future__ import annotations

from kili_emulator import errors, messages
from kili_emulator.domain import mail, member, user
from kili_emulator.domain.documents import ProjectDoc, UserDoc
from kili_emulator.domain.world import Transaction
from kili_emulator.rules.permissions import ProjectRole


def invite(tx: Transaction, project_id: str, email: str, role: ProjectRole) -> ProjectDoc:
    """Add the user with this e-mail address to a project, or change their role there.

    For an unknown address, create a user of the organization without password and API key.

    Returns:
        the project.

    Raises:
        KiliError: the project is unknown, the actor may not give this role, the address is
            malformed, or it belongs to a user of another organization.
    """
    operation = "appendToRoles"
    project = tx.access.require_project(operation, project_id)
    invited_user = user.find_user_by_email(tx, email)
    if invited_user and invited_user["organizationId"] != project["organizationId"]:
        raise errors.user_of_another_organization(email)
    if invited_user and invited_user["isServiceAccount"]:
        raise errors.access_denied()
    former_role = tx.access.role(project, invited_user) if invited_user else None
    member.require_member_manager(
        tx, operation, project_id, role, *([former_role] if former_role else [])
    )
    member.add(tx, project, invited_user or _create_invited_user(tx, project, email, role), role)
    return project


def _create_invited_user(
    tx: Transaction, project: ProjectDoc, email: str, role: ProjectRole
) -> UserDoc:
    organization = tx.organizations.require(project["organizationId"])
    data = {"email": email}
    invited_user = user.create_user(
        tx, organization, data, operation="appendToRoles", is_invited=True
    )
    text = messages.INVITATION.format(title=project["title"], role=role)
    mail.send(tx, invited_user, messages.INVITATION_SUBJECT, text)
    return invited_user
