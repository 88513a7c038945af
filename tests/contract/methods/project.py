"""Cases of projects."""

from __future__ import annotations

from tests.contract.methods import case

CASES = [
    case(
        "projects",
        sends="Query.projects",
        code="""
            (found,) = kili.projects()
            assert (found["id"], found["inputType"]) == (project_id, "IMAGE")
            assert set(found["jsonInterface"]["jobs"]) == {"JOB_0", "CLASSIFICATION_JOB"}
            roles = {each["user"]["email"]: each["role"] for each in found["roles"]}
            assert roles == {
                email["admin"]: "ADMIN",
                email["manager"]: "TEAM_MANAGER",
                email["reviewer"]: "REVIEWER",
                email["labeler"]: "LABELER",
            }
            assert list(kili.projects(search_query="%no such title%")) == []
        """,
    ),
    case(
        "count_projects",
        sends="Query.countProjects",
        code="""
            assert kili.count_projects() == 1
            assert kili.count_projects(search_query="%no such title%") == 0
        """,
    ),
    case(
        "get_project",
        sends="Query.projects",
        code="""
            project = kili.get_project(project_id)
            assert project.project_id == project_id
            assert project.input_type == "IMAGE"
        """,
    ),
    case(
        "create_project",
        sends="Mutation.createProject",
        code="""
            made = kili.create_project(
                title="Second", input_type="TEXT", json_interface={"jobs": {}}, description="New"
            )
            (found,) = kili.projects(made["id"], fields=["title", "description", "inputType"])
            assert found == {"title": "Second", "description": "New", "inputType": "TEXT"}
        """,
    ),
    case(
        "update_properties_in_project",
        sends="Mutation.updatePropertiesInProject",
        code="""
            kili.update_properties_in_project(
                project_id,
                title="Changed",
                can_skip_asset=False,
                consensus_mark=0.95,
                honeypot_mark=0.95,
            )
            fields = ["title", "canSkipAsset", "description", "consensusMark", "honeypotMark"]
            (found,) = kili.projects(project_id, fields=fields)
            assert (found["consensusMark"], found["honeypotMark"]) == (0.95, 0.95)
            assert (found["title"], found["canSkipAsset"]) == ("Changed", False)
            assert found["description"].startswith("Cars and animals")
        """,
    ),
    case(
        "archive_project",
        sends="Mutation.updatePropertiesInProject",
        code="""
            assert kili.archive_project(project_id)["id"] == project_id
            (found,) = kili.projects(project_id, fields=["archivedAt"])
            assert found["archivedAt"]
        """,
    ),
    case(
        "unarchive_project",
        sends="Mutation.updatePropertiesInProject",
        code="""
            kili.archive_project(project_id)
            assert kili.unarchive_project(project_id)["id"] == project_id
            (found,) = kili.projects(project_id, fields=["archivedAt"])
            assert found["archivedAt"] is None
        """,
    ),
    case(
        "delete_project",
        sends="Mutation.deleteProjectAsynchronously",
        code="""
            assert kili.delete_project(project_id) == project_id
            assert kili.count_projects() == 0
        """,
    ),
    case(
        "internal_delete_project",
        sends="Mutation.deleteProject",
        code="""
            kili.internal_delete_project(project_id)
            assert kili.count_projects() == 0
        """,
    ),
    case(
        "internal.delete_project",
        sends="Mutation.deleteProject",
        code="""
            kili.internal.delete_project(project_id)
            assert kili.count_projects() == 0
        """,
    ),
    # ------------------------------------------------------------------ the domain client
    case(
        "projects.list",
        sends="Query.projects",
        code="""
            (found,) = kili.projects.list()
            assert (found["id"], found["inputType"]) == (project_id, "IMAGE")
            assert len(found["roles"]) == 4
        """,
    ),
    case(
        "projects.list_as_generator",
        sends="Query.projects",
        code="""
            found = list(kili.projects.list_as_generator(fields=["id"]))
            assert found == [{"id": project_id}]
        """,
    ),
    case(
        "projects.count",
        sends="Query.countProjects",
        code="""
            assert kili.projects.count() == 1
            assert kili.projects.count(filter={"search_query": "%no such title%"}) == 0
        """,
    ),
    case(
        "projects.create",
        sends="Mutation.createProject",
        code="""
            made = kili.projects.create(
                title="Second", input_type="TEXT", json_interface={"jobs": {}}
            )
            found = kili.projects.list(fields=["id", "title"])
            assert {"id": made["id"], "title": "Second"} in found
        """,
    ),
    case(
        "projects.update_info",
        sends="Mutation.updatePropertiesInProject",
        code="""
            kili.projects.update_info(project_id, title="Changed", instructions="Look twice")
            (found,) = kili.projects.list(fields=["title", "instructions"])
            assert found == {"title": "Changed", "instructions": "Look twice"}
        """,
    ),
    case(
        "projects.update_interface",
        sends="Mutation.updatePropertiesInProject",
        code="""
            (before,) = kili.projects.list(fields=["jsonInterface"])
            jobs = {**before["jsonInterface"]["jobs"]}
            job = {**jobs["CLASSIFICATION_JOB"], "instruction": "Easy or hard?"}
            kili.projects.update_interface(
                project_id, {"jobs": {**jobs, "CLASSIFICATION_JOB": job}}
            )
            (found,) = kili.projects.list(fields=["jsonInterface"])
            changed = found["jsonInterface"]["jobs"]["CLASSIFICATION_JOB"]
            assert changed["instruction"] == "Easy or hard?"
        """,
    ),
    case(
        "projects.update_metadata_properties",
        sends="Mutation.updatePropertiesInProject",
        code="""
            light = {
                "filterable": True,
                "type": "number",
                "visibleByLabeler": True,
                "visibleByReviewer": False,
            }
            kili.projects.update_metadata_properties(project_id, {"light": light})
            (found,) = kili.projects.list(fields=["metadataProperties"])
            assert found["metadataProperties"]["light"] == light
        """,
    ),
    case(
        "projects.update_workflow_settings",
        sends="Mutation.updatePropertiesInProject",
        code="""
            fields = ["canSkipAsset", "canNavigateBetweenAssets"]
            (before,) = kili.projects.list(fields=fields)
            wanted = {name: not value for name, value in before.items()}
            kili.projects.update_workflow_settings(
                project_id,
                can_skip_asset=wanted["canSkipAsset"],
                can_navigate_between_assets=wanted["canNavigateBetweenAssets"],
            )
            assert kili.projects.list(fields=fields) == [wanted]
        """,
    ),
    case(
        "projects.archive",
        sends="Mutation.updatePropertiesInProject",
        code="""
            kili.projects.archive(project_id)
            (found,) = kili.projects.list(fields=["archivedAt"])
            assert found["archivedAt"]
        """,
    ),
    case(
        "projects.unarchive",
        sends="Mutation.updatePropertiesInProject",
        code="""
            kili.projects.archive(project_id)
            kili.projects.unarchive(project_id)
            (found,) = kili.projects.list(fields=["archivedAt"])
            assert found["archivedAt"] is None
        """,
    ),
    case(
        "projects.delete",
        sends="Mutation.deleteProjectAsynchronously",
        code="""
            kili.projects.delete(project_id)
            assert kili.projects.count() == 0
        """,
    ),
    case(
        "copy_project",
        sends="Mutation.createProject or Mutation.copyProject",
        code="""
            copied = kili.copy_project(project_id, title="A copy")
            fields = ["title", "inputType", "numberOfAssets"]
            (found,) = kili.projects(copied, fields=fields)
            assert found == {"title": "A copy", "inputType": "IMAGE", "numberOfAssets": 0}
        """,
    ),
    case(
        "projects.copy",
        sends="Mutation.createProject or Mutation.copyProject",
        code="""
            copied = kili.projects.copy(project_id, title="A copy")
            found = kili.projects.list(fields=["id", "title", "inputType"])
            assert {"id": copied, "title": "A copy", "inputType": "IMAGE"} in found
        """,
    ),
    case(
        "update_project_anonymization",
        sends="Mutation.updateProjectAnonymization",
        code="""
            reviewer = client("reviewer")
            fields = ["author.email"]
            seen = reviewer.labels(project_id, asset_id=asset["farm"], fields=fields)
            assert email["labeler"] in [each["author"]["email"] for each in seen]
            kili.update_project_anonymization(project_id)
            seen = reviewer.labels(project_id, asset_id=asset["farm"], fields=fields)
            assert email["labeler"] not in [each["author"]["email"] for each in seen]
        """,
    ),
    case(
        "projects.update_privacy_settings",
        sends=("Mutation.updateProjectAnonymization", "Mutation.updatePropertiesInProject"),
        code="""
            kili.projects.update_privacy_settings(
                project_id, compliance_tags=["PHI"], should_anonymize=True
            )
            (found,) = kili.projects.list(fields=["complianceTags"])
            assert found == {"complianceTags": ["PHI"]}
            seen = client("reviewer").labels(project_id, fields=["author.email"])
            assert email["labeler"] not in [each["author"]["email"] for each in seen]
        """,
    ),
]
