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
    found = [each for each in users if each["email"] == name.lower()]
    found = found or [each for each in users if each["id"] in owners]
    if not found:
        raise errors.user_unknown(name, [each["email"] for each in users])
    if len(found) > 1:
        raise errors.user_ambiguous(name, [each["email"] for each in found])
    if not found[0]["activated"]:
        raise errors.user_deactivated(found[0]["email"])
    return found[0]


def find_project(view: View, name: str) -> ProjectDoc:
    """The project with an id or a title; deleted ones are not found.

    Raises:
        KiliError: there is no such project, or there are several with that title.
    """
    projects = [each for each in view.projects.all() if not each["deletedAt"]]
    found = [each for each in projects if each["id"] == name]
    found = found or [each for each in projects if each["title"] == name]
    if not found:
        raise errors.project_not_named(name, [_id_and_title(each) for each in projects])
    if len(found) > 1:
        raise errors.project_ambiguous(name, [_id_and_title(each) for each in found])
    return found[0]


def find_asset(view: View, project: ProjectDoc, name: str) -> AssetDoc:
    """The asset of a project with an id or an external id.

    Raises:
        KiliError: there is no such asset, or there are several with that external id.
    """
    asset = view.assets.get(name)
    if asset and asset["projectId"] == project["id"]:
        return asset
    found = view.assets.find("externalId", (project["id"], name))
    if not found:
        raise errors.asset_not_named(name, project["title"])
    if len(found) > 1:
        raise errors.asset_ambiguous(name, [each["id"] for each in found])
    return found[0]


def find_plugin(view: View, name: str, organization_id: str | None = None) -> PluginDoc:
    """The plugin or webhook with a name or an id.

    Args:
        organization_id: of several plugins with that name, its own comes first.

    Raises:
        KiliError: there is no such plugin.
    """
    plugins = view.plugins.all()
    found = [each for each in plugins if each["name"] == name]
    own = [each for each in found if each["organizationId"] == organization_id]
    found = own or found or [each for each in plugins if each["id"] == name]
    if not found:
        raise errors.plugin_not_named(name, [each["name"] for each in plugins])
    return found[0]


def _id_and_title(project: ProjectDoc) -> str:
    return f"{project['id']} ({project['title']})"
