"""Plugins, their deployment, logs and build errors."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType

from kili_emulator import clock, errors
from kili_emulator.api.context import Info
from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain import webhook
from kili_emulator.domain.documents import BuildErrorDoc, LogLineDoc, PluginDoc
from kili_emulator.domain.filters import Where
from kili_emulator.domain.plugin_lines import Line, newest_lines_page
from kili_emulator.domain.plugin_subscription import PluginSubscription

query = QueryType()
mutation = MutationType()
plugin = ObjectType("Plugin")


@query.field("listPlugins")
def list_plugins(_: Any, info: Info) -> list[PluginDoc]:
    return list(info.context.selection.plugins({}))


@query.field("countPlugins")
def count_plugins(_: Any, info: Info, where: Where) -> int:
    return info.context.selection.plugins(where).count()


@query.field("getPluginRunnerStatus")
def get_plugin_runner_status(_: Any, info: Info, name: str) -> str:
    context = info.context
    plugin = plugin_domain.find(context.view, context.actor, "getPluginRunnerStatus", name)
    return str(plugin["status"])


@query.field("getPluginLogs")
def get_plugin_logs(_: Any, info: Info, data: dict[str, Any]) -> list[LogLineDoc]:
    context = info.context
    plugin = plugin_domain.find(context.view, context.actor, "getPluginLogs", data["pluginName"])
    if not context.access.can_see(data["projectId"]):
        return []
    lines = context.view.plugin_logs.find("lane", (plugin["id"], data["projectId"]))
    return _page(lines, data)


@query.field("getPluginBuildErrors")
def get_plugin_build_errors(_: Any, info: Info, data: dict[str, Any]) -> list[BuildErrorDoc]:
    context = info.context
    name = data["pluginName"]
    plugin = plugin_domain.find(context.view, context.actor, "getPluginBuildErrors", name)
    return _page(context.view.plugin_build_errors.find("plugin", plugin["id"]), data)


def _page(lines: list[Line], data: dict[str, Any]) -> list[Line]:
    since = data.get("createdAt")
    return newest_lines_page(
        lines,
        clock.format_time(clock.parse_time(since)) if since else None,
        data.get("limit"),
        data.get("skip"),
    )


@mutation.field("createPlugin")
def create_plugin(_: Any, info: Info, data: dict[str, Any]) -> str:
    with info.context.change() as tx:
        upload = plugin_domain.create_plugin(tx, data["pluginName"])
    return info.context.upload_url(upload)


@mutation.field("generateUpdateUrl")
def generate_update_url(_: Any, info: Info, data: dict[str, Any]) -> str:
    with info.context.change() as tx:
        upload = plugin_domain.prepare_update(tx, data["pluginName"])
    return info.context.upload_url(upload)


@mutation.field("createPluginRunner")
def create_plugin_runner(_: Any, info: Info, data: dict[str, Any]) -> str:
    _deploy("createPluginRunner", info, data)
    return errors.PLUGIN_OPERATION_SUCCEEDED.format(name=data["pluginName"], done="created")


@mutation.field("updatePluginRunner")
def update_plugin_runner(_: Any, info: Info, data: dict[str, Any]) -> str:
    _deploy("updatePluginRunner", info, data)
    return errors.PLUGIN_OPERATION_SUCCEEDED.format(name=data["pluginName"], done="updated")


def _deploy(operation: str, info: Info, data: dict[str, Any]) -> None:
    with info.context.change() as tx:
        plugin_domain.deploy(tx, operation, data["pluginName"], _subscription(info, data))


def _subscription(info: Info, data: dict[str, Any]) -> PluginSubscription:
    client = info.context.client_version
    return PluginSubscription(data.get("handlerTypes"), data.get("eventMatcher"), client)


@mutation.field("createWebhook")
def create_webhook(_: Any, info: Info, data: dict[str, Any]) -> str:
    with info.context.change() as tx:
        webhook.create_webhook(tx, data, _subscription(info, data))
    return errors.PLUGIN_OPERATION_SUCCEEDED.format(name=data["pluginName"], done="created")


@mutation.field("updateWebhook")
def update_webhook(_: Any, info: Info, data: dict[str, Any]) -> str:
    with info.context.change() as tx:
        webhook.update_webhook(tx, data, _subscription(info, data))
    return errors.PLUGIN_OPERATION_SUCCEEDED.format(name=data["pluginName"], done="updated")


@mutation.field("activatePluginOnProject")
def activate(_: Any, info: Info, where: Where) -> str:
    with info.context.change() as tx:
        plugin_domain.activate(tx, where["pluginName"], where["projectId"])
    return errors.PLUGIN_OPERATION_SUCCEEDED.format(name=where["pluginName"], done="activated")


@mutation.field("deactivatePluginOnProject")
def deactivate(_: Any, info: Info, where: Where) -> str:
    with info.context.change() as tx:
        plugin_domain.deactivate(tx, where["pluginName"], where["projectId"])
    return errors.PLUGIN_OPERATION_SUCCEEDED.format(name=where["pluginName"], done="deactivated")


@mutation.field("deletePlugin")
def delete_plugin(_: Any, info: Info, where: Where) -> str:
    with info.context.change() as tx:
        plugin_domain.delete_plugin(tx, where["pluginName"])
    return errors.PLUGIN_OPERATION_SUCCEEDED.format(name=where["pluginName"], done="deleted")


@plugin.field("projectIds")
def project_ids(owner: PluginDoc, info: Info) -> list[str]:
    return plugin_domain.active_project_ids(info.context.access, owner)


BINDABLES = [query, mutation, plugin]
