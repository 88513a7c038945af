"""Webhooks: plugins that are an address to call instead of code to run.

See contract/webhook.md#registration.

A webhook has a plugin name, and is activated, deactivated and deleted like a plugin. It needs no
deployment: each change creates a version that is active at once.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from kili_emulator import errors
from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain.documents import PluginDoc
from kili_emulator.domain.plugin_subscription import PluginSubscription
from kili_emulator.domain.world import Transaction


def create_webhook(
    tx: Transaction, data: dict[str, Any], subscription: PluginSubscription
) -> PluginDoc:
    """Create a webhook: a plugin name with an address, which is called from now on.

    Args:
        data: ``pluginName``, ``webhookUrl``; optional ``header``.
        subscription: the handler types and events that the address is called for.

    Raises:
        KiliError: the name is taken or empty; the address, the header or a pattern is not valid;
            or the actor may not manage plugins.
    """
    plugin = plugin_domain.reserve_name(tx, "createWebhook", data["pluginName"])
    return _add_version(tx, "createWebhook", plugin, data, subscription)


def update_webhook(
    tx: Transaction, data: dict[str, Any], subscription: PluginSubscription
) -> PluginDoc:
    """Replace address, header and handlers of a webhook; values that are not given are cleared.

    Raises:
        KiliError: no webhook has this name; the address, the header or a pattern is not valid; or
            the actor may not manage the webhook.
    """
    name = data["pluginName"]
    plugin = plugin_domain.require_managed_plugin(tx, "updateWebhook", name)
    if not plugin_domain.is_webhook(tx, plugin):
        raise errors.plugin_not_webhook("updateWebhook", name)
    return _add_version(tx, "updateWebhook", plugin, data, subscription)


def _add_version(
    tx: Transaction,
    operation: str,
    plugin: PluginDoc,
    data: dict[str, Any],
    subscription: PluginSubscription,
) -> PluginDoc:
    subscription.check(operation, exclusive=False)
    url, header = data["webhookUrl"], data.get("header")
    if not _is_callable_url(url):
        raise errors.webhook_url_invalid(operation, url)
    if header is not None and not (header.isascii() and header.isprintable()):
        raise errors.webhook_header_invalid(operation)
    version = plugin_domain.add_version(
        tx,
        plugin,
        subscription,
        webhook={"url": url, "header": header},
    )
    plugin_domain.emit_build_result(tx, version, plugin_domain.BUILT)
    return tx.plugins.change(plugin, status="ACTIVE", activeVersionId=version["id"])


def _is_callable_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises a ValueError if the port is not a number
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
