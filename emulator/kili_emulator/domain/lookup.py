"""Find users, projects, assets and plugins by the names that people type.

Commands, the control plane and Python name them like this. The API names by id, and has the
platform's own errors.
"""

from __future__ import annotations

from kili_emulator import errors
from kili_emulator.domain.documents import AssetDoc, PluginDoc, ProjectDoc, UserDoc
from kili_emulator.domain.world import View


def find_user(view: View, name: str) -> UserDoc:
    """The user with an e-mail address, or with an API key of that name.

    Raises:
        KiliError: there is no such user, there are several, or the user is deactivated.
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
    """The project with an id or a title; deleted ones are not found.

    Raises:
        KiliError: there is no such project, or there are several with that title.
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
    """The asset of a project with an id or an external id.

    Raises:
        KiliError: there is no such asset, or there are several with that external id.
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
    """The plugin or webhook with a name or an id.

    Args:
        organization_id: of several plugins with that name, its own comes first.

    Raises:
        KiliError: there is no such plugin.
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
