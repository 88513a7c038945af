"""The decisions of dispatch not to call a plugin, stored when dispatch makes them.

The table ``decisions`` has one row per transaction, project and plugin, because the state of a
plugin is the same for all events of a transaction:

- ``transactionId``, ``projectId``, ``pluginId``, ``pluginName``, ``isWebhook``, ``createdAt``;
- ``reasons``: the subject of an event → the codes of the reasons why the plugin was not called
  (:data:`kili_emulator.rules.blockers.ReasonCode`), the most basic one first;
- ``since``: the time of the deactivation, if the plugin was deactivated, or ``None``;
- ``version``: the members of the :class:`kili_emulator.rules.blockers.PluginVersion` that would
  have been called, or ``None``.

A decision to call a plugin is stored as a run. A row stays if the plugin is changed or deleted.
"""

from __future__ import annotations

from collections.abc import Iterable

from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain.documents import DecisionDoc
from kili_emulator.domain.event_bus import Event
from kili_emulator.domain.trigger import NotCalled
from kili_emulator.domain.world import Transaction, View
from kili_emulator.rules.blockers import PluginVersion


def record_decisions(tx: Transaction, transaction_id: str, decisions: Iterable[NotCalled]) -> None:
    """Store the decisions not to call plugins for the events of a transaction."""
    rows: dict[tuple[str, str], DecisionDoc] = {}
    for each in decisions:
        key = (each.project_id, each.plugin["id"])
        if key not in rows:
            rows[key] = _build_decision(tx, transaction_id, each)
        rows[key]["reasons"][each.subject] = list(each.reasons)
    tx.decisions.insert_all(list(rows.values()))


def _build_decision(tx: Transaction, transaction_id: str, not_called: NotCalled) -> DecisionDoc:
    state = not_called.state
    origin = f"{transaction_id} {not_called.project_id} {not_called.plugin['id']}"
    return {
        "id": tx.world.ids.derived_id(tx.moment, origin),
        "transactionId": transaction_id,
        "projectId": not_called.project_id,
        "pluginId": not_called.plugin["id"],
        "pluginName": not_called.plugin["name"],
        "isWebhook": plugin_domain.is_webhook(tx, not_called.plugin),
        "createdAt": tx.now,
        "reasons": {},
        "since": state.since if state.activity == "DEACTIVATED" else None,
        "version": {**vars(state.version)} if state.version else None,
    }


def find_decision(view: View, event: Event, plugin_id: str) -> DecisionDoc | None:
    """Return the stored decision not to call a plugin for an event, or ``None``."""
    matching_decisions = (
        each for each in find_decisions(view, event) if each["pluginId"] == plugin_id
    )
    return next(matching_decisions, None)


def find_decisions_on_deleted_plugins(view: View, event: Event) -> list[DecisionDoc]:
    """Return the stored decisions for an event about plugins that do not exist any more."""
    decisions = find_decisions(view, event)
    return [each for each in decisions if view.plugins.get(each["pluginId"]) is None]


def find_decisions(view: View, event: Event) -> list[DecisionDoc]:
    """Return the stored decisions not to call plugins for an event."""
    return [
        each
        for each in view.decisions.find("transaction", event["transactionId"])
        if each["projectId"] == event["projectId"] and event["event"] in each["reasons"]
    ]


def skipped_version(row: DecisionDoc) -> PluginVersion | None:
    """Return the version that would have been called, or ``None`` if the plugin had none."""
    return PluginVersion(**row["version"]) if row["version"] else None
