"""Cases of the audit trail."""

from __future__ import annotations

from tests.contract.methods import case

CASES = [
    case(
        "events.list",
        sends="Query.events",
        code="""
            found = kili.events.list(project_id, fields=["id", "event", "projectId"])
            kili.update_properties_in_project(project_id, title="Changed")
            after = kili.events.list(project_id, fields=["id", "event", "projectId"])
            assert after[: len(found)] == found
            assert len(after) > len(found)
            assert {each["projectId"] for each in after} == {project_id}
        """,
    ),
]
