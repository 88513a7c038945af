"""Cases of tags."""

from __future__ import annotations

from tests.contract.methods import case

CASES = [
    case(
        "create_tag",
        sends="Mutation.createTag",
        code="""
            made = kili.create_tag("Urgent")
            (found,) = kili.tags()
            assert (found["id"], found["label"]) == (made["id"], "Urgent")
            assert found["organizationId"] == organization_id
        """,
    ),
    case(
        "tags",
        sends="Query.listTagsByOrg",
        code="""
            assert kili.tags() == []
            made = graphql('mutation { data: createTag(data: {label: "Urgent"}) { id } }')["data"]
            (found,) = kili.tags(fields=["id", "label"])
            assert found == {"id": made["id"], "label": "Urgent"}
        """,
    ),
    case(
        "tag_project",
        sends="Mutation.checkTag",
        code="""
            made = graphql('mutation { data: createTag(data: {label: "Urgent"}) { id } }')["data"]
            kili.tag_project(project_id, tags=["Urgent"])
            assert [each["id"] for each in kili.tags(project_id, fields=["id"])] == [made["id"]]
        """,
    ),
    case(
        "untag_project",
        sends="Mutation.uncheckTag",
        code="""
            graphql('mutation { data: createTag(data: {label: "Urgent"}) { id } }')
            kili.tag_project(project_id, tags=["Urgent"])
            kili.untag_project(project_id, tags=["Urgent"])
            assert kili.tags(project_id) == []
            assert [each["label"] for each in kili.tags()] == ["Urgent"]
        """,
    ),
    case(
        "update_tag",
        sends="Mutation.updateTag",
        code="""
            graphql('mutation { data: createTag(data: {label: "Urgent"}) { id } }')
            kili.update_tag("Urgent", "Later")
            assert [each["label"] for each in kili.tags()] == ["Later"]
        """,
    ),
    case(
        "delete_tag",
        sends="Mutation.deleteTag",
        code="""
            graphql('mutation { data: createTag(data: {label: "Urgent"}) { id } }')
            assert kili.delete_tag("Urgent") is True
            assert kili.tags() == []
        """,
    ),
    # ------------------------------------------------------------------ the domain client
    case(
        "tags.create",
        sends="Mutation.createTag",
        code="""
            made = kili.tags.create("Urgent")
            assert kili.tags.list(fields=["id", "label"]) == [{"id": made["id"], "label": "Urgent"}]
        """,
    ),
    case(
        "tags.list",
        sends="Query.listTagsByOrg",
        code="""
            assert kili.tags.list() == []
            kili.tags.create("Urgent")
            assert [each["label"] for each in kili.tags.list()] == ["Urgent"]
        """,
    ),
    case(
        "tags.assign",
        sends="Mutation.checkTag",
        code="""
            kili.tags.create("Urgent")
            kili.tags.assign(project_id, tags=["Urgent"])
            assert [each["label"] for each in kili.tags.list(project_id)] == ["Urgent"]
        """,
    ),
    case(
        "tags.unassign",
        sends="Mutation.uncheckTag",
        code="""
            kili.tags.create("Urgent")
            kili.tags.assign(project_id, tags=["Urgent"])
            kili.tags.unassign(project_id, tags=["Urgent"])
            assert kili.tags.list(project_id) == []
        """,
    ),
    case(
        "tags.update",
        sends="Mutation.updateTag",
        code="""
            kili.tags.create("Urgent")
            kili.tags.update("Urgent", "Later")
            assert [each["label"] for each in kili.tags.list()] == ["Later"]
        """,
    ),
    case(
        "tags.delete",
        sends="Mutation.deleteTag",
        code="""
            kili.tags.create("Urgent")
            kili.tags.delete("Urgent")
            assert kili.tags.list() == []
        """,
    ),
]
