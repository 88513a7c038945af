"""Anonymized projects: hide the names of users from labelers and reviewers.

Labelers and reviewers of an anonymized project see neither names nor e-mail addresses of other
users. They do see user ids, which distinguish the work of different users.
"""

from __future__ import annotations

from kili_emulator.domain.access import role_in
from kili_emulator.domain.documents import UserDoc
from kili_emulator.domain.world import Actor, View

_RESTRICTED_ROLES = ("REVIEWER", "LABELER")


def anonymized_user(view: View, actor: Actor, user_id: str, project_id: str) -> UserDoc:
    """Return a user as the actor sees them in a project.

    In an anonymized project, labelers and reviewers get other users with a placeholder name and
    address. Actors always see their own name and address.
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
