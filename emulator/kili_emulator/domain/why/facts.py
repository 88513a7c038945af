"""The facts about one plugin and one occurrence, and the fields of messages about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kili_emulator.domain.decision import find_decision, skipped_version
from kili_emulator.domain.documents import (
    DecisionDoc,
    PluginDoc,
    PluginVersionDoc,
    ProjectDoc,
    WebhookAddress,
)
from kili_emulator.domain.plugin import newest_version
from kili_emulator.domain.plugin_state import get_plugin_state
from kili_emulator.domain.trigger import is_offered_to
from kili_emulator.domain.why import texts
from kili_emulator.domain.why.question import Occurrence
from kili_emulator.domain.world import View, World
from kili_emulator.rules import handlers, subjects
from kili_emulator.rules.blockers import Blockers, PluginState, PluginVersion, find_blockers
from kili_emulator.rules.handler_methods import Methods
from kili_emulator.rules.masking import masked

# Returns the methods that the source of a version defines; ``None`` if it is unreadable.
MethodsOf = Callable[[PluginVersionDoc], Methods | None]
Fields = dict[str, Any]

_INTERNAL_EVENTS = {
    subjects.CUSTOM_INTERFACE_CLICKED: texts.WHY_CLICK,
    subjects.SENT_BACK: texts.WHY_SENT_BACK,
    subjects.SETTINGS_CHANGED: texts.WHY_SETTINGS,
}


@dataclass(frozen=True)
class Facts:
    """The stored decision on a plugin and an occurrence, and the plugin's present state."""

    world: World
    view: View
    plugin: PluginDoc
    project: ProjectDoc
    occurrence: Occurrence
    methods_of: MethodsOf

    @cached_property
    def decision(self) -> DecisionDoc | None:
        """The stored decision not to call the plugin, or ``None``."""
        event = self.occurrence.event
        return find_decision(self.view, event, self.plugin["id"]) if event else None

    @cached_property
    def state(self) -> PluginState:
        """The present state of the plugin on the project."""
        return get_plugin_state(self.view, self.plugin, self.project["id"])

    @cached_property
    def blockers(self) -> Blockers:
        """The reasons why the plugin would not be called now."""
        return find_blockers(self.occurrence.subject, self.state)

    @property
    def is_never_offered(self) -> bool:
        """Whether events of the project are never offered to the plugin."""
        return not is_offered_to(self.plugin, self.project["id"], self.project["organizationId"])

    @cached_property
    def webhook(self) -> WebhookAddress | None:
        """The address and header of a webhook, without secrets; ``None`` for plugins with code."""
        newest = newest_version(self.view, self.plugin)
        found: WebhookAddress | None = masked(newest["webhook"]) if newest else None
        return found

    def methods(self, version_id: str) -> Methods | None:
        """Return the methods that the source of a version defines; ``None`` if unreadable."""
        version = self.view.plugin_versions.get(version_id)
        return None if version is None or self.webhook else self.methods_of(version)

    @cached_property
    def fields_now(self) -> Fields:
        """The fields of messages about the present state."""
        return self._fields(self.state.version, self.state.since)

    @cached_property
    def fields_at_decision(self) -> Fields:
        """The fields of messages about the state at the decision, or else the present state."""
        row = self.decision
        return self._fields(skipped_version(row), row["since"]) if row else self.fields_now

    def _fields(self, version: PluginVersion | None, since: str | None) -> Fields:
        name, link = self.plugin["name"], self.plugin["link"]
        by_saving, by_upload = texts.UPDATE_BY_SAVING, texts.UPDATE_BY_UPLOAD
        organizations = self.view.organizations
        fields = basic_fields(
            self.project, self.occurrence.subject, version, is_webhook=self.webhook is not None
        )
        return {
            **fields,
            "name": name,
            "called": self.webhook["url"] if self.webhook else fields["method"],
            "update": by_saving.format(path=link["path"]) if link else by_upload.format(name=name),
            "since": since,
            "created": self.plugin["createdAt"],
            "owner": organizations.require(self.plugin["organizationId"])["name"],
            "organization": organizations.require(self.project["organizationId"])["name"],
        }


def basic_fields(
    project: ProjectDoc, subject: str, version: PluginVersion | None, *, is_webhook: bool
) -> Fields:
    """Return the fields of messages about an event, its project and a version of a plugin.

    The version may have been deleted.
    """
    handler = handlers.handler_type_for(subject)
    asked: list[str] = []
    if version:
        types = version.handlers
        asked = [*(types if is_webhook else map(handlers.method_of, types)), *version.patterns]
    return {
        "project": project["title"],
        "project_id": project["id"],
        "event": _INTERNAL_EVENTS.get(subject, subject),
        "handler": handler,
        "method": handlers.method_of(handler or handlers.ON_EVENT.type),
        "label_type": subjects.label_type_of(subject),
        "version": version.number if version else None,
        "asked": ", ".join(asked) or texts.WHY_NO_SUBSCRIPTION,
    }
