"""Versions of projects."""

from __future__ import annotations

PENDING = dict.fromkeys(
    (
        "count_project_versions",
        "project_version",
        "update_properties_in_project_version",
    ),
    "its case is not written yet: versions come from scenarios",
)
