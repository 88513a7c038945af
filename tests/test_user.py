"""Users, organizations and API keys: rights and changes.

See contract/user.md#accounts, contract/organization.md#rights-in-an-organization.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kili_emulator.app import Emulator
from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds

LEO = {"email": "labeler@example.com"}


def update(wire: Wire, key: str = "admin", where: dict[str, str] = LEO, **data: Any) -> Any:
    return wire.call("updatePropertiesInUser", key, "id", where=where, data=data)


def test_users_change_their_own_name_and_email(wire: Wire, world_ids: WorldIds) -> None:
    update(wire, "labeler", firstname="Leonard", email="Leonard@example.com")
    me = wire.call("viewer", "labeler", "firstname email")
    assert me == {"firstname": "Leonard", "email": "leonard@example.com"}


def test_email_sent_by_old_clients_with_an_update_is_not_changed(wire: Wire) -> None:
    update(wire, email="Labeler@example.com", lastname="Renamed")
    assert wire.call("viewer", "labeler", "lastname email") == {**LEO, "lastname": "Renamed"}


def test_new_organization_administrator_has_all_rights(wire: Wire, world_ids: WorldIds) -> None:
    update(wire, organizationRole="ADMIN")
    assert world_ids["hidden project"] in wire.ids("projects", {}, "labeler")
    wire.call("deleteProject", "labeler", where={"id": world_ids["hidden project"]})


def test_users_create_projects_and_delete_only_their_own(wire: Wire, world_ids: WorldIds) -> None:
    own = wire.call("createProject", "labeler", "id", data={"title": "Own"})["id"]
    archive = {"archived": True}
    wire.call("updatePropertiesInProject", "labeler", "id", where={"id": own}, data=archive)
    wire.call("deleteProject", "labeler", where={"id": own})
    where = {"id": world_ids["project"]}
    for mutation, more in (("deleteProject", {}), ("updatePropertiesInProject", {"data": archive})):
        assert "noAccessRights" in wire.refusal(mutation, "labeler", where=where, **more)
        hidden = {"id": world_ids["hidden project"]}
        assert "accessDenied" in wire.refusal(mutation, "labeler", where=hidden, **more)


def test_last_administrator_cannot_be_demoted(wire: Wire) -> None:
    ada = {"email": "admin@example.com"}
    data = {"organizationRole": "USER"}
    says = "give another user the role ADMIN first"
    assert says in wire.refusal("updatePropertiesInUser", where=ada, data=data)
    update(wire, organizationRole="ADMIN")
    update(wire, where=ada, **data)
    assert wire.call("viewer", selection="organizationRole") == data


def test_users_can_be_moved_to_a_new_organization(wire: Wire, world_ids: WorldIds) -> None:
    other = wire.call("createOrganization", data={"name": "Other"}, selection="id")["id"]
    update(wire, organizationId=other)
    assert wire.list("projects", {}, "labeler") == []
    assert wire.ids("organizations", {}, "labeler") == [other]
    assert wire.ids("organizations", {}, "manager") == [world_ids["organization"]]
    assert wire.ids("organizations", {}) == [world_ids["organization"], other]
    assert wire.ids("users", {"organization": {"id": other}}) == [world_ids["leo"]]
    assert wire.ids("users", LEO, "manager") == []
    says = "belongs to another organization"
    data, where = {"userEmail": LEO["email"], "role": "LABELER"}, {"id": world_ids["project"]}
    assert says in wire.refusal("appendToRoles", data=data, where=where)
    update(wire, organizationId=world_ids["organization"])
    assert wire.ids("users", LEO, "manager") == [world_ids["leo"]]


def test_author_moved_to_another_organization_is_shown_without_the_organization(
    wire: Wire, world_ids: WorldIds
) -> None:
    other = wire.call("createOrganization", data={"name": "Other"}, selection="id")["id"]
    shown = "id author { id organization { id } }"
    where = {"project": {"id": world_ids["project"]}, "user": {"id": world_ids["leo"]}}
    author: dict[str, Any] = {
        "id": world_ids["leo"],
        "organization": {"id": world_ids["organization"]},
    }
    before = wire.list("labels", where, "manager", shown)
    assert before
    assert all(each["author"] == author for each in before)
    update(wire, organizationId=other)
    author["organization"] = None
    after = wire.list("labels", where, "manager", shown)
    assert after == [{**each, "author": author} for each in before]
    author["organization"] = {"id": other}
    assert wire.list("labels", where, "admin", shown) == [
        {**each, "author": author} for each in before
    ]


def test_plugins_are_refused_without_the_license(wire: Wire, world_ids: WorldIds) -> None:
    data, where = {"license": '{"canUsePlugins": false}'}, {"id": world_ids["organization"]}
    wire.call("updatePropertiesInOrganization", data=data, where=where, selection="id")
    assert "license" in wire.refusal("createPlugin", data={"pluginName": "Second"})


@pytest.mark.parametrize("email", ["Reviewer@Example.com", "reviewer@example.com"])
def test_users_are_found_by_email_in_any_case(wire: Wire, world_ids: WorldIds, email: str) -> None:
    assert wire.ids("users", {"email": email}) == [world_ids["rita"]]


def test_a_password_is_never_readable(wire: Wire) -> None:
    data = {"email": "new@example.com", "password": "correct horse 1"}
    wire.call("createUser", data=data, selection="id")
    assert "correct horse" not in str(wire.emulator.world.export())


def change_key(wire: Wire, name: str, key: str = "admin", **data: Any) -> Any:
    path = f"/_emulator/worlds/default/keys/{name}"
    return wire.request("POST", path, headers=wire.authorization(key), json=data)


@pytest.mark.parametrize(
    "change",
    [{"revoked": True}, {"expiryDate": "2020-01-01"}, {"expiryDate": "2020-01-01T00:00:00.000Z"}],
)
def test_revoked_or_expired_key_is_refused(wire: Wire, change: Any) -> None:
    changed = change_key(wire, "labeler", **change)
    assert changed.status_code == 200
    answer = wire.send("viewer", "labeler")
    assert (answer.status_code, answer.text) == (401, "Unauthorized")
    (read,) = wire.list("apiKeys", {"user": LEO}, selection="name revoked expiryDate")
    assert read == changed.json()
    change_key(wire, "labeler", revoked=False, expiryDate="2100-01-01")
    assert wire.call("viewer", "labeler", "email") == LEO


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("nobody", {"revoked": True}, "0 API keys have the name"),
        ("labeler", {}, "send {"),
        ("labeler", {"revoked": "yes"}, "send {"),
        ("labeler", {"expiryDate": 5}, "send {"),
        ("labeler", {"expiryDate": "soon"}, "is not a time"),
        ("labeler", {"secret": "another"}, "send {"),
    ],
)
def test_invalid_change_of_a_key_is_refused(wire: Wire, name: str, data: Any, says: str) -> None:
    answer = change_key(wire, name, **data)
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert change_key(wire, name, "labeler", **data).status_code == 403


def test_users_see_only_their_own_keys(wire: Wire) -> None:
    assert [each["name"] for each in wire.list("apiKeys", {}, "labeler", "name")] == ["labeler"]
    assert len(wire.list("apiKeys", {})) == 4


SCENARIO = """
organization:
  name: Small
  license: {api: false, seats: 3, inputType: [IMAGE]}
users:
  - {key: admin, email: a@example.com, firstname: A, lastname: A, organizationRole: ADMIN}
  - {key: late, email: b@example.com, firstname: B, lastname: B, organizationRole: USER,
     apiKey: {expiryDate: 2020-01-01}}
  - {key: out, email: c@example.com, firstname: C, lastname: C, organizationRole: USER,
     apiKey: {revoked: true}}
  - {key: away, email: d@example.com, firstname: D, lastname: D, organizationRole: USER,
     activated: false}
  - {key: here, email: e@example.com, firstname: E, lastname: E, organizationRole: USER,
     password: correct horse 1}
"""


def test_scenario_sets_license_and_state_of_users_and_keys(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    with Emulator(str(path), seed=0) as emulator:
        wire = Wire(emulator)
        codes = {key: wire.send("viewer", key).status_code for key in ("late", "out", "away")}
        assert codes == dict.fromkeys(codes, 401)
        (own,) = wire.list("organizations", {}, selection="license { api seats inputType }")
        assert own["license"] == {"api": False, "seats": 3, "inputType": ["IMAGE"]}
        new = {"newPassword1": "better horse 2", "newPassword2": "better horse 2"}
        data = {"oldPassword": "correct horse 1", **new}
        wire.call("updatePassword", "here", "id", data=data, where={"email": "e@example.com"})
        wire.close()
