"""Decisions not to call a plugin, stored when dispatch makes them.

The table ``decisions`` has one row per transaction, project and plugin, as all events of a
transaction meet the plugin in one state:

- ``transactionId``, ``projectId``, ``pluginId``, ``pluginName``, ``isWebhook``, ``createdAt``;
- ``reasons``: the subject of an event → the words why the plugin was not called
  (:data:`kili_emulator.rules.blockers.Word`), the most basic one first;
- ``since``: the time of the deactivation, if the plugin had been deactivated;
- ``version``: the members of the :class:`kili_emulator.rules.blockers.PluginVersion` that would
  have been called, if there was one.

A call is stored as a run. The row stays when the plugin is changed or deleted.
"""

from __future__ import annotations

from collections.abc import Iterable

from kili_emulator.domain import plugin as plugins_of
from kili_emulator.domain.documents import DecisionDoc
from kili_emulator.domain.event_bus import Event
from kili_emulator.domain.trigger import NotCalled
from kili_emulator.domain.world import Transaction, View
from kili_emulator.rules.blockers import PluginVersion


def record_decisions(tx: Transaction, transaction_id: str, decisions: Iterable[NotCalled]) -> None:
    """Store why plugins are not called for the events of a transaction."""
    rows: dict[tuple[str, str], DecisionDoc] = {}
    for each in decisions:
        key = (each.project_id, each.plugin["id"])
        if key not in rows:
            rows[key] = _row(tx, transaction_id, each)
        rows[key]["reasons"][each.subject] = list(each.reasons)
    tx.decisions.insert_all(list(rows.values()))


def _row(tx: Transaction, transaction_id: str, decided: NotCalled) -> DecisionDoc:
    state = decided.state
    origin = f"{transaction_id} {decided.project_id} {decided.plugin['id']}"
    return {
        "id": tx.world.ids.derived_id(tx.moment, origin),
        "transactionId": transaction_id,
        "projectId": decided.project_id,
        "pluginId": decided.plugin["id"],
        "pluginName": decided.plugin["name"],
        "isWebhook": plugins_of.is_webhook(tx, decided.plugin),
        "createdAt": tx.now,
        "reasons": {},
        "since": state.since if state.activity == "DEACTIVATED" else None,
        "version": {**vars(state.version)} if state.version else None,
    }


def decision_on(view: View, event: Event, plugin_id: str) -> DecisionDoc | None:
    """The decision not to call a plugin for an event, if there is one."""
    found = (each for each in _decisions_on(view, event) if each["pluginId"] == plugin_id)
    return next(found, None)


def decisions_on_deleted(view: View, event: Event) -> list[DecisionDoc]:
    """The decisions not to call plugins for an event that have been deleted since."""
    decisions = _decisions_on(view, event)
    return [each for each in decisions if view.plugins.get(each["pluginId"]) is None]


def _decisions_on(view: View, event: Event) -> list[DecisionDoc]:
    return [
        each
        for each in view.decisions.find("transaction", event["transactionId"])
        if each["projectId"] == event["projectId"] and event["event"] in each["reasons"]
    ]


def version_of(row: DecisionDoc) -> PluginVersion | None:
    """The version that would have been called."""
    return PluginVersion(**row["version"]) if row["version"] else None
