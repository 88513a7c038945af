"""The rows that each condition of each filter selects in the world of :func:`set_up`.

A case is a list of (value, names of the selected rows). Over all its values, a case must select
some rows and omit some rows.

Two kinds of conditions have their cases in ``tests/contract/inputs/``: those on events in
``event.py``, and those on the step and the assignees of an asset in ``workflow.py``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kili_emulator import clock
from kili_emulator.domain.lock import lock
from kili_emulator.domain.notification import notify
from kili_emulator.domain.world import Actor
from tests.kit.responses import EASY_JSON
from tests.kit.wire import Wire
from tests.kit.world_content import PLUGIN, WorldIds, set_up_world
from tests.kit.world_time import advance

UNKNOWN_ID = "cl00000000000000000000000"
Case = list[tuple[Any, set[str]]]

FIRST = {"street", "pond", "farm", "meadow", "car-park", "aquarium"}
FIRST_LABELS = {
    "street DEFAULT",
    "street REVIEW",
    "pond DEFAULT",
    "farm DEFAULT",
    "farm INFERENCE",
    "meadow PREDICTION",
    "aquarium label",
}
EVERYBODY = {"ada", "max", "rita", "leo"}
KEYS = {f"key {name}" for name in EVERYBODY}
COMMENTS = ("first comment", "reply", "why comment")
PROJECTS = {"project", "hidden project", "archived project"}
MEMBERS = {f"member {name}" for name in EVERYBODY} | {"hidden member ada", "archived member ada"}

# input type → the query that lists the documents
LISTS = {
    "ApiKeyWhere": "apiKeys",
    "AssetWhere": "assets",
    "CommentWhere": "comments",
    "IssueWhere": "issues",
    "LabelWhere": "labels",
    "LockWhere": "locks",
    "NotificationWhere": "notifications",
    "OrganizationWhere": "organizations",
    "ProjectVersionWhere": "projectVersions",
    "ProjectUserWhere": "projectUsers",
    "ProjectWhere": "projects",
    "UserWhere": "users",
}
COUNTS = {
    **{name: f"count{operation[0].upper()}{operation[1:]}" for name, operation in LISTS.items()},
    "PluginWhere": "countPlugins",
}


def set_up(wire: Wire) -> WorldIds:
    """Extend the default scenario, and return the ids of its objects by name.

    The world has the content of ``seed_data/default.yaml``. An hour later, it gets the objects of
    :func:`tests.kit.world_content.set_up_world`, a label of ``aquarium`` and a honeypot. Another
    hour later, the other changes below follow. In a value, ``<after the first>`` stands for a
    moment after the first of these three times, and ``<after the second>`` for one after the
    second.

    The names are the external ids of the assets (``farm``), the external id and type of the labels
    (``farm DEFAULT``), the first names of the users (``leo``), and the keys of the returned
    dictionary for the other objects. ``<farm>`` in a value stands for the id of ``farm``.
    """
    world = wire.emulator.world
    start = world.clock.now()
    advance(world, timedelta(hours=1))
    world_ids = set_up_world(wire)
    data = {"labelType": "AUTOSAVE", "jsonResponse": EASY_JSON, "skipped": True}
    label = wire.call("appendToLabels", data=data, where={"id": world_ids["aquarium"]})
    wire.call("updatePropertiesInAssets", where=[{"id": world_ids["street"]}],
              data=[{"isHoneypot": True}])  # fmt: skip
    then = world.clock.now()
    advance(world, timedelta(hours=1))
    archived = wire.call("createProject", data={"title": "Archived", "description": "old"})["id"]
    changes = {"archived": True, "shouldRelaunchKpiComputation": True}
    wire.call("updatePropertiesInProject", data=changes, where={"id": archived})
    stars = {world_ids["ada"]: world_ids["hidden project"], world_ids["leo"]: world_ids["project"]}
    world.documents.table("projectUsers").update(
        {"starred": True}, lambda each: stars.get(each["userId"]) == each["projectId"]
    )
    deleted = wire.call("createProject", data={"title": "Deleted"})["id"]
    wire.call("deleteProject", where={"id": deleted})
    data = {"priority": 1, "consensusMark": 0.6, "honeypotMark": 0.2}
    wire.call("updatePropertiesInAssets", where=[{"id": world_ids["farm"]}], data=[data])
    world.documents.table("labels").update(
        {"consensusMark": 0.6}, lambda label: label["id"] == world_ids["farm DEFAULT"]
    )
    wire.call(
        "updatePropertiesInIssue", data={"status": "SOLVED"}, where={"id": world_ids["issue"]}
    )
    is_labeler = {"email": "labeler@example.com"}.items()
    world.documents.table("users").update(
        {"activated": False}, lambda user: is_labeler <= user.items()
    )
    for project, email in ((archived, "admin"), (world_ids["project"], "reviewer")):
        where = {"project": {"id": project}, "user": {"email": f"{email}@example.com"}}
        wire.call("deleteFromRoles", where=where)
    keys = {each["userId"]: each["id"] for each in world.view.api_keys.all()}
    with world.transaction(Actor.system()) as tx:
        task = notify(tx, user_id=world_ids["max"], message="Importing.", status="PENDING")
        tx.notifications.change(task, hasBeenSeen=True)
    with world.transaction(Actor(world.view.users.require(world_ids["max"]))) as tx:
        held = lock(tx, tx.assets.require(world_ids["pond"]), tx.actor.user, "DEFAULT")
    (plugin,) = wire.call("listPlugins")
    (hidden,) = wire.list("labels", {"id": world_ids["hidden label"]}, selection="createdAt")
    return {
        **world_ids,
        **_members(wire, world_ids, archived),
        **{f"key {name}": keys[world_ids[name]] for name in EVERYBODY},
        "lock": held["id"],
        **dict(
            zip(("first comment", "reply", "why comment"), wire.ids("comments", {}), strict=True)
        ),
        "task notification": task["id"],
        "task": str(task["taskId"]),
        "plugin": plugin["id"],
        "plugin user": world.view.plugins.require(plugin["id"])["userId"],
        "aquarium label": label["id"],
        "archived project": archived,
        "deleted project": deleted,
        "moment of the hidden label": hidden["createdAt"],
        "after the first": clock.format_time(start + timedelta(minutes=30)),
        "after the second": clock.format_time(then + timedelta(minutes=30)),
    }


def _members(wire: Wire, world_ids: WorldIds, archived: str) -> WorldIds:
    """Return the members of each project, removed members included."""
    users = {world_ids[name]: name for name in EVERYBODY}
    places = {
        world_ids["project"]: "",
        world_ids["hidden project"]: "hidden ",
        archived: "archived ",
    }
    found = wire.list("projectUsers", {}, selection="id project { id } user { id }")
    return {
        f"{places[each['project']['id']]}member {users[each['user']['id']]}": each["id"]
        for each in found
    }


def _dates(first: set[str], last: set[str], member: str = "createdAt") -> dict[str, Case]:
    """Return conditions on a time, for the rows before and after that time."""
    return {
        f"{member}Gte": [("<after the first>", last), ("2000-01-01", first | last)],
        f"{member}Lte": [("<after the first>", first), ("2000-01-01", set())],
    }


FILTERS: dict[str, dict[str, Case]] = {
    "ApiKeyWhere": {
        "id": [("<key leo>", {"key leo"})],
        "key": [("emulator-manager", {"key max"}), ("nobody's", set())],
        "user": [({"email": "reviewer@example.com"}, {"key rita"}), ({"id": None}, KEYS)],
    },
    "AssetWhere": {
        "consensusMarkGte": [(0.6, {"farm"}), (0.7, set())],
        "consensusMarkLte": [(0.6, {"farm"}), (0.5, set())],
        "honeypotMarkGte": [(0.2, {"farm", "street"}), (0.7, {"street"})],
        "honeypotMarkLte": [(0.2, {"farm"}), (0.8, {"farm", "street"})],
        "inferenceMarkGte": [(0.5, {"farm"}), (0.6, set())],
        "inferenceMarkLte": [(0.6, {"farm"}), (0.5, set())],
        **_dates(FIRST, {"hidden asset"}),
        "updatedAtGte": [("<after the second>", {"farm"})],
        "updatedAtLte": [("<after the second>", FIRST - {"farm"} | {"hidden asset"})],
        "externalIdIn": [(["o", "street"], {"street", "pond", "meadow"}), (["nothing"], set())],
        "externalIdStrictlyIn": [(["pond", "mead"], {"pond"})],
        "id": [("<pond>", {"pond"}), (UNKNOWN_ID, set())],
        "idIn": [(["<farm>", "<pond>", UNKNOWN_ID], {"pond", "farm"})],
        "idNotIn": [(["<farm>", "<pond>"], FIRST - {"farm", "pond"} | {"hidden asset"})],
        "issue": [
            ({"status": "SOLVED"}, {"pond"}),
            ({"type": "QUESTION"}, {"hidden asset", "farm"}),
            ({"type": "QUESTION", "status": "SOLVED"}, set()),
            ({}, FIRST | {"hidden asset"}),
        ],
        "label": [
            ({"typeIn": ["INFERENCE", "PREDICTION"]}, {"farm", "meadow"}),
            ({"typeIn": ["REVIEW"], "authorIn": ["Rita"]}, {"street"}),
            ({"typeIn": ["REVIEW"], "authorIn": ["Leo"]}, set()),
            ({"search": "CLASSIFICATION_JOB.EASY.count > 0", "typeIn": ["REVIEW"]}, {"street"}),
            ({"search": "CLASSIFICATION_JOB.NONE.count > 0"}, set()),
        ],
        "metadata": [
            ({"place": "town"}, {"street", "car-park", "aquarium"}),
            ({"place": ["country", "sea"]}, {"pond", "farm", "meadow"}),
            ({"numberOfObjects": [5, 6]}, {"meadow", "car-park"}),
            ({"numberOfObjects": 7, "place": "country"}, set()),
        ],
        "project": [({"id": "<hidden project>"}, {"hidden asset"}), ({"id": UNKNOWN_ID}, set())],
        "skipped": [(True, {"aquarium"}), (False, FIRST - {"aquarium"} | {"hidden asset"})],
        "statusIn": [
            (["TODO"], {"meadow", "car-park"}),
            (["LABELED", "REVIEWED"], {"farm", "street", "hidden asset"}),
        ],
    },
    "CommentWhere": {
        "id": [("<why comment>", {"why comment"}), (UNKNOWN_ID, set())],
        "issue": [({"type": "QUESTION"}, {"why comment"}), ({"status": "OPEN"}, {"why comment"})],
    },
    "IssueWhere": {
        "asset": [({"externalIdStrictlyIn": ["pond"]}, {"issue"}), ({"id": UNKNOWN_ID}, set())],
        "assetIn": [(["<hidden asset>"], {"hidden issue"})],
        "id": [("<issue>", {"issue"})],
        "project": [({"id": "<hidden project>"}, {"hidden issue"})],
        "status": [("SOLVED", {"issue"}), ("CANCELLED", set())],
        "type": [("QUESTION", {"hidden issue", "manager's question"})],
    },
    "LabelWhere": {
        "consensusMarkGte": [(0.6, {"farm DEFAULT"}), (0.7, set())],
        "consensusMarkLte": [(0.6, {"farm DEFAULT"}), (0.5, set())],
        "honeypotMarkGte": [(0.7, {"street DEFAULT"}), (0.8, set())],
        "honeypotMarkLte": [(0.8, {"street DEFAULT"}), (0.7, set())],
        "createdAtGte": [("<after the first>", {"hidden label", "aquarium label"})],
        "createdAtLte": [("<after the first>", FIRST_LABELS - {"aquarium label"})],
        "createdAt": [
            ("<moment of the hidden label>", {"hidden label"}),
            ("2000-01-01", set()),
            ("2000-01-01T00:00:00.000Z", set()),
        ],
        "asset": [({"statusIn": ["REVIEWED"]}, {"street DEFAULT", "street REVIEW"})],
        "authorIn": [
            (["Rita", "Nobody"], {"street REVIEW"}),
            (["Max Manager"], {"meadow PREDICTION"}),
            (["Admin"], {"farm INFERENCE", "hidden label", "aquarium label"}),
            (["Max Admin"], set()),
        ],
        "id": [("<pond DEFAULT>", {"pond DEFAULT"})],
        "idIn": [(["<pond DEFAULT>", "<street REVIEW>"], {"pond DEFAULT", "street REVIEW"})],
        "labelerIn": [
            (["<leo>", "<rita>"], {"street DEFAULT", "pond DEFAULT", "farm DEFAULT"}),
            (["<rita>"], set()),
        ],
        "labelerNotIn": [
            (["<leo>"], {"hidden label"}),
            ([], {"street DEFAULT", "pond DEFAULT", "farm DEFAULT", "hidden label"}),
        ],
        "project": [({"id": "<project>"}, FIRST_LABELS)],
        "reviewerIn": [(["<leo>", "<rita>"], {"street REVIEW"}), (["<leo>"], set())],
        "reviewerNotIn": [(["<leo>"], {"street REVIEW"}), (["<rita>"], set())],
        "search": [
            ("CLASSIFICATION_JOB.EASY.count == 1",
             {"street REVIEW", "pond DEFAULT", "aquarium label"}),
            ("CLASSIFICATION_JOB.HARD.count > 0 OR COLOR.RED.count > 0",
             {"farm DEFAULT", "hidden label"}),
        ],
        "typeIn": [(["REVIEW", "PREDICTION"], {"street REVIEW", "meadow PREDICTION"})],
        "user": [({"id": "<rita>"}, {"street REVIEW"}), ({"email": "x@example.com"}, set())],
    },
    "LockWhere": {"id": [("<lock>", {"lock"}), (UNKNOWN_ID, set())]},
    "NotificationWhere": {
        "hasBeenSeen": [(True, {"task notification"}), (False, {"notification"})],
        "id": [("<notification>", {"notification"}), (UNKNOWN_ID, set())],
        "taskId": [("<task>", {"task notification"}), (UNKNOWN_ID, set())],
        "user": [({"id": "<leo>"}, {"notification"}), ({"id": UNKNOWN_ID}, set())],
    },
    "OrganizationWhere": {
        "id": [("<organization>", {"organization"}), (UNKNOWN_ID, set())],
        "user": [({"id": "<leo>"}, {"organization"}), ({"id": UNKNOWN_ID}, set())],
    },
    "PluginWhere": {
        "id": [("<plugin>", {"plugin"}), (UNKNOWN_ID, set())],
        "name": [(PLUGIN, {"plugin"}), ("Nobody", set())],
    },
    "ProjectVersionWhere": {
        "id": [("<version>", {"version"}), (UNKNOWN_ID, set())],
        "projectId": [("<hidden project>", {"hidden version"}), (UNKNOWN_ID, set())],
    },
    "ProjectUserWhere": {
        "id": [
            ("<member max>", {"member max"}),
            ("<archived member ada>", {"archived member ada"}),
            (UNKNOWN_ID, set()),
        ],
        "activeInProject": [
            (True, {"hidden member ada", "member leo"}),
            (False, {"member ada", "member max", "member rita", "archived member ada"}),
        ],
        "deleted": [(True, {"member rita"}), (False, MEMBERS - {"member rita"})],
        "project": [
            ({"id": "<project>"}, {"member ada", "member max", "member rita", "member leo"}),
            ({"archived": True}, {"archived member ada"}),
        ],
        "status": [
            ("ACTIVATED", MEMBERS - {"archived member ada", "member leo"}),
            ("ORG_ADMIN", {"archived member ada"}),
            ("ORG_SUSPENDED", {"member leo"}),
        ],
        "user": [
            ({"email": "Admin@example.com"},
             {"member ada", "hidden member ada", "archived member ada"}),
            ({"organization": {"id": UNKNOWN_ID}}, set()),
        ],
    },
    "ProjectWhere": {
        **_dates({"project"}, {"hidden project", "archived project"}),
        "updatedAtGte": [("<after the second>", {"archived project"})],
        "updatedAtLte": [("<after the second>", {"project", "hidden project"})],
        "archived": [(True, {"archived project"}), (False, {"project", "hidden project"})],
        "deleted": [(True, PROJECTS | {"deleted project"}), (False, PROJECTS)],
        "id": [("<hidden project>", {"hidden project"})],
        "organizationId": [("<organization>", PROJECTS), (UNKNOWN_ID, set())],
        "searchQuery": [
            ("hidden", {"hidden project"}),
            ("%ive_", {"archived project"}),
            ("old", {"archived project"}),
            ("idde", set()),
        ],
        "shouldRelaunchKpiComputation": [
            (True, {"archived project"}), (False, {"project", "hidden project"})
        ],
        "starred": [(True, {"hidden project"}), (False, {"project", "archived project"})],
        "tagIds": [
            (["<tag>", "<unused tag>"], {"project"}),
            (["<unused tag>", UNKNOWN_ID], set()),
            ([], set()),
        ],
    },
    "UserWhere": {
        "activated": [(False, {"leo"}), (True, EVERYBODY - {"leo"})],
        "apiKey": [("emulator-reviewer", {"rita"}), ("nobody's", set())],
        "email": [("manager@example.com", {"max"}), ("x@example.com", set())],
        "id": [("<plugin user>", {"plugin user"}), ("<max>", {"max"})],
        "idIn": [(["<max>", "<plugin user>"], {"max", "plugin user"})],
        "organization": [({"id": "<organization>"}, EVERYBODY), ({"id": UNKNOWN_ID}, set())],
    },
}  # fmt: skip
