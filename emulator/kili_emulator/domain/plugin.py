"""Plugins: their names, versions, activation and build errors (contract/plugin.md#deployment).

A plugin's code arrives in three steps: a name is taken (or an update announced), the archive is
uploaded to a signed URL, and a runner is asked for, which makes a version and deploys it. The last
version that could be built keeps running while a newer one is deployed or has failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kili_emulator import errors
from kili_emulator.domain import file, user
from kili_emulator.domain.access import Access
from kili_emulator.domain.documents import (
    BuildLineType,
    FileDoc,
    OrganizationDoc,
    PluginDoc,
    PluginLink,
    PluginVersionDoc,
    UserDoc,
    WebhookAddress,
)
from kili_emulator.domain.file import Upload
from kili_emulator.domain.plugin_subscription import PluginSubscription
from kili_emulator.domain.world import Actor, Transaction, View

DEPLOYMENT_REQUESTED = "plugin.deployment.requested"
DELETED = "plugin.deleted"

# What became of a plugin: kept, so that one can tell afterwards what was so at some time.
ACTIVATED = "plugin.activated"
DEACTIVATED = "plugin.deactivated"
BUILT = "plugin.version.built"
BUILD_FAILED = "plugin.version.failed"

# The events of plugins themselves, which are delivered inside the emulator only.
LIFECYCLE_EVENTS = frozenset(
    (DEPLOYMENT_REQUESTED, DELETED, ACTIVATED, DEACTIVATED, BUILT, BUILD_FAILED)
)


def find(view: View, actor: Actor, operation: str, name: str) -> PluginDoc:
    """The plugin of the actor's organization with that name.

    Raises:
        KiliError: there is none.
    """
    plugins = view.plugins.find("name", (actor.user["organizationId"], name))
    if not plugins:
        raise errors.plugin_not_found(operation, name)
    return plugins[0]


def require_managed_plugin(tx: Transaction, operation: str, name: str) -> PluginDoc:
    """The plugin of that name, if it is the actor's to change.

    Raises:
        KiliError: it is unknown, or not theirs.
    """
    plugin = find(tx, tx.actor, operation, name)
    tx.access.require_plugin_manager(operation, plugin)
    return plugin


def create_plugin(tx: Transaction, name: str) -> Upload:
    """Take a plugin name; answers where its archive is to be uploaded.

    The name is taken from here on, whether or not the next steps happen
    (contract/plugin.md#names-and-lists).

    Raises:
        KiliError: the name is taken or empty, or plugins are not the actor's to manage.
    """
    return _prepare_upload(tx, reserve_name(tx, "createPlugin", name))


def reserve_name(tx: Transaction, operation: str, name: str) -> PluginDoc:
    """A new plugin, of which nothing but the name is known yet.

    Raises:
        KiliError: the name is taken or empty, or plugins are not the actor's to manage.
    """
    tx.access.require_manager_role(operation)
    organization = tx.organizations.require(tx.actor.user["organizationId"])
    if not organization["license"]["canUsePlugins"]:
        raise errors.plugins_not_licensed(operation)
    if not name.strip():
        raise errors.plugin_name_empty(operation)
    if tx.plugins.find("name", (organization["id"], name)):
        raise errors.plugin_exists(operation, name)
    plugin_id = tx.new_id()
    return tx.plugins.insert(
        {
            "id": plugin_id,
            "name": name,
            "organizationId": organization["id"],
            "creatorId": tx.actor.user_id,
            "userId": _create_service_user(tx, organization, plugin_id, name)["id"],
            "projectIds": [],
            "status": "DEPLOYING",
            "activeVersionId": None,
            "uploadId": None,
            "link": None,
            "createdAt": tx.now,
            "updatedAt": tx.now,
        }
    )


def _create_service_user(
    tx: Transaction, organization: OrganizationDoc, plugin_id: str, name: str
) -> UserDoc:
    """The hidden user as whom the plugin acts (contract/plugin.md#the-plugins-client)."""
    email = f"plugin-{plugin_id}@plugins.invalid"
    data = {"email": email, "firstname": "Plugin", "lastname": name}
    return user.create_user(tx, organization, data, is_service_account=True)


def prepare_update(tx: Transaction, name: str) -> Upload:
    """Say where the archive of a plugin's next version is to be uploaded.

    Raises:
        KiliError: the plugin is unknown, linked, or not the actor's to manage.
    """
    operation = "generateUpdateUrl"
    plugin = require_managed_plugin(tx, operation, name)
    _require_not_linked(operation, plugin)
    return _prepare_upload(tx, plugin)


def _prepare_upload(tx: Transaction, plugin: PluginDoc) -> Upload:
    upload_id = f"{file.plugin_folder(plugin['id'])}/{tx.new_id()}"
    tx.plugins.change(plugin, uploadId=upload_id)
    return Upload(upload_id, project_id="")


def deploy(
    tx: Transaction, operation: str, name: str, subscription: PluginSubscription
) -> PluginVersionDoc:
    """Make a version of what was uploaded, and have it built.

    Args:
        operation: ``createPluginRunner`` or ``updatePluginRunner``.
        subscription: what the platform shall call it for.

    Raises:
        KiliError: the plugin is unknown or linked, nothing was uploaded, or the subscription is
            not valid.
    """
    plugin = require_managed_plugin(tx, operation, name)
    _require_not_linked(operation, plugin)
    if is_webhook(tx, plugin):
        raise errors.plugin_is_webhook(operation, name)
    subscription.check(operation, exclusive=True)
    archive = tx.files.get(plugin["uploadId"] or "")
    if not archive:
        raise errors.plugin_not_uploaded(operation, name)
    return deploy_archive(tx, plugin, archive, subscription)


def _require_not_linked(operation: str, plugin: PluginDoc) -> None:
    """A linked plugin gets its versions from what is saved, and from nowhere else."""
    link = link_of(plugin)
    if link:
        raise errors.plugin_is_linked(operation, plugin["name"], link["path"])


def link_of(plugin: PluginDoc) -> PluginLink | None:
    """What a plugin is linked to, if it is: see :mod:`kili_emulator.domain.plugin_link`."""
    return plugin["link"]


def link_error(plugin: PluginDoc) -> str | None:
    """Why what a plugin is linked to cannot be deployed, as far as that was said."""
    return plugin["link"]["error"] if plugin["link"] else None


def deploy_archive(
    tx: Transaction,
    plugin: PluginDoc,
    archive: FileDoc,
    subscription: PluginSubscription,
    origin: str | None = None,
) -> PluginVersionDoc:
    """Make a version of an archive, and have it built.

    Args:
        archive: its file.
        origin: the file on disk that its ``main.py`` was read from, if it was not uploaded.
    """
    version = add_version(
        tx,
        plugin,
        subscription,
        archive=archive,
        origin=origin,
    )
    tx.plugins.change(plugin, status="DEPLOYING", uploadId=None)
    request_deployment(tx, version)
    return version


def add_version(
    tx: Transaction,
    plugin: PluginDoc,
    subscription: PluginSubscription,
    *,
    archive: FileDoc | None = None,
    origin: str | None = None,
    webhook: WebhookAddress | None = None,
) -> PluginVersionDoc:
    """Give a plugin its next version; one of an archive is not deployed yet.

    Args:
        archive: the file of its code.
        origin: the file on disk that its ``main.py`` was read from, if it was not uploaded.
        webhook: the address that it calls, where it has no code.
    """
    number = tx.plugin_versions.count("plugin", plugin["id"]) + 1
    if number > 1:
        tx.plugins.change(plugin, updatedAt=tx.now)
    version = tx.plugin_versions.insert(
        {
            "id": tx.new_id(),
            "pluginId": plugin["id"],
            "number": number,
            "fileId": archive["id"] if archive else None,
            "digest": archive["digest"] if archive else "",
            "origin": origin,
            "webhook": webhook,
            **subscription.members(),
            "status": "ACTIVE" if webhook else "DEPLOYING",
            "createdAt": tx.now,
        }
    )
    for content in subscription.pattern_warnings():
        add_build_line(tx, plugin, version, "warning", content)
    return version


def newest_version(view: View, plugin: PluginDoc) -> PluginVersionDoc | None:
    """The version that was deployed last, whether it runs or not."""
    versions = view.plugin_versions.find("plugin", plugin["id"])
    return versions[-1] if versions else None


def is_webhook(view: View, plugin: PluginDoc) -> bool:
    """Whether a plugin is an address to be told, and not code to be run."""
    newest = newest_version(view, plugin)
    return newest is not None and newest["webhook"] is not None


def request_deployment(tx: Transaction, version: PluginVersionDoc) -> None:
    """Have a version built once this transaction is committed."""
    tx.emit(DEPLOYMENT_REQUESTED, {"versionId": version["id"]}, project_id="", internal=True)


def finish_deployment(
    tx: Transaction, version_id: str, problems: list[str], warnings: Sequence[str] = ()
) -> None:
    """Record how a build ended, once; of a plugin deleted meanwhile nothing is recorded.

    Args:
        problems: the build errors; none means that the version runs from now on, unless a newer
            one does already.
        warnings: what else the build said.
    """
    version = tx.plugin_versions.get(version_id)
    if not version or version["status"] != "DEPLOYING":
        return
    plugin = tx.plugins.require(version["pluginId"])
    status = "FAILED" if problems else "ACTIVE"
    tx.plugin_versions.change(version, status=status)
    newest = tx.plugin_versions.find("plugin", plugin["id"])[-1]
    active = tx.plugin_versions.get(plugin["activeVersionId"] or "")
    is_newer = active is None or active["number"] < version["number"]
    changes: dict[str, Any] = {"activeVersionId": version_id} if is_newer and not problems else {}
    if newest["id"] == version_id:
        changes["status"] = "FAILED" if link_error(plugin) else status
    tx.plugins.change(plugin, **changes)
    for content in warnings:
        add_build_line(tx, plugin, version, "warning", content)
    for content in problems:
        add_build_line(tx, plugin, version, "error", content)
    emit_build_result(tx, version, BUILD_FAILED if problems else BUILT)


def emit_build_result(tx: Transaction, version: PluginVersionDoc, subject: str) -> None:
    """Tell how the build of a version ended; a webhook needs none, and is built at once."""
    payload = {"pluginId": version["pluginId"], "versionId": version["id"]}
    tx.emit(subject, payload, project_id="", internal=True)


def add_build_line(
    tx: Transaction,
    plugin: PluginDoc,
    version: PluginVersionDoc | None,
    log_type: BuildLineType,
    content: str,
) -> None:
    """Add a line to what ``getPluginBuildErrors`` answers; of no version, if there is none."""
    tx.plugin_build_errors.insert(
        {
            "id": tx.new_id(),
            "pluginId": plugin["id"],
            "pluginName": plugin["name"],
            "versionId": version["id"] if version else None,
            "content": content,
            "logType": log_type,
            "createdAt": tx.now,
        }
    )


def active_project_ids(access: Access, plugin: PluginDoc) -> list[str]:
    """The projects that the actor sees, by activation (contract/plugin.md#names-and-lists)."""
    return [each for each in plugin["projectIds"] if access.can_see(each)]


def called_version(view: View, plugin: PluginDoc) -> PluginVersionDoc | None:
    """The version whose handlers are called: the one that runs, or else the newest."""
    active = view.plugin_versions.get(plugin["activeVersionId"] or "")
    versions = [active] if active else view.plugin_versions.find("plugin", plugin["id"])
    return versions[-1] if versions else None


def activate(tx: Transaction, name: str, project_id: str) -> PluginDoc:
    """Have a plugin run on a project; ``updatedAt`` stays (contract/plugin.md#names-and-lists).

    Raises:
        KiliError: plugin or project is unknown, or the plugin is active there already.
    """
    operation = "activatePluginOnProject"
    plugin = find(tx, tx.actor, operation, name)
    tx.access.require_project(operation, project_id)
    if project_id in plugin["projectIds"]:
        raise errors.plugin_already_active(project_id)
    _emit_activation_change(tx, plugin, project_id, ACTIVATED)
    return tx.plugins.change(plugin, projectIds=[*plugin["projectIds"], project_id])


def deactivate(tx: Transaction, name: str, project_id: str) -> PluginDoc:
    """Have a plugin run on a project no longer.

    Raises:
        KiliError: plugin or project is unknown, or the plugin is not active there.
    """
    operation = "deactivatePluginOnProject"
    plugin = find(tx, tx.actor, operation, name)
    tx.access.require_project(operation, project_id)
    if project_id not in plugin["projectIds"]:
        raise errors.plugin_not_active(project_id)
    return remove_from_project(tx, plugin, project_id)


def remove_from_project(tx: Transaction, plugin: PluginDoc, project_id: str) -> PluginDoc:
    """Have a plugin that is active on a project run there no longer."""
    _emit_activation_change(tx, plugin, project_id, DEACTIVATED)
    remaining_ids = [each for each in plugin["projectIds"] if each != project_id]
    return tx.plugins.change(plugin, projectIds=remaining_ids)


def _emit_activation_change(
    tx: Transaction, plugin: PluginDoc, project_id: str, subject: str
) -> None:
    payload = {"pluginId": plugin["id"]}
    tx.emit(subject, payload, project_id=project_id, internal=True)


def delete_plugin(tx: Transaction, name: str) -> None:
    """Delete a plugin, its versions, logs and runs (contract/plugin.md#activation-and-deletion).

    Its labels and issues stay, with its hidden user, switched off, as their author.

    Raises:
        KiliError: the plugin is unknown, or not the actor's to manage.
    """
    operation = "deletePlugin"
    plugin = require_managed_plugin(tx, operation, name)
    versions = tx.plugin_versions.find("plugin", plugin["id"])
    tx.files.delete_all(tx.files.find("folder", file.plugin_folder(plugin["id"])))
    tx.plugin_versions.delete_all(versions)
    tx.plugin_build_errors.delete_all(tx.plugin_build_errors.find("plugin", plugin["id"]))
    tx.runs.delete_all(tx.runs.find("plugin", plugin["id"]))
    tx.run_calls.delete_all(tx.run_calls.find("plugin", plugin["id"]))
    tx.plugin_logs.delete_all(tx.plugin_logs.find("plugin", plugin["id"]))
    tx.internal_events.delete_all(tx.internal_events.find("plugin", plugin["id"]))
    tx.users.change(tx.users.require(plugin["userId"]), activated=False, updatedAt=tx.now)
    tx.plugins.delete(plugin)
    tx.emit(DELETED, {"pluginId": plugin["id"]}, project_id="", internal=True)
