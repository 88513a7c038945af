"""Who is shown to whom in an anonymized project.

Its labelers and reviewers see of one another, and of everybody else, that somebody acted, but not
who. Ids stay, so that what one person did can be told from what another did.
"""

from __future__ import annotations

from kili_emulator.domain.access import Access
from kili_emulator.domain.documents import UserDoc

_RESTRICTED_ROLES = ("REVIEWER", "LABELER")


def anonymized_user(access: Access, user_id: str, project_id: str) -> UserDoc:
    """A user as the actor sees them in a project: without name and address where it is anonymized.

    The actor sees themselves as they are.
    """
    user = access.view.users.require(user_id)
    project = access.view.projects.require(project_id)
    if not project["isAnonymized"] or user_id == access.actor.user_id:
        return user
    if access.role(project) not in _RESTRICTED_ROLES:
        return user
    return {
        **user,
        "email": f"{user_id}@anonymous.invalid",
        "firstname": "Anonymous",
        "lastname": "Member",
    }
