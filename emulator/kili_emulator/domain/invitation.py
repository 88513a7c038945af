"""Invitations: people join a project, and with it the organization.

See contract/member.md#invitations.
"""

from __future__ import annotations

from kili_emulator import errors, messages
from kili_emulator.domain import access, mail, member, user
from kili_emulator.domain.documents import ProjectDoc, UserDoc
from kili_emulator.domain.world import Transaction
from kili_emulator.rules.permissions import ProjectRole


def invite(tx: Transaction, project_id: str, email: str, role: ProjectRole) -> ProjectDoc:
    """Add whoever has this e-mail to a project, or give them another role; the project.

    An unknown address becomes a new user of the organization, without a password or API key.

    Raises:
        KiliError: the project is unknown, the role is not the actor's to give, the address is
            none, or that of a user of another organization.
    """
    operation = "appendToRoles"
    project = access.require(tx, operation, project_id)
    invited = user.with_email(tx, email)
    if invited and invited["organizationId"] != project["organizationId"]:
        raise errors.user_of_another_organization(email)
    if invited and invited["isServiceAccount"]:
        raise errors.access_denied()
    former = access.role_in(tx, invited, project) if invited else None
    member.check_managed(tx, operation, project_id, role, *([former] if former else []))
    member.add(tx, project, invited or _invited(tx, project, email, role), role)
    return project


def _invited(tx: Transaction, project: ProjectDoc, email: str, role: ProjectRole) -> UserDoc:
    organization = tx.organizations.the(project["organizationId"])
    data = {"email": email}
    invited = user.create_user(tx, organization, data, operation="appendToRoles", is_invited=True)
    text = messages.INVITATION.format(title=project["title"], role=role)
    mail.send(tx, invited, messages.INVITATION_SUBJECT, text)
    return invited
