"""Members of projects: listing, management by role, and membership by working.

See contract/member.md#roles, contract/member.md#membership.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kili_emulator.ids import derive_common_id
from tests.kit.responses import EASY_JSON
from tests.kit.wire import Wire
from tests.kit.world_content import PLUGIN, WorldIds
from tests.kit.world_time import advance

FIELDS = "id role status activated deletedAt isAuthor starred invitationStatus user { email }"


def invite(wire: Wire, project: str, name: str, role: str, key: str = "admin") -> Any:
    data = {"userEmail": f"{name}@example.com", "role": role}
    roles = "roles { id role user { id email } }"
    return wire.call("appendToRoles", key, roles, data=data, where={"id": project})["roles"]


def members(wire: Wire, project: str, key: str = "admin", **where: Any) -> dict[str, Any]:
    """Return the members of the project by the name in their email."""
    where = {"project": {"id": project}, **where}
    found = wire.list("projectUsers", where, key, FIELDS)
    return {each["user"]["email"].partition("@")[0]: each for each in found}


def statuses(wire: Wire, project: str) -> dict[str, str]:
    return {name: each["status"] for name, each in members(wire, project).items()}


def add_administrator(wire: Wire) -> str:
    data = {"email": "grace@example.com", "organizationRole": "ADMIN"}
    created = wire.call("createUser", data=data, selection="id")
    key = {"key": "graces-own-key", "name": "grace"}
    wire.call("appendToApiKeys", data=key, where=created)
    return str(created["id"])


def label(wire: Wire, asset: str, key: str, type_: str = "DEFAULT", **row: Any) -> None:
    wire.append_label(asset, EASY_JSON, kind=type_, key=key, **row)


def test_creator_of_a_project_is_an_active_member(wire: Wire, world_ids: WorldIds) -> None:
    (creator,) = members(wire, world_ids["hidden project"]).values()
    assert (creator["role"], creator["status"]) == ("ADMIN", "ACTIVATED")
    assert creator["isAuthor"] is creator["activated"] is True


def test_organization_administrators_are_listed_in_every_project(
    wire: Wire, world_ids: WorldIds
) -> None:
    add_administrator(wire)
    grace = members(wire, world_ids["project"])["grace"]
    assert (grace["role"], grace["status"], grace["activated"]) == ("ADMIN", "ORG_ADMIN", False)
    assert wire.list("projectUsers", {"id": grace["id"]}) == [{"id": grace["id"]}]
    project = wire.list("projects", {"id": world_ids["project"]}, selection="roles { id }")[0]
    assert grace["id"] not in {each["id"] for each in project["roles"]}
    where = {"project": {"id": world_ids["project"]}, "status": "ORG_ADMIN"}
    assert wire.call("countProjectUsers", where=where) == 1


@pytest.mark.parametrize("type_", ["DEFAULT", "REVIEW"])
def test_administrator_becomes_a_member_by_labeling_or_reviewing(
    wire: Wire, world_ids: WorldIds, type_: str
) -> None:
    add_administrator(wire)
    before = members(wire, world_ids["project"])["grace"]
    label(wire, world_ids["farm"], "grace", type_)
    after = members(wire, world_ids["project"])["grace"]
    assert after == {**before, "status": "ACTIVATED", "activated": True}
    event = wire.call("events", where={"projectId": world_ids["project"]}, pagination={})[-2:]
    assert "project.member.created" in {each["event"] for each in event}


def test_administrator_becomes_a_member_as_author_of_an_attributed_label(
    wire: Wire, world_ids: WorldIds
) -> None:
    grace = add_administrator(wire)
    label(wire, world_ids["farm"], "admin", authorID=grace)
    assert statuses(wire, world_ids["project"])["grace"] == "ACTIVATED"


def test_prediction_does_not_make_an_administrator_a_member(
    wire: Wire, world_ids: WorldIds
) -> None:
    add_administrator(wire)
    label(wire, world_ids["farm"], "grace", "PREDICTION", modelName="m")
    assert statuses(wire, world_ids["project"])["grace"] == "ORG_ADMIN"


def test_role_change_makes_an_administrator_a_member(wire: Wire, world_ids: WorldIds) -> None:
    add_administrator(wire)
    where = {"id": members(wire, world_ids["project"])["grace"]["id"]}
    changed = wire.call(
        "updatePropertiesInRole", where=where, data={"role": "REVIEWER"}, selection="id role status"
    )
    assert changed == {**where, "role": "REVIEWER", "status": "ACTIVATED"}


def test_administrator_who_is_not_a_member_cannot_be_removed(
    wire: Wire, world_ids: WorldIds
) -> None:
    add_administrator(wire)
    where = {"id": members(wire, world_ids["project"])["grace"]["id"]}
    assert "there is no role to remove" in wire.refusal("deleteFromRoles", where=where)


def test_removed_administrator_is_still_listed_as_organization_administrator(
    wire: Wire, world_ids: WorldIds
) -> None:
    before = members(wire, world_ids["hidden project"])["admin"]
    wire.call("deleteFromRoles", where={"id": before["id"]})
    after = members(wire, world_ids["hidden project"])["admin"]
    assert after == {**before, "status": "ORG_ADMIN", "activated": False}


def test_deactivated_user_is_listed_as_suspended(wire: Wire, world_ids: WorldIds) -> None:
    where = {"email": "labeler@example.com"}
    wire.call("updatePropertiesInUser", where=where, data={"activated": False}, selection="id")
    leo = members(wire, world_ids["project"])["labeler"]
    assert (leo["status"], leo["activated"]) == ("ORG_SUSPENDED", False)
    assert wire.send("viewer", "labeler").status_code == 401
    wire.call("updatePropertiesInUser", where=where, data={"activated": True}, selection="id")
    assert statuses(wire, world_ids["project"])["labeler"] == "ACTIVATED"


def test_removed_member_loses_the_project_but_is_still_listed(
    wire: Wire, world_ids: WorldIds
) -> None:
    before = members(wire, world_ids["project"])["labeler"]
    wire.call("deleteFromRoles", where={"id": before["id"]})
    assert wire.list("projects", {}, "labeler") == []
    former_member = members(wire, world_ids["project"])["labeler"]
    assert former_member["activated"] is False
    assert former_member["deletedAt"]
    assert "labeler" not in members(wire, world_ids["project"], deleted=False)
    assert list(members(wire, world_ids["project"], deleted=True)) == ["labeler"]
    assert "accessDenied" in wire.refusal("deleteFromRoles", where={"id": before["id"]})


def test_removed_member_loses_assignments_and_locks(wire: Wire, world_ids: WorldIds) -> None:
    where = {"idIn": [world_ids["farm"], world_ids["meadow"]]}
    wire.call("assignAssets", where=where, userIds=[world_ids["leo"], world_ids["rita"]])
    label(wire, world_ids["pond"], "labeler", "AUTOSAVE")
    assert wire.list("locks", {}) != []
    wire.call("deleteFromRoles", where={"id": members(wire, world_ids["project"])["labeler"]["id"]})
    assert wire.list("locks", {}) == []
    found = wire.emulator.world.view.assets.get_many(where["idIn"])
    assert [each["assigneeIds"] for each in found] == [[world_ids["rita"]]] * 2


def test_member_invited_again_keeps_the_id_and_is_listed_last(
    wire: Wire, world_ids: WorldIds
) -> None:
    before = members(wire, world_ids["project"])["manager"]
    wire.call("deleteFromRoles", where={"id": before["id"]})
    advance(wire.emulator.world, timedelta(seconds=1))
    last = invite(wire, world_ids["project"], "manager", "LABELER")[-1]
    assert (last["id"], last["role"]) == (before["id"], "LABELER")
    assert members(wire, world_ids["project"])["manager"]["deletedAt"] is None


def test_invitation_creates_a_user_with_a_lower_case_email(wire: Wire, world_ids: WorldIds) -> None:
    last = invite(wire, world_ids["project"], "No.Such.Person", "LABELER")[-1]
    assert last["user"]["email"] == "no.such.person@example.com"
    again = invite(wire, world_ids["project"], "NO.such.person", "REVIEWER")[-1]
    assert again == {**last, "role": "REVIEWER"}
    (user,) = wire.list("users", {"id": last["user"]["id"]}, selection="organizationRole firstname")
    assert user == {"organizationRole": "USER", "firstname": ""}
    mail = wire.emulator.world.view.mails.all()[-1]
    assert mail["to"] == "no.such.person@example.com"


def test_invitation_is_pending_until_the_user_has_a_key(wire: Wire, world_ids: WorldIds) -> None:
    invite(wire, world_ids["project"], "new", "LABELER")
    assert members(wire, world_ids["project"])["new"]["invitationStatus"] == "PENDING"
    key = {"key": "the-new-ones-key", "name": "new"}
    wire.call("appendToApiKeys", data=key, where={"email": "new@example.com"})
    assert members(wire, world_ids["project"])["new"]["invitationStatus"] == "ACCEPTED"
    assert wire.ids("projects", {}, "new") == [world_ids["project"]]


def test_all_members_can_be_removed_and_an_administrator_invited_again(
    wire: Wire, world_ids: WorldIds
) -> None:
    for each in members(wire, world_ids["project"]).values():
        wire.call("deleteFromRoles", where={"id": each["id"]})
    assert set(members(wire, world_ids["project"], deleted=False)) == {"admin"}
    assert invite(wire, world_ids["project"], "admin", "ADMIN")[-1]["role"] == "ADMIN"


def test_a_team_manager_manages_labelers_and_reviewers(wire: Wire, world_ids: WorldIds) -> None:
    invite(wire, world_ids["project"], "new", "LABELER", "manager")
    invite(wire, world_ids["project"], "labeler", "REVIEWER", "manager")
    where = {"id": members(wire, world_ids["project"])["reviewer"]["id"]}
    wire.call("updatePropertiesInRole", "manager", where=where, data={"role": "LABELER"})
    wire.call("deleteFromRoles", "manager", where=where)
    found = members(wire, world_ids["project"], deleted=False)
    assert {name: each["role"] for name, each in found.items()} == {
        "admin": "ADMIN",
        "manager": "TEAM_MANAGER",
        "labeler": "REVIEWER",
        "new": "LABELER",
    }


def test_members_are_visible_only_to_members(wire: Wire, world_ids: WorldIds) -> None:
    assert members(wire, world_ids["project"], "labeler") == members(wire, world_ids["project"])
    assert members(wire, world_ids["hidden project"], "labeler") == {}


def test_plugin_member_is_listed_only_when_selected_by_id(wire: Wire, world_ids: WorldIds) -> None:
    where = {"pluginName": PLUGIN, "projectId": world_ids["project"]}
    before = members(wire, world_ids["project"])
    wire.call("activatePluginOnProject", where=where)
    assert members(wire, world_ids["project"]) == before
    (plugin,) = wire.emulator.world.view.plugins.all()
    asked = {"id": derive_common_id(world_ids["project"], plugin["userId"])}
    assert wire.list("projectUsers", asked, selection="role status") == [
        {"role": "ADMIN", "status": "ACTIVATED"}
    ]


def test_statistics_of_a_member_count_the_labels_of_the_member(
    wire: Wire, world_ids: WorldIds
) -> None:
    figures = "numberOfLabels numberOfLabeledAssets totalDuration lastLabelingAt"
    where = {"project": {"id": world_ids["project"]}, "user": {"email": "manager@example.com"}}
    (before,) = wire.list("projectUsers", where, selection=figures)
    assert before == {
        "numberOfLabels": 0,
        "numberOfLabeledAssets": 0,
        "totalDuration": 0,
        "lastLabelingAt": None,
    }
    for seconds in (2, 3.5):
        label(wire, world_ids["farm"], "manager", secondsToLabel=seconds)
    label(wire, world_ids["farm"], "manager", "PREDICTION", modelName="m", secondsToLabel=100)
    (after,) = wire.list("projectUsers", where, selection=figures)
    assert after.pop("lastLabelingAt") is not None
    assert after == {"numberOfLabels": 2, "numberOfLabeledAssets": 1, "totalDuration": 5.5}


def test_star_of_a_project_is_personal(wire: Wire, world_ids: WorldIds) -> None:
    where = {"id": members(wire, world_ids["project"])["labeler"]["id"]}
    wire.call("updatePropertiesInProjectUser", "labeler", where=where, data={"starred": True})
    starred = {
        name for name, each in members(wire, world_ids["project"]).items() if each["starred"]
    }
    assert starred == {"labeler"}


def test_removed_administrator_becomes_a_member_by_starring_the_project(
    wire: Wire, world_ids: WorldIds
) -> None:
    project = world_ids["project"]
    where = {"project": {"id": project}, "user": {"email": "admin@example.com"}}
    wire.call("deleteFromRoles", where=where, selection="id")
    former_member = members(wire, project)["admin"]
    wire.call(
        "updatePropertiesInProjectUser", where={"id": former_member["id"]}, data={"starred": True}
    )
    joined = members(wire, project)["admin"]
    assert (former_member["status"], joined["status"]) == ("ORG_ADMIN", "ACTIVATED")
    assert (joined["id"], joined["starred"]) == (former_member["id"], True)
