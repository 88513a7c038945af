"""The full world: the world of the other tests, both workflows, and a second organization."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kili_emulator.app import Emulator
from kili_emulator.domain import api_key, organization, step, user
from kili_emulator.domain.call_buffer import RecordedCall
from kili_emulator.domain.lock import lock
from kili_emulator.domain.run_call import add_calls
from kili_emulator.domain.world import Actor
from tests.kit.responses import EASY_JSON, HARD_JSON
from tests.kit.wire import Wire
from tests.kit.wire_plugins import activate_plugin
from tests.kit.world_content import (
    PLUGIN,
    QUIET_PLUGIN,
    WorldIds,
    add_stepped_project,
    archive,
    deploy_plugin,
    fill_ids,
    set_up_world,
    upload,
)

PASSWORD = "correct horse 1"
STRANGER = "stranger"
OUTSIDER = "outsider"


@dataclass(frozen=True)
class FullWorld:
    """The world, and the ids of its objects by name.

    Attributes:
        names: the ids that replace ``<name>`` in a template.
        own_ids: the ids of all documents of the first organization.
    """

    wire: Wire
    names: WorldIds
    own_ids: frozenset[str]

    def fill(self, template: Any) -> Any:
        """Replace the names in a template by the ids of this world."""
        return fill_ids(template, self.names)

    def export(self) -> dict[str, list[dict[str, Any]]]:
        """Return all documents by table."""
        return self.wire.emulator.world.export()


@contextmanager
def open_full_world() -> Iterator[FullWorld]:
    """Create a full world, and close it at the end."""
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        names = _set_up(wire)
        own_ids = frozenset(
            each["id"] for table in emulator.world.export().values() for each in table
        )
        names["foreign organization"] = _add_second_organization(wire)
        yield FullWorld(wire, names, own_ids)
        wire.close()


def _set_up(wire: Wire) -> WorldIds:
    """Create every object that the calls of :mod:`tests.contract.full_world.calls` name."""
    world_ids = {**set_up_world(wire), **add_stepped_project(wire), "plugin": PLUGIN}
    world_ids |= {key: world_ids[name] for key, name in (("admin", "ada"), ("labeler", "leo"))}
    _use_plugins(wire, world_ids)
    _add_work_with_steps(wire, world_ids)
    project = {"id": world_ids["project"]}
    members = wire.list("projectUsers", {"project": project}, selection="id user { id }")
    world_ids |= {f"member {each['user']['id']}": each["id"] for each in members}
    world_ids["member leo"] = world_ids[f"member {world_ids['leo']}"]
    wire.call("deleteFromRoles", where={"id": world_ids[f"member {world_ids['max']}"]})
    wire.call("appendToRoles", where=project,
              data={"userEmail": "manager@example.com", "role": "TEAM_MANAGER"})  # fmt: skip
    data = {"email": "pia@example.com", "password": PASSWORD, "firstname": "Pia"}
    world_ids["pia"] = wire.call("createUser", data=data, selection="id")["id"]
    archived = wire.call("createProject", data={"title": "Archived"}, selection="id")
    wire.call("updatePropertiesInProject", data={"archived": True}, where=archived)
    wire.call("appendToRoles", where=archived, data={"userEmail": data["email"], "role": "LABELER"})
    left = {"project": archived, "user": {"id": world_ids["pia"]}}
    wire.call("deleteFromRoles", where=left)
    license_ = json.dumps({"startDate": "2020-01-01", "expiryDate": "2090-01-01"})
    with wire.emulator.world.transaction(Actor.system()) as tx:
        step.add_group(tx, tx.projects.require(archived["id"]), "Boxes")
    wire.call("resetPassword", where={"id": world_ids["rita"]})
    where = {"id": world_ids["organization"]}
    wire.call("updatePropertiesInOrganization", where=where, data={"license": license_})
    asset = {"contentArray": ["https://example.com/a.png"], "externalIDArray": ["skipped here"]}
    (added,) = wire.call("appendManyAssets", data=asset, where=project, selection="id")
    world_ids["skipped here"] = added["id"]
    wire.call("skipAsset", reason="dark", where={"id": added["id"]})
    commented = {"text": "Because.", "inReview": False}
    wire.call("appendToComments", data=commented, where={"id": world_ids["issue"]})
    _create_deletable_labels(wire, world_ids)
    world_ids["farm file"] = f"projects/{world_ids['project']}/assets/{world_ids['farm']}/content"
    with wire.emulator.world.transaction(
        Actor(wire.emulator.world.view.users.require(world_ids["max"]))
    ) as tx:
        lock(tx, tx.assets.require(world_ids["pond"]), tx.actor.user, "DEFAULT")
    return world_ids


def _create_deletable_labels(wire: Wire, world_ids: WorldIds) -> None:
    """Create issues and labels that refer to deletable labels of models."""
    about = [{"labelID": world_ids[each]} for each in ("meadow PREDICTION", "farm INFERENCE")]
    wire.call("createIssues", issues=about, where={}, selection="id")
    row = {"assetID": world_ids["farm"], "jsonResponse": EASY_JSON}
    data = {
        "labelType": "REVIEW",
        "labelsData": [{**row, "referencedLabelId": world_ids["farm INFERENCE"]}],
    }
    wire.call("appendManyLabels", data=data, where={}, selection="id")
    wire.call("sendAssetsBackToQueue", where={"idIn": [world_ids["farm"]]})
    data = {"labelType": "DEFAULT", "labelsData": [row]}
    wire.call("appendManyLabels", data=data, where={}, selection="id")


def _use_plugins(wire: Wire, world_ids: WorldIds) -> None:
    """Create a running plugin, two with an uploaded version, a broken one, and a webhook."""
    activate_plugin(wire, PLUGIN, world_ids["project"])
    data = {"labelType": "DEFAULT",
            "labelsData": [{"assetID": world_ids["farm"], "jsonResponse": HARD_JSON}]}  # fmt: skip
    wire.call("appendManyLabels", data=data, where={})
    world = wire.emulator.world
    with world.transaction(Actor.system()) as tx:
        call = RecordedCall(["Query.me"], "me", None, {}, {"data": {}}, False, tx.now, 1.0)
        add_calls(tx, world.export()["runs"][0]["id"], [call], 1)
    packed = archive(main__py=QUIET_PLUGIN)
    upload(wire, wire.call("createPlugin", data={"pluginName": "Uploaded"}), packed)
    world_ids["uploaded plugin"] = "Uploaded"
    deploy_plugin(wire, "Next")
    upload(wire, wire.call("generateUpdateUrl", data={"pluginName": "Next"}), packed)
    world_ids["next plugin"] = "Next"
    deploy_plugin(wire, "Broken", archive(main__py="("))
    world_ids["broken plugin"] = "Broken"
    wire.call("createWebhook", data={"pluginName": "Hook", "webhookUrl": "http://127.0.0.1:9/"})
    world_ids["webhook"] = "Hook"


def _add_work_with_steps(wire: Wire, world_ids: WorldIds) -> None:
    """Create an issue and an assignment in the project with steps, as in the V1 project."""
    place = {"projectId": world_ids["stepped project"], "stepId": world_ids["label step"]}
    data = {"contentArray": ["text"], "externalIDArray": ["reviewed"]}
    where = {"id": world_ids["stepped project"]}
    (made,) = wire.call("appendManyAssets", data=data, where=where, selection="id")
    world_ids["reviewed"] = made["id"]
    for label_type in ("DEFAULT", "REVIEW"):
        wire.call("addAssetsToReview", where={"idIn": [made["id"]]})
        wire.append_label(made["id"], kind=label_type)
    review = {"projectId": world_ids["stepped project"], "stepId": world_ids["review step"]}
    sends_back = {**review, "sendBackStepId": world_ids["label step"]}
    wire.call("updateReviewStepProperties", input=sends_back)
    data = {**place, "numberOfExpectedLabelsForConsensus": 2}
    wire.call("updateLabelingStepProperties", input=data)
    wire.call("assignAssets", where={"idIn": [world_ids["car-park"]]}, userIds=[world_ids["leo"]])
    issue = {"assetId": world_ids["labeled"], "labelID": world_ids["labeled label"], "text": "Why?"}
    (made,) = wire.call("createIssues", issues=[issue], where={}, selection="id")
    world_ids["stepped issue"] = made["id"]


def _add_second_organization(wire: Wire) -> str:
    """Create a second organization with a project, a plugin and a tag; return its id.

    Also create a user of the first organization without a role in its projects.
    """
    with wire.emulator.world.transaction(Actor.system()) as tx:
        home = organization.insert_organization(tx, "Strangers", {})
        data = {"email": "sue@example.org", "firstname": "Sue", "organizationRole": "ADMIN"}
        stranger = user.create_user(tx, home, data)
        api_key.create_api_key(tx, stranger, name=STRANGER, key="the-strangers-key")
        data = {"email": "olga@example.org", "firstname": "Olga"}
        outsider = user.create_user(tx, tx.organizations.all()[0], data)
        api_key.create_api_key(tx, outsider, name=OUTSIDER, key="the-outsiders-key")
    data = {"title": "Strange", "inputType": "TEXT", "jsonInterface": json.dumps({"jobs": {}})}
    project = wire.call("createProject", STRANGER, data=data, selection="id")["id"]
    content = {"contentArray": ["their text"]}
    wire.call("appendManyAssets", STRANGER, data=content, where={"id": project}, selection="id")
    wire.call("createPlugin", STRANGER, data={"pluginName": "Theirs"})
    wire.call("createTag", STRANGER, data={"label": "Theirs"})
    return str(home["id"])


__all__ = [
    "OUTSIDER",
    "PASSWORD",
    "PLUGIN",
    "STRANGER",
    "FullWorld",
    "open_full_world",
]
