"""The search for users, projects, assets and plugins by the names that people type.

Commands, the control plane and the Python API use these functions. The GraphQL API takes ids
instead, and raises the errors of the platform.
"""

from __future__ import annotations

from kili_emulator import errors
from kili_emulator.domain.documents import AssetDoc, PluginDoc, ProjectDoc, UserDoc
from kili_emulator.domain.world import View


def find_user(view: View, name: str) -> UserDoc:
    """Return the user with this e-mail address, or else the owner of an API key with this name.

    Raises:
        KiliError: no user or several users match, or the user is deactivated.
    """
    users = [each for each in view.users.all() if not each["isServiceAccount"]]
    owners = [key["userId"] for key in view.api_keys.all() if key["name"] == name]
    matches = [each for each in users if each["email"] == name.lower()]
    matches = matches or [each for each in users if each["id"] in owners]
    if not matches:
        raise errors.user_unknown(name, [each["email"] for each in users])
    if len(matches) > 1:
        raise errors.user_ambiguous(name, [each["email"] for each in matches])
    if not matches[0]["activated"]:
        raise errors.user_deactivated(matches[0]["email"])
    return matches[0]


def find_project(view: View, name: str) -> ProjectDoc:
    """Return the project with this id, or else with this title; ignore deleted projects.

    Raises:
        KiliError: no project matches, or several projects have this title.
    """
    projects = [each for each in view.projects.all() if not each["deletedAt"]]
    matches = [each for each in projects if each["id"] == name]
    matches = matches or [each for each in projects if each["title"] == name]
    if not matches:
        raise errors.project_name_not_found(name, [_id_and_title(each) for each in projects])
    if len(matches) > 1:
        raise errors.project_ambiguous(name, [_id_and_title(each) for each in matches])
    return matches[0]


def find_asset(view: View, project: ProjectDoc, name: str) -> AssetDoc:
    """Return the asset of a project with this id, or else with this external id.

    Raises:
        KiliError: no asset matches, or several assets have this external id.
    """
    asset = view.assets.get(name)
    if asset and asset["projectId"] == project["id"]:
        return asset
    matches = view.assets.find("externalId", (project["id"], name))
    if not matches:
        raise errors.asset_name_not_found(name, project["title"])
    if len(matches) > 1:
        raise errors.asset_ambiguous(name, [each["id"] for each in matches])
    return matches[0]


def find_plugin(view: View, name: str, organization_id: str | None = None) -> PluginDoc:
    """Return the plugin or webhook with this name, or else with this id.

    Args:
        organization_id: the organization whose plugin is preferred, if several have this name.

    Raises:
        KiliError: no plugin matches.
    """
    plugins = view.plugins.all()
    matches = [each for each in plugins if each["name"] == name]
    organization_plugins = [each for each in matches if each["organizationId"] == organization_id]
    matches = organization_plugins or matches or [each for each in plugins if each["id"] == name]
    if not matches:
        raise errors.plugin_name_not_found(name, [each["name"] for each in plugins])
    return matches[0]


def _id_and_title(project: ProjectDoc) -> str:
    return f"{project['id']} ({project['title']})"
