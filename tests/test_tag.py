"""Tags: creation, and use on projects with the SDK."""

from __future__ import annotations

from typing import Any

import pytest

from kili_emulator.app import Emulator
from kili_emulator.domain.tag import DEFAULT_COLOR
from tests.kit.world_content import INTERFACE


@pytest.fixture
def project(kili: Any) -> str:
    return str(kili.projects(fields=["id"])[0]["id"])


def labels(kili: Any, project: str | None = None) -> list[str]:
    return [each["label"] for each in kili.tags(project, fields=["label"])]


def test_tag_is_created_for_the_organization_and_added_to_projects(kili: Any, project: str) -> None:
    made = kili.create_tag("urgent", "#FF0000")
    assert made["color"] == "#FF0000"
    assert kili.create_tag("later")["color"] == DEFAULT_COLOR
    assert kili.tag_project(project, tags=["urgent"]) == [{"id": made["id"]}]
    assert labels(kili) == ["urgent", "later"]
    assert labels(kili, project) == ["urgent"]
    (tag, _) = kili.tags()
    assert tag["checkedForProjects"] == [project]
    assert tag["organizationId"] == kili.organizations(fields=["id"])[0]["id"]


def test_tags_are_added_once_and_removed_singly_or_all_together(kili: Any, project: str) -> None:
    ids = [kili.create_tag(each)["id"] for each in ("a", "b")]
    kili.tag_project(project, tag_ids=ids[:1])
    assert kili.tag_project(project, tag_ids=ids) == [{"id": each} for each in ids]
    assert kili.untag_project(project, tags=["b"]) == [{"id": ids[1]}]
    assert kili.untag_project(project, all=True) == [{"id": ids[0]}]
    assert labels(kili, project) == []
    with pytest.raises(ValueError, match="not found in project"):
        kili.untag_project(project, tag_ids=ids)


def test_a_tag_is_renamed_and_deleted_for_all_projects(kili: Any, project: str) -> None:
    tag = kili.create_tag("draft")["id"]
    kili.tag_project(project, tags=["draft"])
    assert kili.update_tag("draft", "final") == {"id": tag}
    assert labels(kili, project) == ["final"]
    assert kili.delete_tag("final") is True
    assert labels(kili) == labels(kili, project) == []


def test_tags_of_one_name_are_selected_by_id(kili: Any) -> None:
    first, second = (kili.create_tag("twin")["id"] for _ in range(2))
    with pytest.raises(ValueError, match="Several tags"):
        kili.delete_tag("twin")
    assert kili.delete_tag(tag_id=first) is True
    assert [each["id"] for each in kili.tags()] == [second]


def test_project_is_created_with_tags(kili: Any) -> None:
    kili.create_tag("urgent")
    options = {"title": "New", "input_type": "IMAGE", "json_interface": INTERFACE}
    made = kili.create_project(**options, tags=["urgent"])["id"]
    assert labels(kili, made) == ["urgent"]
    kili.delete_project(made)
    assert kili.tags()[0]["checkedForProjects"] == []


def test_tags_list_only_projects_visible_to_the_user(
    kili_emulator: Emulator, kili: Any, project: str
) -> None:
    options = {"title": "Hidden", "input_type": "IMAGE", "json_interface": INTERFACE}
    hidden = kili.create_project(**options)["id"]
    kili.create_tag("urgent")
    for each in (hidden, project):
        kili.tag_project(each, tags=["urgent"])
    (as_admin,) = kili.tags()
    (as_labeler,) = kili_emulator.client("labeler").tags()
    assert as_admin["checkedForProjects"] == [hidden, project]
    assert as_labeler["checkedForProjects"] == [project]


def test_the_domain_client_manages_tags(kili_emulator: Emulator, kili: Any, project: str) -> None:
    from kili.domain_api.tags import TagsNamespace

    tags = TagsNamespace(kili, kili.kili_api_gateway)
    tags.create("draft", "#00FF00")
    tags.update(tag_name="draft", new_name="final")
    assigned = tags.assign(project, tag="final")
    assert tags.list(project, fields=["id", "label", "color"]) == [
        {**assigned[0], "label": "final", "color": "#00FF00"}
    ]
    assert tags.unassign(project, all=True) == assigned
    assert tags.delete("final") is True
    assert tags.list() == []
