"""Every field of every type has two different values: no field is a hidden constant."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLObjectType, GraphQLOutputType, get_named_type, is_composite_type

from kili_emulator.app import Emulator
from kili_emulator.domain.notification import notify
from kili_emulator.domain.world import Actor
from tests.contract.annotated_labels import annotate
from tests.contract.inputs.user import ADDRESS, LICENSE
from tests.contract.outputs import CHANGES
from tests.contract.schema import ROOTS, SCHEMA
from tests.kit.responses import EASY_JSON, HARD_JSON
from tests.kit.wire import Wire, selection_of
from tests.kit.wire_plugins import activate_plugin
from tests.kit.world_content import (
    PLUGIN,
    QUIET_PLUGIN,
    WorldIds,
    add_version,
    archive,
    deploy_plugin,
    set_up_world,
)
from tests.kit.world_time import advance

# Fields with only one value or none, and the reason.
ONE_VALUE = {
    "ProjectStep.isActivated": "always true: a step can be deleted, but not deactivated",
    "ClassificationAnnotation.chatItemId": "no response refers to a message",
    "ComparisonAnnotation.chatItemId": "no response refers to a message",
    "ComparisonAnnotation.path": "never returned: clients fail at nested comparisons",
    "RankingAnnotation.chatItemId": "no response refers to a message",
    "TranscriptionAnnotation.chatItemId": "no response refers to a message",
    "VideoObjectDetectionAnnotation.path": "never returned: clients fail at nested objects",
    "Asset.dataIntegrationId": "cloud storage is not emulated: no asset has an integration",
    "Asset.duration": "the duration of audio and video files is not read",
    "Asset.durationCompute": "the duration of audio and video files is not read",
    "Asset.readPermissionsFromLabels": "the effect of labels on permissions is not public",
    "AssetActionOutcome.failed": "an action affects all of its assets or none",
    "AssetFailure.assetId": "no action fails in part",
    "AssetFailure.details": "no action fails in part",
    "AssetFailure.externalId": "no action fails in part",
    "DataConnection.dataIntegrationId": "cloud storage is not emulated",
    "DataConnection.id": "cloud storage is not emulated",
    "DataConnection.numberOfAssets": "cloud storage is not emulated",
    "DataConnection.projectId": "cloud storage is not emulated",
    **{
        f"ChatItem.{name}": "conversations with models are not emulated"
        for name in (
            *("id", "content", "createdAt", "externalId", "labelId"),
            *("modelId", "modelName", "parentId", "role"),
        )
    },
    "Label.chatItems": "conversations with models are not emulated: a label has no messages",
    "Label.jsonResponseUrl": "null by contract: every response is returned inline",
    "PluginBuildError.logType": "a build error is an error",
    "Project.dataConnections": "cloud storage is not emulated: no project has a connection",
}

Seen = dict[str, set[str]]

CHATTY_PLUGIN = QUIET_PLUGIN + '        self.logger.warning("with a warning")\n'
OTHER_WORLD = """
organization:
  name: Another organization
  license: {canUsePlugins: false, uploadLocalData: false}
users:
  - {key: admin, email: x@example.com, firstname: X, lastname: Y, organizationRole: ADMIN}
projects:
  - title: In groups
    inputType: TEXT
    workflow: V3
    stepGroups: [Boxes, Texts]
    jsonInterface: {jobs: {}}
    members: {admin: ADMIN}
    assets:
      - {externalId: grouped, content: a text}
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Collect the values of each field in the two worlds, as JSON."""
    values: Seen = defaultdict(set)
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        _change_much(wire, values)
        _read_everything(wire, values)
        wire.close()
    scenario = tmp_path_factory.mktemp("scenario") / "other.yaml"
    scenario.write_text(OTHER_WORLD, encoding="utf-8")
    with Emulator(str(scenario), seed=1, start_time="2026-02-02T10:00:00Z") as emulator:
        wire = Wire(emulator)
        wire.call("createProject", data={"title": "Another project"}, selection="id")
        wire.call("createTag", data={"label": "Another organization's"})
        _read_everything(wire, values)
        wire.close()
    return values


def _change_much(wire: Wire, values: Seen) -> None:
    """Give every field that can differ a second value."""
    emulator = wire.emulator
    advance(emulator.world, timedelta(hours=1))
    world_ids = set_up_world(wire)
    _change_projects(wire, world_ids)
    _see_deleted(wire, world_ids, values)
    _change_assets(wire, world_ids, values)
    _change_labels(wire, world_ids)
    _change_issues(wire, world_ids)
    annotate(wire)
    _notify(wire, world_ids)
    _change_people(wire, world_ids)
    _change_tags(wire, world_ids, values)
    for change in CHANGES:
        change(wire, world_ids)
    _run_plugins(wire, world_ids)
    _lock_assets(wire, world_ids)
    for table, change in (("users", {"activated": False}), ("apiKeys", {"revoked": True})):
        ids = {world_ids["leo"], _key_of(wire, "labeler")}
        later = {"updatedAt": "2100-01-01T00:00:00.000Z"} if table == "users" else {}
        emulator.world.documents.table(table).update(
            {**change, **later}, lambda each, ids=ids: each["id"] in ids
        )


def _key_of(wire: Wire, name: str) -> str:
    keys = wire.emulator.world.view.api_keys.all()
    return next(str(each["id"]) for each in keys if each["name"] == name)


def _change_projects(wire: Wire, world_ids: WorldIds) -> None:
    data = {
        "archived": True,
        "canNavigateBetweenAssets": False,
        "canSkipAsset": False,
        "consensusTotCoverage": 20,
        "minConsensusSize": 3,
        "useHoneyPot": True,
        "complianceTags": ["PHI"],
        "reviewCoverage": 10,
        "secondsToLabelBeforeAutoAssign": 20,
        "shouldAutoAssign": False,
        "shouldRelaunchKpiComputation": True,
    }
    where = {"id": world_ids["hidden project"]}
    advance(wire.emulator.world, timedelta(hours=1))
    wire.call("updatePropertiesInProject", data=data, where=where, selection="id")


def _see_deleted(wire: Wire, world_ids: WorldIds, values: Seen) -> None:
    """Collect the values of a deleted project, and add a version."""
    in_pixels = {"title": "Gone", "inputType": "GEOSPATIAL", "pixelLabeling": True}
    project_id = wire.call("createProject", data=in_pixels, selection="id")["id"]
    wire.call("deleteProject", where={"id": project_id}, selection="id")
    add_version(wire, world_ids["project"], "later")
    where = {"id": project_id, "deleted": True}
    _see_field("projects", _ask(wire, "projects", where=where, first=1, skip=0), values)


def _change_assets(wire: Wire, world_ids: WorldIds, values: Seen) -> None:
    row = {"contentArray": ["http://example.com/a"], "jsonContentArray": ["http://example.com/b"]}
    wire.call("appendManyAssets", data=row, where={"id": world_ids["project"]}, selection="id")
    land = {"title": "Land", "inputType": "GEOSPATIAL"}
    where = {"id": wire.call("createProject", data=land, selection="id")["id"]}
    row = {"contentArray": [""], "jsonContentArray": ['[{"epsg": "EPSG3857"}]']}
    wire.call("appendManyAssets", data=row, where=where, selection="id")
    page = {"pageNumber": 1, "width": 3, "height": 4}
    other = {"pageNumber": 2, "width": 5, "height": 6, "rotation": 90}
    properties = {
        "jsonMetadata": '{"textAnnotations": []}',
        "pageResolutions": [page, other],
        "priority": 3,
        "resolution": {"width": 30, "height": 40},
    }
    wire.call("updatePropertiesInAssets", where=[{"id": world_ids["farm"]}], data=[properties])
    data = {"labelType": "DEFAULT", "jsonResponse": EASY_JSON, "skipped": True}
    wire.call("appendToLabels", data=data, where={"id": world_ids["car-park"]}, selection="id")
    for where in (
        {"idIn": [world_ids["farm"]]},
        {"idIn": [world_ids["pond"], world_ids["meadow"]]},
        {"idIn": [world_ids["meadow"]]},
    ):
        for action in ("sendAssetsBackToQueue", "addAssetsToReview"):
            _see_field(action, wire.call(action, where=where), values)


def _change_labels(wire: Wire, world_ids: WorldIds) -> None:
    row = {
        "assetID": world_ids["street"],
        "jsonResponse": HARD_JSON,
        "clientVersion": 2,
        "secondsToLabel": 2.5,
        "referencedLabelId": world_ids["street REVIEW"],
    }
    data = {"labelType": "REVIEW", "labelsData": [row, row]}
    wire.call("appendManyLabels", data=data, where={}, selection="id")


def _change_issues(wire: Wire, world_ids: WorldIds) -> None:
    rows = [
        {"assetId": world_ids["farm"], "objectMid": "m", "type": "QUESTION", "text": "?"},
        {"assetId": world_ids["farm"], "text": "!"},
        {"labelID": world_ids["street DEFAULT"], "objectMid": "n"},
    ]
    created = wire.call("createIssues", issues=rows, where={}, selection="id")
    advance(wire.emulator.world, timedelta(hours=1))
    for issue in created[:2]:
        where = {"id": issue["id"]}
        wire.call("updatePropertiesInIssue", data={"status": "SOLVED"}, where=where, selection="id")


def _lock_assets(wire: Wire, world_ids: WorldIds) -> None:
    for name, author in (("street", "rita"), ("aquarium", "leo")):
        advance(wire.emulator.world, timedelta(minutes=1))
        wire.append_label(world_ids[name], EASY_JSON, kind="AUTOSAVE", authorID=world_ids[author])


def _change_people(wire: Wire, world_ids: WorldIds) -> None:
    project, leo = {"id": world_ids["project"]}, {"id": world_ids["leo"]}
    data = {"userEmail": "invited@example.com", "role": "LABELER"}
    wire.call("appendToRoles", where=project, data=data, selection="id")
    wire.call("deleteFromRoles", where={"project": project, "user": {"id": world_ids["max"]}})
    where = {"project": project, "user": leo}
    wire.call("updatePropertiesInProjectUser", where=where, data={"starred": True}, selection="id")
    data = {"hasCompletedLabelingTour": True, "hubspotSubscriptionStatus": "SUBSCRIBED"}
    wire.call("updatePropertiesInUser", where=leo, data=data, selection="id")
    data = {
        "license": json.dumps({**LICENSE, "canUsePlugins": True, "uploadLocalData": True}),
        **ADDRESS,
    }
    where = {"id": world_ids["organization"]}
    wire.call("updatePropertiesInOrganization", where=where, data=data, selection="id")


def _notify(wire: Wire, world_ids: WorldIds) -> None:
    with wire.emulator.world.transaction(Actor.system()) as tx:
        done = {"status": "FAILURE", "url": "/label", "progress": 100}
        new_notification = notify(tx, user_id=world_ids["max"], message="Importing.", **done)
    where = {"id": new_notification["id"]}
    wire.call("updatePropertiesInNotification", data={"hasBeenSeen": True}, where=where)


def _change_tags(wire: Wire, world_ids: WorldIds, values: Seen) -> None:
    wire.call("createTag", data={"label": "Red", "color": "#FF0000"})
    for tag in ("tag", "unused tag"):
        updated = wire.call("updateTag", tagId=world_ids[tag], data={"label": "Unused"})
        _see_field("updateTag", updated, values)


def _run_plugins(wire: Wire, world_ids: WorldIds) -> None:
    deploy_plugin(wire, "Chatty", CHATTY_PLUGIN)
    deploy_plugin(wire, "Broken", archive(main__py="(", helper__py=")"))
    advance(wire.emulator.world, timedelta(hours=1))
    deploy_plugin(wire, "Empty", "x = 1")
    for name, project in (
        (PLUGIN, "project"),
        ("Chatty", "project"),
        ("Chatty", "hidden project"),
    ):
        activate_plugin(wire, name, world_ids[project])
    for asset in ("farm", "pond", "hidden asset"):
        wire.append_label(world_ids[asset], kind="REVIEW")


# Reading


def _read_everything(wire: Wire, values: Seen) -> None:
    for operation in (
        "projects",
        "projectVersions",
        "assets",
        "labels",
        "issues",
        "users",
        "organizations",
        "apiKeys",
        "comments",
        "notifications",
        "projectUsers",
        "locks",
    ):
        found = _ask(wire, operation, where={}, first=1000, skip=0)
        _see_field(operation, found, values)
    everybody = {"idIn": [each["id"] for each in wire.emulator.world.view.users.all()]}
    _see_field("users", _ask(wire, "users", where=everybody, first=1000, skip=0), values)
    _see_field("events", _ask(wire, "events", where={}, pagination={}), values)
    _see_field("listTagsByOrg", _ask(wire, "listTagsByOrg"), values)
    _see_field("annotations", _ask(wire, "annotations", where={}), values)
    for organization in wire.ids("organizations", {}):
        where = {"organizationId": organization}
        _see_field("organizationMetrics", _ask(wire, "organizationMetrics", where=where), values)
    plugins = _ask(wire, "listPlugins")
    _see_field("listPlugins", plugins, values)
    for plugin in plugins:
        data = {"pluginName": plugin["name"]}
        _see_field("getPluginBuildErrors", _ask(wire, "getPluginBuildErrors", data=data), values)
        for project in plugin["projectIds"]:
            lines = _ask(wire, "getPluginLogs", data={**data, "projectId": project})
            _see_field("getPluginLogs", lines, values)


def _ask(wire: Wire, operation: str, **arguments: Any) -> Any:
    """Return the answer of an operation, with all fields two levels deep."""
    assert SCHEMA.query_type is not None
    fields = selection_of(SCHEMA.query_type.fields[operation].type, 2)
    return wire.call(operation, selection=fields[1:-1], **arguments)


def _see_field(operation: str, value: Any, values: Seen) -> None:
    roots = [root for root in (SCHEMA.query_type, SCHEMA.mutation_type) if root]
    (field,) = [root.fields[operation] for root in roots if operation in root.fields]
    _see(field.type, value, values)


def _see(type_: GraphQLOutputType, value: Any, values: Seen) -> None:
    """Collect the values of all fields below."""
    named = get_named_type(type_)
    if isinstance(value, list):
        for each in value:
            _see(type_, each, values)
    elif isinstance(value, dict) and is_composite_type(named):
        named = SCHEMA.type_map[value.pop("__typename", named.name)]
        assert isinstance(named, GraphQLObjectType)
        for name, each in value.items():
            values[f"{named.name}.{name}"].add(json.dumps(each, sort_keys=True))
            _see(named.fields[name].type, each, values)


def _fields() -> Iterator[str]:
    for name, type_ in SCHEMA.type_map.items():
        if isinstance(type_, GraphQLObjectType) and name not in ROOTS and name[:2] != "__":
            yield from (f"{name}.{field}" for field in type_.fields)


@pytest.mark.parametrize("field", sorted(set(_fields()) - ONE_VALUE.keys()))
def test_field_has_two_different_values(seen: Seen, field: str) -> None:
    assert len(seen[field]) >= 2, seen[field]


@pytest.mark.parametrize("field", sorted(ONE_VALUE))
def test_field_listed_as_constant_has_one_value(seen: Seen, field: str) -> None:
    assert len(seen[field]) < 2, "it has two values now: take it out of ONE_VALUE"


def test_fields_listed_as_constant_exist_in_the_schema() -> None:
    assert ONE_VALUE.keys() <= set(_fields())
