"""Additions to the world of the default scenario, and the ids of its objects by name."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from kili_emulator.domain import member
from kili_emulator.domain.project_version import create_version
from kili_emulator.domain.world import Actor
from kili_emulator.rules.permissions import ProjectRole
from tests.kit.responses import RED_JSON
from tests.kit.wire import Wire

WorldIds = dict[str, str]

PLUGIN = "Counter"
QUIET_PLUGIN = """
from kili.plugins import PluginCore


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print("submitted")

    def on_review(self, label, asset_id):
        print("reviewed")
"""
INTERFACE = {
    "jobs": {
        "COLOR": {
            "mlTask": "CLASSIFICATION",
            "content": {
                "input": "radio",
                "categories": {
                    "RED": {"children": ["SHADE"], "name": "Red"},
                    "BLUE": {"children": [], "name": "Blue"},
                },
            },
            "isChild": False,
            "required": 0,
        },
        "SHADE": {
            "mlTask": "CLASSIFICATION",
            "content": {"input": "radio", "categories": {"DARK": {"name": "Dark"}}},
            "isChild": True,
            "required": 0,
        },
    }
}
_ROLES: dict[str, ProjectRole] = {
    "manager": "TEAM_MANAGER",
    "reviewer": "REVIEWER",
    "labeler": "LABELER",
}


def archive(**files: str) -> bytes:
    """Return a ZIP archive of these files; ``__`` in their names stands for a dot."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in files.items():
            opened.writestr(name.replace("__", "."), text)
    return packed.getvalue()


def upload(wire: Wire, url: str, content: bytes, kind: str = "application/zip") -> None:
    """PUT a file to a signed URL as the SDK does: without ``&id=`` and the rest of the URL."""
    target, _, _ = url.partition("&id=")
    answer = wire.request("PUT", target, data=content, headers={"Content-Type": kind})
    assert answer.status_code == 201, answer.text


def deploy_plugin(
    wire: Wire, name: str = PLUGIN, content: bytes | str = QUIET_PLUGIN, **data: Any
) -> str:
    """Upload a plugin, start its build, and return the status after the build."""
    packed = archive(main__py=content) if isinstance(content, str) else content
    upload(wire, wire.call("createPlugin", data={"pluginName": name}), packed)
    wire.call("createPluginRunner", data={"pluginName": name, **data})
    return str(wire.call("getPluginRunnerStatus", name=name))


def read_world_ids(wire: Wire) -> WorldIds:
    """Return the ids of the objects of the default scenario by name."""
    (project,) = wire.list("projects", {})
    assets = wire.list("assets", {}, selection="id externalId")
    labels = wire.list("labels", {}, selection="id labelType labelOf { externalId }")
    (issue,) = wire.list("issues", {})
    users = wire.list("users", {}, selection="id firstname")
    (organization,) = wire.list("organizations", {})
    (version,) = wire.list("projectVersions", {})
    return {
        "project": project["id"],
        "issue": issue["id"],
        "organization": organization["id"],
        "version": version["id"],
        **{each["externalId"]: each["id"] for each in assets},
        **{each["firstname"].lower(): each["id"] for each in users},
        **{f"{e['labelOf']['externalId']} {e['labelType']}": e["id"] for e in labels},
    }


def set_up_world(wire: Wire) -> WorldIds:
    """Add objects to the default scenario, and return the ids of all objects by name.

    The additions are a project that only the administrator sees, with an asset, a label, an issue
    and a version; a question of the manager, a notification, two tags and a deployed plugin.
    """
    data = {
        "title": "Hidden",
        "description": "For the administrator",
        "inputType": "TEXT",
        "jsonInterface": json.dumps(INTERFACE),
    }
    world_ids = read_world_ids(wire)
    hidden = wire.call("createProject", data=data)["id"]
    content = {"contentArray": ["the text"], "externalIDArray": ["hidden"]}
    (asset,) = wire.call("appendManyAssets", data=content, where={"id": hidden})
    row = {"assetID": asset["id"], "jsonResponse": RED_JSON}
    (label,) = wire.call(
        "appendManyLabels", data={"labelType": "DEFAULT", "labelsData": [row]}, where={}
    )
    issues = [{"labelID": label["id"], "text": "why?", "type": "QUESTION"}]
    (issue,) = wire.call("createIssues", issues=issues, where={"project": {"id": hidden}})
    question_data = [{"assetId": world_ids["farm"], "type": "QUESTION"}]
    (question,) = wire.call("createIssues", "manager", issues=question_data, where={})
    notification_data = {"message": "Welcome.", "status": "SUCCESS", "userID": world_ids["leo"]}
    notification = wire.call("createNotification", data=notification_data)
    tags = [wire.call("createTag", data={"label": each})["id"] for each in ("Tutorial", "Unused")]
    wire.call("checkTag", data={"projectId": world_ids["project"], "tagId": tags[0]})
    assert deploy_plugin(wire) == "ACTIVE"
    return {
        **world_ids,
        "hidden version": add_version(wire, hidden, "second"),
        "tag": tags[0],
        "unused tag": tags[1],
        "manager's question": question["id"],
        "notification": notification["id"],
        "hidden project": hidden,
        "hidden asset": asset["id"],
        "hidden label": label["id"],
        "hidden issue": issue["id"],
    }


def add_version(wire: Wire, project_id: str, name: str) -> str:
    """Add a version to a project and return its id; no operation of the API creates versions."""
    world = wire.emulator.world
    project = world.view.projects.require(project_id)
    with world.transaction(Actor(world.view.users.require(project["authorId"]))) as tx:
        version = create_version(tx, project, name=name, content=f"http://example.com/{name}")
    return str(version["id"])


def add_stepped_project(wire: Wire) -> WorldIds:
    """Add a project of the V2 workflow, and return the ids of its objects by name.

    All users of the default scenario are members of the project. Its four assets have different
    step positions: waiting, labeled, in review and skipped.
    """
    wire.client_version = "26.2.4"
    data = {"title": "Steps", "inputType": "TEXT", "jsonInterface": json.dumps(INTERFACE)}
    project = wire.call("createProject", data=data)["id"]
    wire.client_version = None
    with wire.emulator.world.transaction(Actor.system()) as tx:
        for name, role in _ROLES.items():
            (user,) = tx.users.find("email", f"{name}@example.com")
            member.add(tx, tx.projects.require(project), user, role)
    external_ids = ["waiting", "labeled", "in review", "skipped"]
    content = {"contentArray": ["text"] * 4, "externalIDArray": external_ids}
    ids = [e["id"] for e in wire.call("appendManyAssets", data=content, where={"id": project})]
    rows = [{"assetID": each, "jsonResponse": RED_JSON} for each in ids[1:3]]
    data = {"labelType": "DEFAULT", "labelsData": rows}
    labels = wire.call("appendManyLabels", data=data, where={})
    wire.call("addAssetsToReview", where={"idIn": [ids[2]]})
    wire.call("skipAsset", reason="blurred", where={"id": ids[3]})
    (found,) = wire.list("projects", {"id": project}, selection="steps { id }")
    label_step, review_step = (each["id"] for each in found["steps"])
    return {
        "stepped project": project,
        "label step": label_step,
        "review step": review_step,
        **dict(zip(external_ids, ids, strict=True)),
        "labeled label": labels[0]["id"],
    }


def fill_ids(value: Any, world_ids: WorldIds) -> Any:
    """Return the value with each ``<name>`` in it replaced by the id of the object of this name."""
    if isinstance(value, dict):
        return {key: fill_ids(each, world_ids) for key, each in value.items()}
    if isinstance(value, list):
        return [fill_ids(each, world_ids) for each in value]
    if isinstance(value, str) and value.startswith("<") and value.endswith(">"):
        return world_ids[value[1:-1]]
    return value
