"""Plugins: their names, versions, activation and build errors (contract/plugin.md#deployment).

A client deploys a plugin in three steps: it reserves a name (or announces an update), uploads the
archive to a signed URL, and requests a runner, which creates a version and deploys it. The last
version that was built keeps running while a newer one is being deployed or has failed.
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

# Changes of a plugin's state: these events explain its state at an earlier time.
ACTIVATED = "plugin.activated"
DEACTIVATED = "plugin.deactivated"
BUILT = "plugin.version.built"
BUILD_FAILED = "plugin.version.failed"

# The events about plugins, which are delivered inside the emulator only.
LIFECYCLE_EVENTS = frozenset(
    (DEPLOYMENT_REQUESTED, DELETED, ACTIVATED, DEACTIVATED, BUILT, BUILD_FAILED)
)


def find(view: View, actor: Actor, operation: str, name: str) -> PluginDoc:
    """Return the plugin of the actor's organization with that name.

    Raises:
        KiliError: no plugin has this name.
    """
    plugins = view.plugins.find("name", (actor.user["organizationId"], name))
    if not plugins:
        raise errors.plugin_not_found(operation, name)
    return plugins[0]


def require_managed_plugin(tx: Transaction, operation: str, name: str) -> PluginDoc:
    """Return the plugin of that name, which the actor may change.

    Raises:
        KiliError: the plugin is unknown, or the actor may not change it.
    """
    plugin = find(tx, tx.actor, operation, name)
    tx.access.require_plugin_manager(operation, plugin)
    return plugin


def create_plugin(tx: Transaction, name: str) -> Upload:
    """Reserve a plugin name, and return the upload for the plugin's archive.

    The name stays reserved, even if the client never uploads an archive
    (contract/plugin.md#names-and-lists).

    Raises:
        KiliError: the name is taken or empty, or the actor may not manage plugins.
    """
    return _prepare_upload(tx, reserve_name(tx, "createPlugin", name))


def reserve_name(tx: Transaction, operation: str, name: str) -> PluginDoc:
    """Add a plugin that has a name, but no version yet.

    Raises:
        KiliError: the name is taken or empty, the license has no plugins, or the actor may not
            manage them.
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
    """Add the hidden user as which the plugin acts (contract/plugin.md#the-plugins-client)."""
    email = f"plugin-{plugin_id}@plugins.invalid"
    data = {"email": email, "firstname": "Plugin", "lastname": name}
    return user.create_user(tx, organization, data, is_service_account=True)


def prepare_update(tx: Transaction, name: str) -> Upload:
    """Return the upload for the archive of a plugin's next version.

    Raises:
        KiliError: the plugin is unknown or linked, or the actor may not manage it.
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
    """Create a version from the uploaded archive, and request its build.

    Args:
        operation: ``createPluginRunner`` or ``updatePluginRunner``.
        subscription: the handlers and events that the platform calls the version for.

    Raises:
        KiliError: the plugin is unknown, linked or a webhook, no archive was uploaded, or the
            subscription is not valid.
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
    """Raise an error if a plugin is linked: only saved files make versions of such a plugin."""
    link = link_of(plugin)
    if link:
        raise errors.plugin_is_linked(operation, plugin["name"], link["path"])


def link_of(plugin: PluginDoc) -> PluginLink | None:
    """Return the link of a plugin, or ``None`` (see :mod:`kili_emulator.domain.plugin_link`)."""
    return plugin["link"]


def link_error(plugin: PluginDoc) -> str | None:
    """Return the reported error for which a linked folder cannot be deployed, or ``None``."""
    return plugin["link"]["error"] if plugin["link"] else None


def deploy_archive(
    tx: Transaction,
    plugin: PluginDoc,
    archive: FileDoc,
    subscription: PluginSubscription,
    origin: str | None = None,
) -> PluginVersionDoc:
    """Create a version from a stored archive, and request its build.

    Args:
        origin: the path from which ``main.py`` was read; ``None`` for an upload.
    """
    version = add_version(tx, plugin, subscription, archive=archive, origin=origin)
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
    """Add the next version of a plugin; a version with an archive is still to be deployed.

    Args:
        archive: the stored file of the version's code.
        origin: the path from which ``main.py`` was read; ``None`` for an upload.
        webhook: the address that a version without code calls.
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
            **subscription.call_conditions(),
            "status": "ACTIVE" if webhook else "DEPLOYING",
            "createdAt": tx.now,
        }
    )
    for content in subscription.pattern_warnings():
        add_build_line(tx, plugin, version, "warning", content)
    return version


def newest_version(view: View, plugin: PluginDoc) -> PluginVersionDoc | None:
    """Return the version that was deployed last, even if it does not run."""
    versions = view.plugin_versions.find("plugin", plugin["id"])
    return versions[-1] if versions else None


def is_webhook(view: View, plugin: PluginDoc) -> bool:
    """Return whether a plugin is a webhook: an address to call instead of code to run."""
    newest = newest_version(view, plugin)
    return newest is not None and newest["webhook"] is not None


def request_deployment(tx: Transaction, version: PluginVersionDoc) -> None:
    """Request the build of a version, which starts after the commit of this transaction."""
    tx.emit(DEPLOYMENT_REQUESTED, {"versionId": version["id"]}, project_id="", internal=True)


def finish_deployment(
    tx: Transaction, version_id: str, problems: list[str], warnings: Sequence[str] = ()
) -> None:
    """Record the result of a build, once; skip a version that was deleted meanwhile.

    Args:
        problems: the build errors. Without errors, the version becomes the active one, unless a
            newer version is active already.
        warnings: the warnings of the build.
    """
    version = tx.plugin_versions.get(version_id)
    if not version or version["status"] != "DEPLOYING":
        return
    plugin = tx.plugins.require(version["pluginId"])
    status = "FAILED" if problems else "ACTIVE"
    tx.plugin_versions.change(version, status=status)
    newest = newest_version(tx, plugin)
    active = tx.plugin_versions.get(plugin["activeVersionId"] or "")
    is_newer = active is None or active["number"] < version["number"]
    changes: dict[str, Any] = {"activeVersionId": version_id} if is_newer and not problems else {}
    if newest and newest["id"] == version_id:
        changes["status"] = "FAILED" if link_error(plugin) else status
    tx.plugins.change(plugin, **changes)
    for content in warnings:
        add_build_line(tx, plugin, version, "warning", content)
    for content in problems:
        add_build_line(tx, plugin, version, "error", content)
    emit_build_result(tx, version, BUILD_FAILED if problems else BUILT)


def emit_build_result(tx: Transaction, version: PluginVersionDoc, subject: str) -> None:
    """Emit the result of a version's build; a webhook counts as built at once."""
    payload = {"pluginId": version["pluginId"], "versionId": version["id"]}
    tx.emit(subject, payload, project_id="", internal=True)


def add_build_line(
    tx: Transaction,
    plugin: PluginDoc,
    version: PluginVersionDoc | None,
    log_type: BuildLineType,
    content: str,
) -> None:
    """Add a line to the answer of ``getPluginBuildErrors``.

    Args:
        version: the version that was built; ``None`` if the code did not become a version.
    """
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


def build_errors(view: View, plugin_id: str, version_id: str) -> list[str]:
    """Return the errors of the build of a version, without its warnings."""
    lines = view.plugin_build_errors.find("plugin", plugin_id)
    errors_only = (each for each in lines if each["logType"] == "error")
    return [each["content"] for each in errors_only if each["versionId"] == version_id]


def active_project_ids(access: Access, plugin: PluginDoc) -> list[str]:
    """Return the ids of a plugin's projects that the actor sees, in the order of activation.

    See contract/plugin.md#names-and-lists.
    """
    return [each for each in plugin["projectIds"] if access.can_see(each)]


def called_version(view: View, plugin: PluginDoc) -> PluginVersionDoc | None:
    """Return the version whose handlers are called: the active one, or else the newest."""
    active = view.plugin_versions.get(plugin["activeVersionId"] or "")
    return active or newest_version(view, plugin)


def activate(tx: Transaction, name: str, project_id: str) -> PluginDoc:
    """Activate a plugin on a project; ``updatedAt`` stays (contract/plugin.md#names-and-lists).

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
    """Deactivate a plugin on a project.

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
    """Remove a project from the projects on which a plugin is active."""
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

    Its labels and issues stay. Their author, the plugin's hidden user, is deactivated.

    Raises:
        KiliError: the plugin is unknown, or the actor may not manage it.
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
