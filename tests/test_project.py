"""Creation, change, search, archiving and deletion of projects with every SDK."""

from __future__ import annotations

from typing import Any

import pytest

from kili_emulator.app import Emulator
from kili_emulator.rules.input_types import RETIRED
from tests.contract.schema import OWN_ENUMS
from tests.kit.responses import EASY
from tests.kit.sdk_process import SdkProcess, SdkSession
from tests.kit.server_under_test import RemoteWorld
from tests.kit.world_content import INTERFACE

INPUT_TYPES = sorted({*OWN_ENUMS["InputType"]} - RETIRED - {"VIDEO_LEGACY"})  # gone since 2.130


def value(notebook: SdkSession, code: str) -> Any:
    return notebook.run(code).checked().value


def test_project_of_each_input_type_is_created(notebook: SdkSession) -> None:
    value(notebook, f"input_types, interface = {INPUT_TYPES!r}, {INTERFACE!r}")
    made = """
{
    kind: kili.create_project(
        input_type=kind, json_interface=interface, title=kind, description="d"
    )["id"]
    for kind in input_types
}
"""
    ids = value(notebook, made)
    fields = "['id', 'inputType', 'title', 'description', 'jsonInterface', 'roles.role']"
    found = value(notebook, f"kili.projects(fields={fields})")[1:]
    assert found == [
        {
            "id": ids[kind],
            "inputType": kind,
            "title": kind,
            "description": "d",
            "jsonInterface": INTERFACE,
            "roles": [{"role": "ADMIN"}],
        }
        for kind in INPUT_TYPES
    ]


@pytest.mark.parametrize("interface", [{}, {"jobs": {}}])
def test_empty_json_interface_is_accepted(notebook: SdkSession, interface: dict[str, Any]) -> None:
    arguments = f"input_type='TEXT', json_interface={interface!r}, title='t'"
    value(notebook, f"made = kili.create_project({arguments})['id']")
    assert value(notebook, "kili.projects(made)[0]['jsonInterface']") == interface


def test_returned_settings_match_the_recording(
    sdk: SdkProcess, notebook: SdkSession, remote_world: RemoteWorld
) -> None:
    project_id = value(notebook, "project_id")
    update = "kili.update_properties_in_project"
    answer = value(notebook, f"{update}(project_id, review_coverage=50)")
    types = {"customConsensus": "number", "sensitiveData": "string", "uploaded": "string"}
    changed = value(notebook, f"{update}(project_id=project_id, metadata_types={types!r})")
    ordered = ["uploaded", "sensitiveData", "customConsensus"]
    is_first = sdk.version == "2.125.2"  # it asks for the id alone
    assert answer == {"id": project_id, **({} if is_first else {"reviewCoverage": 50})}
    if sdk.version == "26.2.4":  # older ones cannot ask for metadataTypes
        assert list(changed["metadataProperties"]) == ordered
        (read,) = value(notebook, "kili.projects(project_id, fields=['metadataTypes'])")
        assert list(read["metadataTypes"].items()) == [(name, types[name]) for name in ordered]
    else:
        assert changed == {"id": project_id, **({} if is_first else {"metadataTypes": types})}
        (stored,) = remote_world.export()["projects"]
        assert stored["metadataProperties"].keys() == types.keys()
    assert value(notebook, "kili.projects(project_id, fields=['reviewCoverage'])") == [
        {"reviewCoverage": 50}
    ]


def test_all_simple_settings_are_read_back(notebook: SdkSession) -> None:
    settings = {
        "can_navigate_between_assets": False,
        "can_skip_asset": False,
        "description": "other words",
        "instructions": "http://example.com/how-to",
        "json_interface": INTERFACE,
        "title": "Another title",
    }
    value(notebook, f"kili.update_properties_in_project(project_id, **{settings!r})")
    names = [
        "canNavigateBetweenAssets",
        "canSkipAsset",
        "description",
        "instructions",
        "jsonInterface",
        "title",
    ]
    (read,) = value(notebook, f"kili.projects(project_id, fields={names!r})")
    assert list(map(read.get, names)) == list(settings.values())


def test_projects_are_searched_by_a_pattern_of_the_whole_title_or_description(
    notebook: SdkSession,
) -> None:
    for title, description in (("Vans 1", "red"), ("Vans 2", "blue"), ("100%", "percent")):
        arguments = f"input_type='TEXT', json_interface={{}}, title={title!r}"
        value(notebook, f"kili.create_project({arguments}, description={description!r})")
    for pattern, found in (
        ("vans%", ["Vans 1", "Vans 2"]),
        ("%2", ["Vans 2"]),
        ("%ans%", ["Vans 1", "Vans 2"]),
        ("ans", []),
        ("BLUE", ["Vans 2"]),
        (r"100\%", ["100%"]),
    ):
        listed = value(notebook, f"kili.projects(search_query={pattern!r}, fields=['title'])")
        assert [each["title"] for each in listed] == found
        assert value(notebook, f"kili.count_projects(search_query={pattern!r})") == len(found)


def test_deleted_project_is_hidden_from_every_sdk(sdk: SdkProcess, notebook: SdkSession) -> None:
    project_id = value(notebook, "project_id")
    assert value(notebook, "kili.delete_project(project_id)") == project_id
    assert value(notebook, "kili.count_projects()") == 0
    assert value(notebook, "kili.projects(fields=['id'])") == []
    again = notebook.run("kili.delete_project(project_id)")
    assert again.error is not None
    assert "[accessDenied]" in again.error.message
    if sdk.version == "26.2.4":
        found = value(notebook, "kili.projects(deleted=True, fields=['id'])")
        assert found == [{"id": project_id}]


def test_every_sdk_reads_and_changes_versions(notebook: SdkSession) -> None:
    (version,) = value(notebook, "kili.project_version(project_id=project_id)")
    assert version["name"] == "First export"
    change = "kili.update_properties_in_project_version"
    arguments = f"project_version_id={version['id']!r}, content='x'"
    assert value(notebook, f"{change}({arguments})")["id"] == version["id"]
    (changed,) = value(notebook, "kili.project_version(project_id=project_id)")
    assert changed == {**version, "content": "x"}
    outcome = notebook.run(f"{change}(project_version_id='nothing', content='x')")
    assert outcome.error is not None
    assert "[accessDenied]" in outcome.error.message


def test_project_without_an_export_has_no_version(notebook: SdkSession) -> None:
    value(
        notebook,
        "new = kili.create_project(input_type='TEXT', json_interface={}, title='New')['id']",
    )
    assert value(notebook, "kili.project_version(project_id=new)") == []
    assert value(notebook, "kili.count_project_versions(project_id=new)") == 0


# Only in newer SDKs


def test_project_is_archived_and_unarchived(kili: Any) -> None:
    project_id = kili.projects(fields=["id"])[0]["id"]
    assert kili.archive_project(project_id) == {"id": project_id}
    (archived,) = kili.projects(archived=True, fields=["id", "archivedAt"])
    assert archived["archivedAt"].endswith("Z")
    assert kili.count_projects(archived=False) == 0
    assert kili.count_projects() == 1
    assert kili.unarchive_project(project_id) == {"id": project_id}
    assert kili.projects(archived=False, fields=["archivedAt"]) == [{"archivedAt": None}]


def test_pixel_labeling_and_compliance_tags_are_read_back(kili: Any) -> None:
    options = {"input_type": "GEOSPATIAL", "json_interface": INTERFACE, "title": "Fields"}
    made = kili.create_project(**options, pixel_labeling=True, compliance_tags=["PHI"])["id"]
    fields = ["geospatialSettings", "complianceTags", "inputType", "jsonInterface"]
    expected = {
        "geospatialSettings": {"labelingCRSCode": "PIXEL"},
        "complianceTags": ["PHI"],
        "inputType": "GEOSPATIAL",
        "jsonInterface": INTERFACE,
    }
    assert kili.projects(made, fields=fields) == [expected]
    cloned = kili.create_project(project_id=made, title="Clone")["id"]
    assert kili.projects(cloned, fields=fields) == [{**expected, "complianceTags": []}]
    changed = kili.update_properties_in_project(made, compliance_tags=["PII"])
    assert changed == {"complianceTags": ["PII"], "id": made}


def test_a_clone_has_the_instructions_and_tags_of_its_source(kili: Any) -> None:
    project_id = kili.projects(fields=["id"])[0]["id"]
    kili.create_tag("urgent")
    kili.tag_project(project_id, tags=["urgent"])
    cloned = kili.create_project(project_id=project_id, title="Clone")["id"]
    fields = ["jsonInterface", "instructions", "inputType"]
    assert kili.projects(cloned, fields=fields) == kili.projects(project_id, fields=fields)
    assert [each["label"] for each in kili.tags(cloned)] == ["urgent"]
    assert kili.count_assets(project_id=cloned) == 0


def test_labelers_of_an_anonymized_project_do_not_see_other_authors(
    kili_emulator: Emulator, kili: Any
) -> None:
    (project,) = kili.projects(fields=["id"])
    fields = ["author.id", "author.email", "author.firstname"]
    options = {"project_id": project["id"], "fields": fields}
    plain = kili.labels(**options)
    assert kili.update_project_anonymization(project["id"]) == project
    assert kili.labels(**options) == plain
    assert kili_emulator.client("manager").labels(**options) == plain
    seen = kili_emulator.client("labeler").labels(**options)
    for before, after in zip(plain, seen, strict=True):
        assert after["author"]["id"] == before["author"]["id"]
        if before["author"]["email"] == "labeler@example.com":
            assert after == before
        else:
            assert after["author"]["firstname"] == "Anonymous"
            assert after["author"]["email"].endswith(".invalid")
    (own,) = kili_emulator.client("labeler").projects(fields=["author.email"])
    assert own["author"]["email"].endswith(".invalid")
    roles = kili_emulator.client("reviewer").projects(fields=["roles.user.email"])[0]["roles"]
    shown = [each["user"]["email"] for each in roles]
    assert [each for each in shown if not each.endswith(".invalid")] == ["reviewer@example.com"]
    kili.update_project_anonymization(project["id"], should_anonymize=False)
    assert kili_emulator.client("labeler").labels(**options) == plain


def test_filters_do_not_reveal_members_of_an_anonymized_project(
    kili_emulator: Emulator, kili: Any
) -> None:
    (project,) = kili.projects(fields=["id"])
    reviewer = kili_emulator.client("reviewer")
    fields = ["author.email"]

    def found(client: Any, email: str, name: str) -> list[bool]:
        """Say which searches by the member find something: members, labels, assets by labels."""
        by_name = {"project_id": project["id"], "fields": ["id"]}
        options = {"disable_tqdm": True}
        return [
            bool(client.project_users(project["id"], email=email, fields=["id"], **options)),
            bool(client.labels(author_in=[name], **by_name, **options)),
            bool(client.assets(label_author_in=[name], **by_name, **options)),
        ]

    assert found(reviewer, "labeler@example.com", "Leo") == [True] * 3
    kili.update_project_anonymization(project["id"])
    assert found(reviewer, "labeler@example.com", "Leo") == [False] * 3
    assert found(kili, "labeler@example.com", "Leo") == [True] * 3
    assert found(kili_emulator.client("labeler"), "labeler@example.com", "Leo") == [True] * 3
    emails = {each["author"]["email"] for each in reviewer.labels(project["id"], fields=fields)} - {
        "reviewer@example.com"
    }
    for email in emails:
        assert found(reviewer, email, "Anonymous Member") == [True] * 3


def test_counts_of_a_project_agree_with_its_lists(kili: Any) -> None:
    (project,) = kili.projects(fields=["id"])
    project_id = project["id"]
    (todo, *_) = kili.assets(project_id, status_in=["TODO"], fields=["id"])
    kili.append_labels(asset_id_array=[todo["id"]], json_response_array=[EASY])
    counts = {
        "numberOfAssets": {},
        "numberOfRemainingAssets": {"status_in": ["TODO", "ONGOING"]},
        "numberOfReviewedAssets": {"status_in": ["REVIEWED"]},
        "numberOfSkippedAssets": {"skipped": True},
    }
    (read,) = kili.projects(project_id, fields=list(counts))
    assert read == {
        name: kili.count_assets(project_id=project_id, **where) for name, where in counts.items()
    }
    issues = {
        f"numberOf{status.capitalize()}{type_.capitalize()}s": (type_, status)
        for type_ in ("ISSUE", "QUESTION")
        for status in ("OPEN", "SOLVED")
    }
    (read,) = kili.projects(project_id, fields=list(issues))
    assert read == {
        name: kili.count_issues(project_id=project_id, issue_type=type_, status=status)
        for name, (type_, status) in issues.items()
    }
