"""Inputs of users, organizations and API keys."""

from __future__ import annotations

import json
from typing import Any

from tests.contract.inputs.registry import Case, CaseWorld, case

PASSWORD = "correct horse 1"


def _created(case_world: CaseWorld, **data: Any) -> Any:
    data = {"email": "new@example.com", **data}
    fields = "id email firstname lastname organizationRole organizationId"
    created = case_world.wire.call("createUser", data=data, selection=fields)
    assert case_world.read("users", created["id"], fields) == created
    return created


@case("CreateUserData.email", "createUser(data)")
def _(case_world: CaseWorld) -> None:
    created = _created(case_world, email="New@Example.com")
    assert created["email"] == "new@example.com"
    assert created["organizationId"] == case_world.names["organization"]


@case("CreateUserData.firstname", "CreateUserData.lastname")
def _(case_world: CaseWorld) -> None:
    created = _created(case_world, firstname="Nora", lastname="New")
    assert (created["firstname"], created["lastname"]) == ("Nora", "New")


@case("CreateUserData.organizationRole")
def _(case_world: CaseWorld) -> None:
    for role in ("ADMIN", "USER"):
        created = _created(case_world, email=f"new-{role}@example.com", organizationRole=role)
        assert created["organizationRole"] == role


def change_password(
    case_world: CaseWorld, old: str, new: str, again: str | None = None
) -> dict[str, Any]:
    data = {"oldPassword": old, "newPassword1": new, "newPassword2": again or new}
    where = {"email": "new@example.com"}
    answer = case_world.wire.send("updatePassword", selection="id", data=data, where=where)
    return dict(answer.json())


@case(
    "CreateUserData.password",
    "UpdatePasswordData.oldPassword",
    "UpdatePasswordData.newPassword1",
    "UpdatePasswordData.newPassword2",
    "updatePassword(data)",
    "updatePassword(where)",
)
def _(case_world: CaseWorld) -> None:
    _created(case_world, password=PASSWORD)
    assert "errors" in change_password(case_world, "another one 1", "second password 2")
    assert "errors" in change_password(
        case_world, PASSWORD, "second password 2", "something else 3"
    )
    assert "errors" not in change_password(case_world, PASSWORD, "second password 2")
    assert "errors" in change_password(case_world, PASSWORD, "third password 3")
    assert "errors" not in change_password(case_world, "second password 2", PASSWORD)


@case("resetPassword(where)")
def _(case_world: CaseWorld) -> None:
    created = _created(case_world, password=PASSWORD)
    case_world.wire.call("resetPassword", where={"email": created["email"]})
    assert "errors" in change_password(case_world, PASSWORD, "second password 2")
    mail = case_world.wire.emulator.world.view.mails.all()[-1]
    sent = mail["text"].rpartition(" ")[2]
    assert mail["to"] == created["email"]
    assert "errors" not in change_password(case_world, sent, "second password 2")


def _sets_user(member: str, value: Any) -> Case:
    def run(case_world: CaseWorld) -> None:
        before = case_world.read("users", "rita", member)
        assert case_world.read("users", "leo", member) != {member: value}
        where = {"email": "labeler@example.com"}
        case_world.wire.call("updatePropertiesInUser", where=where, data={member: value})
        assert case_world.read("users", "leo", member) == {member: value}
        assert case_world.read("users", "rita", member) == before

    return run


for _member, _value in {
    "activated": False,
    "email": "leo@example.com",
    "firstname": "Leonard",
    "hasCompletedLabelingTour": True,
    "hubspotSubscriptionStatus": "SUBSCRIBED",
    "lastname": "Other",
    "organizationRole": "ADMIN",
}.items():
    case(f"UserData.{_member}")(_sets_user(_member, _value))
case("updatePropertiesInUser(data)", "updatePropertiesInUser(where)")(
    _sets_user("firstname", "Again another")
)


@case("UserData.organizationId")
def _(case_world: CaseWorld) -> None:
    other = case_world.wire.call("createOrganization", data={"name": "Other"}, selection="id")["id"]
    where, data = {"id": case_world.names["leo"]}, {"organizationId": other}
    case_world.wire.call("updatePropertiesInUser", where=where, data=data)
    assert case_world.read("users", "leo", "organizationId") == {"organizationId": other}
    joined = {"project": {"id": case_world.names["project"]}, "deleted": False, "user": where}
    assert case_world.wire.list("projectUsers", joined) == []


def _refused_for_user(member: str, says: str) -> Case:
    def run(case_world: CaseWorld) -> None:
        where, data = {"id": case_world.names["leo"]}, {member: "a text", "firstname": "Not"}
        assert says in case_world.wire.refusal("updatePropertiesInUser", where=where, data=data)
        assert case_world.read("users", "leo", "firstname") == {"firstname": "Leo"}

    return run


case("UserData.apiKey")(_refused_for_user("apiKey", "use appendToApiKeys"))
case("UserData.organization")(_refused_for_user("organization", "send organizationId"))


# Organizations

ADDRESS = {"address": "1 Main Street", "city": "Paris", "country": "France", "zipCode": "75000"}
LICENSE = {
    "api": False,
    "apiPriority": True,
    "canUsePlugins": False,
    "enableSmartTools": True,
    "expiryDate": "2030-01-01T00:00:00.000Z",
    "inputType": ["IMAGE", "TEXT"],
    "maxNumberOfAnnotations": 1,
    "maxNumberOfAnnotationsPerMonth": 2,
    "maxNumberOfLabeledAssets": 3,
    "maxNumberOfPredictionsPerMonth": 4,
    "seats": 5,
    "startDate": "2020-01-01T00:00:00.000Z",
    "type": "FREEMIUM",
    "uploadCloudData": False,
    "uploadLocalData": False,
}


@case(
    "createOrganization(data)",
    *(f"CreateOrganizationData.{each}" for each in ("name", *ADDRESS)),
)
def _(case_world: CaseWorld) -> None:
    data, fields = {"name": "Other", **ADDRESS}, " ".join(["name", *ADDRESS])
    created = case_world.wire.call("createOrganization", data=data, selection=f"id {fields}")
    assert case_world.read("organizations", created["id"], fields) == data
    assert case_world.read("organizations", "organization", "city") == {"city": ""}


@case(
    "updatePropertiesInOrganization(data)",
    "updatePropertiesInOrganization(where)",
    *(f"OrganizationData.{each}" for each in ("name", *ADDRESS)),
)
def _(case_world: CaseWorld) -> None:
    where = {"id": case_world.names["organization"]}
    for member, value in {"name": "Renamed", **ADDRESS}.items():
        assert case_world.read("organizations", "organization", member) != {member: value}
        case_world.wire.call("updatePropertiesInOrganization", where=where, data={member: value})
        assert case_world.read("organizations", "organization", member) == {member: value}


@case("OrganizationData.license")
def _(case_world: CaseWorld) -> None:
    where, fields = {"id": case_world.names["organization"]}, " ".join(LICENSE)

    def read() -> Any:
        return case_world.read("organizations", "organization", f"license {{ {fields} }}")[
            "license"
        ]

    expected = read()
    for member, value in LICENSE.items():
        assert expected[member] != value
        expected[member] = value
        data = {"license": json.dumps({member: value})}
        case_world.wire.call("updatePropertiesInOrganization", where=where, data=data)
        assert read() == expected


def _metrics(case_world: CaseWorld, **where: Any) -> Any:
    where = {"organizationId": case_world.names["organization"], **where}
    return case_world.wire.call("organizationMetrics", where=where)


@case(
    "organizationMetrics(where)",
    *(f"OrganizationMetricsWhere.{each}" for each in ("organizationId", "startDate", "endDate")),
)
def _(case_world: CaseWorld) -> None:
    everything = _metrics(case_world)
    nothing = dict.fromkeys(everything, 0)
    assert everything["numberOfLabeledAssets"] > 0 < everything["numberOfHours"]
    assert _metrics(case_world, startDate="2000-01-01", endDate="2100-01-01") == everything
    assert _metrics(case_world, startDate="2100-01-01") == nothing
    assert _metrics(case_world, endDate="2000-01-01") == nothing
    assert _metrics(case_world, organizationId="nothing") is None


# API keys


@case(
    "AppendToApiKeysData.key",
    "AppendToApiKeysData.name",
    "appendToApiKeys(data)",
    "appendToApiKeys(where)",
)
def _(case_world: CaseWorld) -> None:
    data, where = {"key": "my-own-secret", "name": "second"}, {"email": "labeler@example.com"}
    made = case_world.wire.call("appendToApiKeys", data=data, where=where, selection="id")
    assert case_world.read("apiKeys", made["id"], "key name") == data
    assert case_world.wire.call("viewer", "my-own-secret", "email") == where
