"""Members, users and organizations with each SDK, used as in its tutorials."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit.sdk_process import SdkSession
from tests.kit.server_under_test import RemoteWorld

NO_RIGHTS = (
    "[noOrganizationRights] You cannot use this function because it seems that you do not have "
    "access to this organization. Please contact you organization admin. -- This can be due to: "
    "User isn't admin from the organization | trace : false"
)
NEW = "No.Such.Email@no.such.domain.com"


def value(notebook: SdkSession, code: str) -> Any:
    return notebook.run(code).checked().value


def roles(notebook: SdkSession) -> dict[str, str]:
    """Return the roles of the project by the email of the member."""
    fields = "['roles.role', 'roles.user.email', 'roles.user.id']"
    (project,) = value(notebook, f"list(kili.projects(project_id, fields={fields}))")
    return {each["user"]["email"]: each["role"] for each in project["roles"]}


def test_invited_user_is_last_in_the_roles(notebook: SdkSession) -> None:
    added = value(notebook, f"kili.append_to_roles(project_id, {NEW!r}, 'LABELER')")
    # Clients up to 2.12x answer the project, later ones the member.
    member = added["roles"][-1] if "roles" in added else added
    assert member.keys() == {"user", "role"}
    assert member["user"].keys() == {"id", "email"}
    assert (member["user"]["email"], member["role"]) == (NEW.lower(), "LABELER")
    assert list(roles(notebook))[-1] == NEW.lower()
    (user,) = value(notebook, f"list(kili.users(email={NEW.lower()!r}))")
    assert user["id"] == member["user"]["id"]


def test_role_is_changed_and_removed(notebook: SdkSession) -> None:
    notebook.run(f"kili.append_to_roles(project_id, {NEW!r}, 'LABELER')").checked()
    notebook.run(f"kili.append_to_roles(project_id, {NEW!r}, 'REVIEWER')").checked()
    assert roles(notebook)[NEW.lower()] == "REVIEWER"
    (member,) = value(notebook, f"list(kili.project_users(project_id, email={NEW.lower()!r}))")
    assert member["activated"] is True
    changed = value(
        notebook,
        f"kili.update_properties_in_role({member['id']!r}, project_id, "
        f"{member['user']['id']!r}, 'TEAM_MANAGER')",
    )
    assert changed == {
        "user": {"id": member["user"]["id"], "email": NEW.lower()},
        "role": "TEAM_MANAGER",
    }
    project_id = value(notebook, "project_id")
    assert value(notebook, f"kili.delete_from_roles({member['id']!r})") == {"id": project_id}
    assert NEW.lower() not in roles(notebook)
    listed = value(notebook, "list(kili.project_users(project_id))")
    assert NEW.lower() not in {each["user"]["email"] for each in listed if each["activated"]}
    assert value(notebook, "kili.count_project_users(project_id)") == len(listed)


def test_user_without_organization_admin_role_cannot_create_users(
    notebook: SdkSession, remote_world: RemoteWorld
) -> None:
    key = remote_world.environment()["KILI_API_KEY"].replace("-admin", "-manager")
    outcome = notebook.run(
        f"other = Kili(api_key={key!r})\n"
        "other.create_user(email='new@example.com', password='correct horse 1', "
        "organization_role='USER')"
    )
    assert outcome.error is not None
    assert NO_RIGHTS in outcome.error.message


def test_users_are_added_renamed_and_deactivated(notebook: SdkSession) -> None:
    created = value(
        notebook,
        "kili.create_user(email='New@Example.com', password='correct horse 1', "
        "organization_role='USER', firstname='Nora', lastname='New')",
    )
    assert created.keys() == {"id"}
    notebook.run(
        "kili.update_properties_in_user('new@example.com', firstname='Noa', activated=False)"
    ).checked()
    fields = "['id', 'firstname', 'lastname', 'activated', 'organizationRole']"
    assert value(notebook, f"list(kili.users(email='new@example.com', fields={fields}))") == [
        {
            **created,
            "firstname": "Noa",
            "lastname": "New",
            "activated": False,
            "organizationRole": "USER",
        }
    ]
    changed = value(
        notebook,
        "kili.update_password('new@example.com', 'correct horse 1', 'better horse 2', "
        "'better horse 2')",
    )
    assert changed == created


def test_organizations_have_metrics(notebook: SdkSession) -> None:
    (organization,) = value(notebook, "list(kili.organizations())")
    assert organization == {"id": organization["id"], "name": "Emulator workshop"}
    notebook.run("import datetime").checked()
    metrics = value(
        notebook,
        f"kili.organization_metrics({organization['id']!r}, "
        "datetime.datetime(2000, 1, 1), datetime.datetime(2100, 1, 1))",
    )
    assert metrics.keys() == {"numberOfAnnotations", "numberOfHours", "numberOfLabeledAssets"}
    assert metrics["numberOfLabeledAssets"] == 3


class TestMethodsOfSomeSdks:
    """Methods that only some of the SDKs have."""

    def test_user_creates_an_api_key(self, notebook: SdkSession) -> None:
        if not value(notebook, "hasattr(kili, 'append_to_api_keys')"):
            pytest.skip("this SDK makes no keys")
        notebook.run("own = f'secret-{project_id}'").checked()  # no other world has it
        made = value(notebook, "kili.append_to_api_keys(own, 'second')")
        assert made["name"] == "second"
        me = value(notebook, "Kili(api_key=own).auth.user_email")
        assert me == "admin@example.com"

    def test_members_are_managed_by_email(self, notebook: SdkSession) -> None:
        if not value(notebook, "hasattr(kili, 'update_properties_in_project_user')"):
            pytest.skip("this SDK knows members by their roles' ids only")
        if value(notebook, "hasattr(kili, 'append_to_api_keys')"):
            (member,) = value(
                notebook, "list(kili.project_users(project_id, email='admin@example.com'))"
            )
            notebook.run(
                f"kili.update_properties_in_project_user({member['id']!r}, starred=True)"
            ).checked()
            (starred,) = value(
                notebook, "list(kili.project_users(project_id, email='admin@example.com'))"
            )
            assert starred == {**member, "starred": True}
            return
        email = "labeler@example.com"
        notebook.run(
            f"kili.update_properties_in_project_user(project_id, {email!r}, 'REVIEWER')"
        ).checked()
        assert roles(notebook)[email] == "REVIEWER"
        notebook.run(f"kili.delete_from_roles(user_email={email!r}, project_id=project_id)")
        assert email not in roles(notebook)

    def test_domain_client_manages_members_and_users(
        self, notebook: SdkSession, remote_world: RemoteWorld
    ) -> None:
        outcome = notebook.run("from kili.client_domain import Kili as DomainKili")
        if outcome.error is not None:
            pytest.skip("this SDK has no domain client")
        notebook.run("domain = DomainKili()").checked()
        users = "domain.projects.users"
        notebook.run(f"{users}.create(project_id, 'new@example.com', 'LABELER')").checked()
        notebook.run(f"{users}.update(project_id, 'new@example.com', 'REVIEWER')").checked()
        assert roles(notebook)["new@example.com"] == "REVIEWER"
        assert value(notebook, f"{users}.count(project_id)") == 5
        notebook.run(f"{users}.remove(project_id, 'new@example.com')").checked()
        assert len(value(notebook, f"{users}.list(project_id)")) == 4
        assert value(notebook, "domain.users.count()") == 5
        assert len(value(notebook, "domain.organizations.list()")) == 1
