"""Anonymized projects: hide the names of users from labelers and reviewers.

Labelers and reviewers of an anonymized project see neither names nor e-mail addresses of other
users. They do see user ids, which distinguish the work of different users.
"""

from __future__ import annotations

from kili_emulator.domain.access import Access
from kili_emulator.domain.documents import UserDoc

_RESTRICTED_ROLES = ("REVIEWER", "LABELER")


def anonymized_user(access: Access, user_id: str, project_id: str) -> UserDoc:
    """Return a user as the actor sees them in a project.

    In an anonymized project, labelers and reviewers get other users with a placeholder name and
    address. Actors always see their own name and address.
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
