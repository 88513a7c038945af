"""Cases of versions of projects."""

from __future__ import annotations

from tests.contract.methods import case

CASES = [
    case(
        "project_version",
        sends="Query.projectVersions",
        code="""
            (version,) = kili.project_version(project_id)
            assert (version["name"], version["projectId"]) == ("First export", project_id)
            assert version["content"] == "https://example.com/first-export.zip"
            assert list(kili.project_version(project_id, skip=1)) == []
        """,
    ),
    case(
        "count_project_versions",
        sends="Query.countProjectVersions",
        code="""
            assert kili.count_project_versions(project_id) == 1
            assert kili.count_project_versions("nothing") == 0
        """,
    ),
    case(
        "update_properties_in_project_version",
        sends="Mutation.updatePropertiesInProjectVersion",
        code="""
            (version,) = kili.project_version(project_id)
            kili.update_properties_in_project_version(version["id"], content="elsewhere")
            (found,) = kili.project_version(project_id)
            assert found == {**version, "content": "elsewhere"}
        """,
    ),
]
