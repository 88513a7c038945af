"""Who is shown to whom in an anonymized project.

Its labelers and reviewers see of one another, and of everybody else, that somebody acted, but not
who. Ids stay, so that what one person did can be told from what another did.
"""

from __future__ import annotations

from kili_emulator.domain.access import role_in
from kili_emulator.domain.documents import UserDoc
from kili_emulator.domain.world import Actor, View

_RESTRICTED_ROLES = ("REVIEWER", "LABELER")


def anonymized_user(view: View, actor: Actor, user_id: str, project_id: str) -> UserDoc:
    """A user as the actor sees them in a project: without name and address where it is anonymized.

    The actor sees themselves as they are.
    """
    user = view.users.require(user_id)
    project = view.projects.require(project_id)
    if not project["isAnonymized"] or user_id == actor.user_id:
        return user
    if role_in(view, actor.user, project) not in _RESTRICTED_ROLES:
        return user
    return {
        **user,
        "email": f"{user_id}@anonymous.invalid",
        "firstname": "Anonymous",
        "lastname": "Member",
    }
