"""Members of projects."""

from __future__ import annotations

PENDING = dict.fromkeys(
    (
        "append_to_roles",
        "count_project_users",
        "delete_from_roles",
        "project_users",
        "projects.users.count",
        "projects.users.create",
        "projects.users.list",
        "projects.users.list_as_generator",
        "projects.users.remove",
        "projects.users.update",
        "update_properties_in_project_user",
        "update_properties_in_role",
    ),
    "its operation is not served yet",
)
