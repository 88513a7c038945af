"""Plugins that stay when their world is rolled back (docs/how-to/use-the-command-line.md).

What stays of a plugin: the plugin with its link, its user, its versions with their files and build
errors, and where it is active, as far as the projects still exist. Runs, log lines and decisions
are part of the history that is undone.
"""

from __future__ import annotations

from typing import NamedTuple

from kili_emulator.domain.documents import (
    BuildErrorDoc,
    FileDoc,
    PluginDoc,
    PluginVersionDoc,
    UserDoc,
)
from kili_emulator.domain.tables import View, WritableView


class KeptPlugins(NamedTuple):
    """The documents of all plugins of a world."""

    plugins: list[PluginDoc]
    versions: list[PluginVersionDoc]
    build_errors: list[BuildErrorDoc]
    files: list[FileDoc]
    users: list[UserDoc]


def find_plugins(view: View) -> KeptPlugins:
    """Return the plugins of a world, with all that :func:`restore_plugins` needs."""
    plugins, versions = view.plugins.all(), view.plugin_versions.all()
    file_ids = [each["fileId"] for each in versions if each["fileId"] is not None]
    return KeptPlugins(
        plugins,
        versions,
        view.plugin_build_errors.all(),
        [view.files.require(each) for each in file_ids],
        [view.users.require(each["userId"]) for each in plugins],
    )


def restore_plugins(tx: WritableView, kept: KeptPlugins) -> None:
    """Bring plugins back into a world that was rolled back, in place of those that are there.

    Plugins of organizations that do not exist any more are left out.
    """
    _remove_plugins(tx)
    organizations = {each["id"] for each in tx.organizations.all()}
    plugins = [each for each in kept.plugins if each["organizationId"] in organizations]
    users = {each["userId"] for each in plugins}
    tx.users.insert_all([each for each in kept.users if each["id"] in users])
    ids = {each["id"] for each in plugins}
    versions = [each for each in kept.versions if each["pluginId"] in ids]
    files = {each["fileId"] for each in versions}
    known = {each["id"] for each in tx.files.all()}
    tx.files.insert_all([each for each in kept.files if each["id"] in files - known])
    tx.plugin_versions.insert_all(versions)
    tx.plugin_build_errors.insert_all(
        [each for each in kept.build_errors if each["pluginId"] in ids]
    )
    tx.plugins.insert_all([_as_possible(tx, each) for each in plugins])


def _remove_plugins(tx: WritableView) -> None:
    tx.plugin_build_errors.delete_all(tx.plugin_build_errors.all())
    tx.plugin_versions.delete_all(tx.plugin_versions.all())
    tx.users.delete_all([tx.users.require(each["userId"]) for each in tx.plugins.all()])
    tx.plugins.delete_all(tx.plugins.all())


def _as_possible(tx: WritableView, plugin: PluginDoc) -> PluginDoc:
    """Return a plugin without references to what does not exist any more."""
    creator = plugin["creatorId"]
    if tx.users.get(creator) is None:
        admins = [
            each["id"]
            for each in tx.users.all()
            if each["organizationId"] == plugin["organizationId"]
            and each["organizationRole"] == "ADMIN"
        ]
        creator = admins[0] if admins else plugin["userId"]
    project_ids = [each for each in plugin["projectIds"] if tx.projects.get(each) is not None]
    return {**plugin, "creatorId": creator, "projectIds": project_ids}
