"""Copies of projects: by the server, and by the client in older SDKs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kili_emulator.app import Emulator
from kili_emulator.domain.world import Actor
from tests.kit.responses import EASY_JSON, HARD_JSON, RED
from tests.kit.sdk_process import SdkProcess, SdkSession
from tests.kit.wire import Wire
from tests.kit.world_content import INTERFACE, WorldIds, add_version


def copy(wire: Wire, project_id: str, *, assets: bool = True, users: bool = True) -> str:
    data = {"projectId": project_id, "shouldCopyAssets": assets, "shouldCopyUsers": users}
    return str(wire.call("copyProject", data=data))


def read(wire: Wire, operation: str, identity: str, selection: str) -> dict[str, Any]:
    (found,) = wire.list(operation, {"id": identity}, selection=selection)
    return dict(found)


def assets(wire: Wire, project_id: str, selection: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = wire.list(
        "assets", {"project": {"id": project_id}}, selection=selection
    )
    return found


def fetch(wire: Wire, url: str) -> bytes:
    answer = wire.request("GET", url, headers=wire.authorization("admin"))
    assert answer.status_code == 200, url
    return answer.content


def test_a_copy_has_the_settings_and_the_interface_of_its_source(
    wire: Wire, world_ids: WorldIds
) -> None:
    settings = {
        "archived": True,
        "canSkipAsset": False,
        "complianceTags": ["PII"],
        "metadataProperties": {"place": {"type": "string"}},
        "reviewCoverage": 30,
        "shouldAutoAssign": False,
    }
    where = {"id": world_ids["project"]}
    wire.call("updatePropertiesInProject", data=settings, where=where, selection="id")
    fields = (
        "title description inputType jsonInterface instructions canSkipAsset complianceTags"
        " canNavigateBetweenAssets metadataProperties reviewCoverage shouldAutoAssign"
    )
    copied = copy(wire, world_ids["project"], assets=False, users=False)
    assert read(wire, "projects", copied, fields) == read(
        wire, "projects", world_ids["project"], fields
    )
    own = "archivedAt numberOfAssets author { id }"
    assert read(wire, "projects", copied, own) == {
        "archivedAt": None,
        "numberOfAssets": 0,
        "author": {"id": world_ids["ada"]},
    }


def test_copied_asset_has_the_content_but_no_work_of_its_source(
    wire: Wire, world_ids: WorldIds
) -> None:
    wire.call("updatePropertiesInAssets", where=[{"id": world_ids["farm"]}], data=[{"priority": 4}])
    copied = copy(wire, world_ids["project"])
    fields = "externalId jsonMetadata resolution { width height } priority isHoneypot"
    assert assets(wire, copied, fields) == assets(wire, world_ids["project"], fields)
    sources = assets(wire, world_ids["project"], "id content")
    copies = assets(wire, copied, "id content status skipped labels { id } issues { id }")
    for source, each in zip(sources, copies, strict=True):
        assert each["id"] != source["id"]
        assert each["content"] != source["content"]
        assert fetch(wire, each["content"]) == fetch(wire, source["content"])
        assert (each["status"], each["skipped"]) == ("TODO", False)
        assert each["labels"] == each["issues"] == []


def test_copy_is_kept_when_its_source_is_deleted(wire: Wire, world_ids: WorldIds) -> None:
    copied = copy(wire, world_ids["project"])
    ids = [each["id"] for each in assets(wire, world_ids["project"], "id")]
    wire.call("deleteAssets", where={"idIn": ids}, selection="succeeded { assetId }")
    wire.call("deleteProject", where={"id": world_ids["project"]}, selection="id")
    for each in assets(wire, copied, "content"):
        assert fetch(wire, each["content"]).startswith(b"\x89PNG")


def test_frames_of_a_copied_video_are_copied(wire: Wire) -> None:
    data = {"title": "Video", "fromDemoProject": "VIDEO_FRAME_OBJECT_TRACKING"}
    source = wire.call("createProject", data=data, selection="id")["id"]
    copied = copy(wire, source)
    (asset,) = assets(wire, copied, "id jsonContent resolution { width }")
    wire.call("deleteProject", where={"id": source}, selection="id")
    answer = wire.request("GET", asset["jsonContent"], headers=wire.authorization("admin"))
    frames = answer.json()
    assert list(frames) == ["0", "1", "2", "3"]
    assert all(copied in url and asset["id"] in url for url in frames.values())
    assert all(fetch(wire, url).startswith(b"\x89PNG") for url in frames.values())
    assert asset["resolution"] == {"width": 320}


def test_copied_members_keep_their_roles_and_the_copying_user_is_administrator(
    wire: Wire, world_ids: WorldIds
) -> None:
    members = wire.emulator.world.documents.table("projectUsers")
    members.update({"role": "ADMIN"}, lambda each: each["userId"] == world_ids["max"])
    data = {"projectId": world_ids["project"], "shouldCopyUsers": True}
    copied = str(wire.call("copyProject", "manager", data=data))
    roles = "roles { role user { firstname } }"
    found = read(wire, "projects", copied, roles)["roles"]
    assert {each["user"]["firstname"]: each["role"] for each in found} == {
        "Ada": "ADMIN",
        "Max": "ADMIN",
        "Rita": "REVIEWER",
        "Leo": "LABELER",
    }
    alone = str(wire.call("copyProject", "manager", data={"projectId": world_ids["project"]}))
    (only,) = read(wire, "projects", alone, roles)["roles"]
    assert only == {"role": "ADMIN", "user": {"firstname": "Max"}}


def test_tags_versions_issues_and_plugins_are_not_copied(wire: Wire, world_ids: WorldIds) -> None:
    copied = copy(wire, world_ids["project"])
    add_version(wire, world_ids["project"], "later")
    where = {"projectId": copied, "pluginName": "Counter"}
    assert wire.call("listTagsByProject", selection="id", projectId=copied) == []
    assert wire.ids("projectVersions", {"projectId": copied}) == []
    assert wire.ids("issues", {"project": {"id": copied}}) == []
    assert "deactivatePluginOnProject" in wire.refusal("deactivatePluginOnProject", where=where)


def test_event_of_a_copy_names_its_source(wire: Wire, world_ids: WorldIds) -> None:
    copied = copy(wire, world_ids["project"])
    where = {"projectId": copied}
    events = wire.call("events", selection="event payload", where=where, pagination={})
    assert [each for each in events if each["event"] == "project.created"] == [
        {"event": "project.created", "payload": {"fromProjectId": world_ids["project"]}}
    ]
    assert sum(each["event"] == "asset.created" for each in events) == 6


def target_of(wire: Wire, project_id: str, external_id: str) -> str:
    where = {"project": {"id": project_id}, "externalIdStrictlyIn": [external_id]}
    (found,) = wire.ids("assets", where)
    return str(found)


def copy_labels(wire: Wire, world_ids: WorldIds, external_id: str, copied: str) -> str:
    target = target_of(wire, copied, external_id)
    data = {"srcAssetId": world_ids[external_id], "dstAssetId": target, "projectId": copied}
    assert wire.call("copyLabels", data={**data, "skipRebuilds": True}) is True
    return target


LABEL = "labelType jsonResponse modelName createdAt secondsToLabel author { id }"


def test_labels_are_copied_with_their_authors_and_the_status_of_the_asset(
    wire: Wire, world_ids: WorldIds
) -> None:
    copied = copy(wire, world_ids["project"])
    marks = "isLatestLabelForUser isLatestDefaultLabelForUser numberOfAnnotations search"
    fields = f"status skipped labels {{ {LABEL} {marks} }}"
    for name in ("street", "farm", "meadow", "pond"):
        target = copy_labels(wire, world_ids, name, copied)
        assert read(wire, "assets", target, fields) == read(wire, "assets", world_ids[name], fields)
    where = {"projectId": copied}
    events = wire.call("events", selection="event", where=where, pagination={})
    assert not [each for each in events if each["event"].startswith("label.")]


def test_latest_label_of_a_user_and_all_labels_of_a_model_are_copied(
    wire: Wire, world_ids: WorldIds
) -> None:
    def label(type_: str, model: str | None = None) -> None:
        wire.append_label(world_ids["car-park"], EASY_JSON, kind=type_, modelName=model)

    for type_, model in (
        ("PREDICTION", "one"),
        ("PREDICTION", "two"),
        ("DEFAULT", None),
        ("DEFAULT", None),
    ):
        label(type_, model)
    copied = copy(wire, world_ids["project"])
    target = copy_labels(wire, world_ids, "car-park", copied)
    fields = "labels { labelType modelName isLatestLabelForUser }"
    assert [
        (each["labelType"], each["modelName"], each["isLatestLabelForUser"])
        for each in read(wire, "assets", target, fields)["labels"]
    ] == [("PREDICTION", "one", False), ("PREDICTION", "two", False), ("DEFAULT", None, True)]


def test_copied_review_refers_to_the_copy_of_the_reviewed_label(
    wire: Wire, world_ids: WorldIds
) -> None:
    reviewed_label = world_ids["street DEFAULT"]
    wire.append_label(world_ids["street"], EASY_JSON, "REVIEW", referencedLabelId=reviewed_label)
    copied = copy(wire, world_ids["project"])
    target = copy_labels(wire, world_ids, "street", copied)
    labels = read(wire, "assets", target, "labels { id referencedLabel { id labelOf { id } } }")
    reviewed = labels["labels"][-1]["referencedLabel"]
    assert reviewed == {"id": labels["labels"][0]["id"], "labelOf": {"id": target}}


def test_project_with_steps_is_copied_with_its_steps(wire: Wire, world_ids: WorldIds) -> None:
    """Copied steps refer to one another and to their copied group."""
    world = wire.emulator.world
    with world.transaction(Actor(world.view.users.require(world_ids["ada"]))) as tx:
        project = world_ids["project"]
        group = tx.step_groups.insert({"id": tx.new_id(), "projectId": project, "name": "G"})
        own = {
            "projectId": project,
            "stepGroupId": group["id"],
            "order": 0,
            "stepCoverage": None,
            "consensusCoverage": None,
            "numberOfExpectedLabelsForConsensus": None,
            "useHoneypot": False,
        }
        first = {**own, "id": tx.new_id(), "name": "Label", "type": "DEFAULT"}
        tx.steps.insert({**first, "sendBackStepId": None, "assigneeIds": None})
        second = {**own, "id": tx.new_id(), "name": "Check", "type": "REVIEW"}
        assigned = {
            "sendBackStepId": first["id"],
            "assigneeIds": [world_ids["max"], world_ids["rita"]],
        }
        tx.steps.insert({**second, **assigned})
    for users, assignees in ((True, [world_ids["max"], world_ids["rita"]]), (False, None)):
        copied = copy(wire, world_ids["project"], assets=False, users=users)
        label, check = world.view.steps.find("project", copied)
        (group,) = world.view.step_groups.find("project", copied)
        assert (label["name"], check["name"], group["name"]) == ("Label", "Check", "G")
        assert check["sendBackStepId"] == label["id"] != first["id"]
        assert {label["stepGroupId"], check["stepGroupId"]} == {group["id"]}
        assert (label["assigneeIds"], check["assigneeIds"]) == (None, assignees)


COPY = """
from collections import Counter
import warnings
warnings.simplefilter("ignore")
copied = kili.copy_project(
    project_id, copy_members=True, copy_assets=True, copy_labels=True, disable_tqdm=True
)
"""
READ = """
def roles(project):
    fields = ["role", "user.email"]
    users = kili.project_users(project_id=project, fields=fields, disable_tqdm=True)
    return sorted([each["user"]["email"], each["role"]] for each in users)

def shown(project):
    fields = ["externalId", "jsonMetadata", "status", "content"]
    assets = kili.assets(project_id=project, fields=fields, disable_tqdm=True)
    return sorted((each.pop("externalId"), each.pop("content"), each) for each in assets)

def label_values(project):
    fields = ["author.email", "labelType", "modelName", "labelOf.externalId", "jsonResponse"]
    labels = kili.labels(project_id=project, fields=fields, disable_tqdm=True)
    return sorted(
        [each["labelOf"]["externalId"], each["labelType"], each["author"]["email"]]
        + [str(each["modelName"]), str(each["jsonResponse"])]
        for each in labels
    )
"""


def test_each_sdk_copies_a_project_with_members_assets_and_labels(
    sdk: SdkProcess, notebook: SdkSession
) -> None:
    if sdk.version == "2.125.2":  # the first to copy projects is 2.127
        assert notebook.run("kili.copy_project").error is not None
        return
    notebook.run(COPY + READ).checked()
    fields = "['title', 'jsonInterface', 'reviewCoverage', 'inputType']"
    (source,) = notebook.run(f"kili.projects(project_id, fields={fields})").checked().value
    (copied,) = notebook.run(f"kili.projects(copied, fields={fields})").checked().value
    assert copied == {**source, "title": f"{source['title']} (copy)"}
    for question in ("roles", "label_values"):
        compared = f"({question}(project_id), {question}(copied))"
        before, after = notebook.run(compared).checked().value
        assert before == after != []
    before, after = notebook.run("(shown(project_id), shown(copied))").checked().value
    names = ["aquarium", "car-park", "farm", "meadow", "pond", "street"]
    assert [name for name, _, _ in before] == [name for name, _, _ in after] == names
    for (_, content, source), (_, copied_content, copied) in zip(before, after, strict=True):
        assert content != copied_content
        assert source["jsonMetadata"] == copied["jsonMetadata"]


def test_second_copy_has_a_distinct_title(kili: Any) -> None:
    (project,) = kili.projects(fields=["id", "title"])
    for number in ("copy", "copy 1"):
        copied = kili.copy_project(project["id"], copy_members=False, disable_tqdm=True)
        (read,) = kili.projects(copied, fields=["title", "numberOfAssets"])
        assert read == {"title": f"{project['title']} ({number})", "numberOfAssets": 0}


def test_chat_project_cannot_be_copied_by_the_client(kili: Any) -> None:
    made = kili.create_project(title="Chats", from_demo_project="DEMO_LLM_INSTR_FOLLOWING")["id"]
    with pytest.raises(NotImplementedError, match="LLM_INSTR_FOLLOWING"):
        kili.copy_project(made)


# Projects of steps


def labeled_project(kili: Any, **options: Any) -> str:
    """Create a project with assets on several steps."""
    made = kili.create_project(
        title="Steps", input_type="TEXT", json_interface=INTERFACE, **options
    )["id"]
    for email, role in (("reviewer", "REVIEWER"), ("labeler", "LABELER")):
        kili.append_to_roles(made, f"{email}@example.com", role=role)
    names = ["waiting", "labeled", "predicted", "reviewed"]
    ids = kili.append_many_to_dataset(
        made, content_array=["a text"] * 4, external_id_array=names, disable_tqdm=True
    )["asset_ids"]
    red = RED
    options = {"project_id": made, "disable_tqdm": True}
    (leo,) = kili.users(email="labeler@example.com", fields=["id"])
    for place in (1, 3):
        by = {"author_id_array": [leo["id"]], "label_type": "DEFAULT"}
        kili.append_labels([ids[place]], [red], **by, **options)
    kili.append_labels([ids[2]], [red], label_type="PREDICTION", model_name="m", **options)
    kili.add_to_review([ids[3]])
    kili.append_labels([ids[3]], [red], label_type="REVIEW", **options)
    return str(made)


def places(kili: Any, project_id: str) -> list[tuple[Any, ...]]:
    fields = ["externalId", "currentStep.name", "currentStep.status", "labels.labelType"]
    return [
        (each["externalId"], each["currentStep"], each["labels"])
        for each in kili.assets(project_id, fields=fields, disable_tqdm=True)
    ]


def test_sdk_copies_a_project_with_steps_and_the_steps_of_its_assets(kili: Any) -> None:
    source = labeled_project(kili)
    copied = kili.copy_project(source, copy_assets=True, copy_labels=True, disable_tqdm=True)
    assert places(kili, copied) == places(kili, source)
    assert {step["name"] for _, step, _ in places(kili, copied)} == {"Label", "Review 1"}
    fields = ["workflowVersion", "steps.name", "steps.type", "numberOfRemainingAssets"]
    assert kili.projects(copied, fields=fields) == kili.projects(source, fields=fields)
    ids = [
        {each["id"] for each in kili.projects(one, fields=["steps.id"])[0]["steps"]}
        for one in (source, copied)
    ]
    assert not ids[0] & ids[1]


def test_copied_project_without_labels_begins_at_its_own_first_step(kili: Any) -> None:
    source = labeled_project(kili)
    copied = kili.copy_project(source, copy_assets=True, disable_tqdm=True)
    at_the_beginning = ({"name": "Label", "status": "TO_DO"}, [])
    assert [each[1:] for each in places(kili, copied)] == [at_the_beginning] * 4
    (first, *_) = kili.assets(copied, fields=["id"], disable_tqdm=True)
    kili.append_labels([first["id"]], [RED], project_id=copied, disable_tqdm=True)
    assert places(kili, copied)[0][1]["status"] == "DONE"


def narrowed() -> dict[str, Any]:
    """Return the interface without the category that all labels have."""
    color = INTERFACE["jobs"]["COLOR"]
    content = {"input": "radio", "categories": {"BLUE": {"children": [], "name": "Blue"}}}
    return {"jobs": {"COLOR": {**color, "content": content}}}


def label_rows(kili: Any, project_id: str) -> list[tuple[Any, ...]]:
    fields = ["labelOf.externalId", "labelType", "jsonResponse", "createdAt"]
    labels = kili.labels(project_id, fields=fields, disable_tqdm=True)
    return [(*each.pop("labelOf").values(), each) for each in labels]


def test_labels_with_removed_categories_are_copied_unchanged(
    kili: Any,
) -> None:
    source = labeled_project(kili)
    kili.update_properties_in_project(source, json_interface=narrowed())
    copied = kili.copy_project(source, copy_assets=True, copy_labels=True, disable_tqdm=True)
    assert label_rows(kili, copied) == label_rows(kili, source) != []
    assert places(kili, copied) == places(kili, source)


def test_labels_with_removed_jobs_are_copied_unchanged_in_v1(
    wire: Wire, world_ids: WorldIds
) -> None:
    interface = json.loads(
        read(wire, "projects", world_ids["project"], "jsonInterface")["jsonInterface"]
    )
    del interface["jobs"]["CLASSIFICATION_JOB"]
    data, where = {"jsonInterface": json.dumps(interface)}, {"id": world_ids["project"]}
    wire.call("updatePropertiesInProject", data=data, where=where, selection="id")
    target = copy_labels(wire, world_ids, "street", copy(wire, world_ids["project"]))
    fields = f"status labels {{ {LABEL} numberOfAnnotations search }}"
    assert read(wire, "assets", target, fields) == read(wire, "assets", world_ids["street"], fields)


def test_copied_labels_are_listed_by_their_dates(wire: Wire, world_ids: WorldIds) -> None:
    copied = copy(wire, world_ids["project"])
    for name in ("pond", "street", "meadow", "farm"):
        copy_labels(wire, world_ids, name, copied)
    for where in ({"project": {"id": copied}}, {}):
        dates = [each["createdAt"] for each in wire.list("labels", where, selection="createdAt")]
        assert dates == sorted(dates)
        assert len(dates) > 3


def test_copied_label_is_not_marked_latest_over_a_newer_label(
    wire: Wire, world_ids: WorldIds
) -> None:
    copied = copy(wire, world_ids["project"])
    target = target_of(wire, copied, "street")
    of_label = read(wire, "labels", world_ids["street DEFAULT"], "author { id }")
    author = of_label["author"]["id"]
    newest = {"id": wire.append_label(target, HARD_JSON, authorID=author)}
    copy_labels(wire, world_ids, "street", copied)
    marks = "isLatestLabelForUser isLatestDefaultLabelForUser isLastForStep"
    asset = read(
        wire, "assets", target, f"latestLabel {{ id }} labels {{ id author {{ id }} {marks} }}"
    )
    assert asset["latestLabel"] == newest
    assert asset["labels"][-1]["id"] == newest["id"]
    *_, copied_label, last = [each for each in asset["labels"] if each["author"]["id"] == author]
    assert not any(copied_label[mark] for mark in marks.split())
    assert all(last[mark] for mark in marks.split())


def test_labels_that_do_not_fit_the_interface_of_the_copy_are_refused(
    wire: Wire, world_ids: WorldIds
) -> None:
    copied = copy(wire, world_ids["project"])
    target = target_of(wire, copied, "street")
    data, where = {"jsonInterface": json.dumps({"jobs": {}})}, {"id": copied}
    wire.call("updatePropertiesInProject", data=data, where=where, selection="id")
    labels = {"srcAssetId": world_ids["street"], "dstAssetId": target, "projectId": copied}
    before = wire.emulator.world.export()
    assert "jsonResponseMalformed" in wire.refusal("copyLabels", data=labels)
    assert wire.emulator.world.export() == before


def test_labels_are_not_copied_into_another_workflow(kili_emulator: Emulator, kili: Any) -> None:
    wire = Wire(kili_emulator)
    source = labeled_project(kili)
    data = {"title": "V1", "jsonInterface": json.dumps(INTERFACE), "inputType": "TEXT"}
    other = wire.call("createProject", data=data, selection="id workflowVersion")
    assert other["workflowVersion"] == "V1"
    content = {"contentArray": ["a text"], "externalIDArray": ["x"]}
    (target,) = wire.call("appendManyAssets", data=content, where={"id": other["id"]})
    for asset in kili.assets(source, fields=["id"], disable_tqdm=True):
        labels = {
            "srcAssetId": asset["id"],
            "dstAssetId": target["id"],
            "projectId": other["id"],
        }
        says = "the projects have different workflows"
        assert says in wire.refusal("copyLabels", data=labels)
    wire.close()
