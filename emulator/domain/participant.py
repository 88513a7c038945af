"""Who is named for something in a project: as its worker, or as the author of a label."""

from __future__ import annotations

from emulator import errors
from emulator.domain import access
from emulator.domain.documents import ProjectDoc, UserDoc
from emulator.domain.world import View
from emulator.rules.permissions import ProjectRole


def by_id(
    view: View, operation: str, project: ProjectDoc, user_id: str
) -> tuple[UserDoc, ProjectRole]:
    """The user with that id, and their role in the project.

    Raises:
        KiliError: it is nobody's who takes part there.
    """
    found = find(view, project, user_id)
    if not found:
        named = _with_email(view, project, user_id)
        raise errors.no_members_id(operation, user_id, named["id"] if named else None)
    return found


def find(view: View, project: ProjectDoc, user_id: str) -> tuple[UserDoc, ProjectRole] | None:
    """The user with that id, and their role in the project, if they take part there."""
    user = view.users.get(user_id)
    role = access.role_in(view, user, project) if user else None
    return (user, role) if user and role else None


def by_email(view: View, operation: str, project: ProjectDoc, email: str) -> UserDoc:
    """The user with that address, who takes part in the project.

    Raises:
        KiliError: it is nobody's who takes part there.
    """
    user = _with_email(view, project, email)
    if not user:
        named = view.users.get(email)
        if named and not access.role_in(view, named, project):
            named = None
        raise errors.no_members_email(operation, email, named["email"] if named else None)
    return user


def _with_email(view: View, project: ProjectDoc, email: str) -> UserDoc | None:
    found = view.users.find("email", email.lower())
    return next((each for each in found if access.role_in(view, each, project)), None)
