"""One plugin and one occurrence: the facts that the answer is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kili_emulator import messages
from kili_emulator.domain.decision import find_decision, skipped_version
from kili_emulator.domain.documents import DecisionDoc, PluginDoc, PluginVersionDoc, ProjectDoc
from kili_emulator.domain.plugin_state import get_plugin_state
from kili_emulator.domain.why.subject import Occurrence
from kili_emulator.domain.world import View, World
from kili_emulator.rules import handlers, subjects
from kili_emulator.rules.blockers import Blockers, PluginState, PluginVersion, ReasonCode, blockers
from kili_emulator.rules.handler_methods import Methods
from kili_emulator.rules.masking import masked

# Reads which methods the source of a version defines; ``None`` where it cannot be read.
MethodsOf = Callable[[PluginVersionDoc], Methods | None]

_SHOWN_EVENTS = {
    subjects.CUSTOM_INTERFACE_CLICKED: messages.WHY_CLICK,
    subjects.SENT_BACK: messages.WHY_SENT_BACK,
    subjects.SETTINGS_CHANGED: messages.WHY_SETTINGS,
}


def method_called(subject: str) -> str:
    """The method of ``PluginHandler`` that an event calls."""
    return handlers.method_of(handlers.handler_type_for(subject) or handlers.ON_EVENT.type)


def event_fields(project: ProjectDoc, subject: str) -> dict[str, Any]:
    """The fields that messages use of an event and its project."""
    return {
        "project": project["title"],
        "project_id": project["id"],
        "event": _SHOWN_EVENTS.get(subject, subject),
        "handler": handlers.handler_type_for(subject),
        "method": method_called(subject),
        "label_type": subjects.label_type_of(subject),
    }


def version_fields(version: PluginVersion | None, *, is_webhook: bool) -> dict[str, Any]:
    """The fields that messages use of a plugin's version: its number, and the events it gets."""
    asked: list[str] = []
    if version:
        types = version.handlers
        asked += types if is_webhook else map(handlers.method_of, types)
        asked += version.patterns
    return {
        "version": version.number if version else None,
        "asked": ", ".join(asked) or messages.WHY_NO_SUBSCRIPTION,
    }


@dataclass(frozen=True)
class Case:
    """One plugin and one occurrence in a project."""

    world: World
    view: View
    plugin: PluginDoc
    project: ProjectDoc
    occurrence: Occurrence
    methods_of: MethodsOf

    @cached_property
    def decision(self) -> DecisionDoc | None:
        """The stored decision not to call the plugin."""
        event = self.occurrence.event
        return find_decision(self.view, event, self.plugin["id"]) if event else None

    @cached_property
    def state(self) -> PluginState:
        """The present state of the plugin on the project."""
        return get_plugin_state(self.view, self.plugin, self.project["id"])

    @cached_property
    def present(self) -> Blockers:
        """What would keep the plugin from being called now."""
        return blockers(self.occurrence.subject, self.state)

    @property
    def is_foreign(self) -> bool:
        """Whether the plugin belongs to another organization, and is not active on the project."""
        is_elsewhere: bool = self.plugin["organizationId"] != self.project["organizationId"]
        return is_elsewhere and self.state.activity != "ACTIVE"

    def undecided(self) -> ReasonCode:
        """Why there is neither a run nor a decision."""
        if self.is_foreign:
            return "OTHER_ORGANIZATION"
        if self.occurrence.event is None:
            return "COPIED"
        if self.occurrence.position < self.world.start_position:
            return "FROM_SCENARIO"
        if self.occurrence.position < self.view.plugins.position(self.plugin["id"]):
            return "NOT_CREATED_YET"
        is_recorded = self.occurrence.position >= self.world.decisions_position
        return "LOST" if is_recorded else "NOT_RECORDED"

    @cached_property
    def webhook(self) -> dict[str, Any] | None:
        """The address and header of a webhook, without secrets; ``None`` of a plugin with code."""
        versions = self.view.plugin_versions.find("plugin", self.plugin["id"])
        found: dict[str, Any] | None = masked(versions[-1]["webhook"]) if versions else None
        return found

    def methods(self, version_id: str) -> Methods | None:
        """The methods that the source of a version defines; ``None`` where it cannot be read."""
        version = self.view.plugin_versions.get(version_id)
        return None if version is None or self.webhook else self.methods_of(version)

    def build_errors(self, version_id: str) -> list[str]:
        """The errors of the build of a version."""
        lines = self.view.plugin_build_errors.find("plugin", self.plugin["id"])
        found = [each for each in lines if each["versionId"] == version_id]
        return [each["content"] for each in found if each["logType"] == "error"]

    def fields(self) -> dict[str, Any]:
        """The fields that messages use, as things are now."""
        return self._fields(self.state.version, self.state.since)

    def fields_then(self) -> dict[str, Any]:
        """The same as of the decision; as things are now where none is stored."""
        row = self.decision
        return self._fields(skipped_version(row), row["since"]) if row else self.fields()

    def _fields(self, version: PluginVersion | None, since: str | None) -> dict[str, Any]:
        event = event_fields(self.project, self.occurrence.subject)
        link = self.plugin["link"]
        by_saving, by_upload = messages.UPDATE_BY_SAVING, messages.UPDATE_BY_UPLOAD
        return {
            **event,
            **version_fields(version, is_webhook=self.webhook is not None),
            "name": self.plugin["name"],
            "called": self.webhook["url"] if self.webhook else event["method"],
            "update": by_saving.format(path=link["path"])
            if link
            else by_upload.format(name=self.plugin["name"]),
            "since": since,
            "created": self.plugin["createdAt"],
            "owner": self._organization(self.plugin),
            "organization": self._organization(self.project),
        }

    def _organization(self, owned: PluginDoc | ProjectDoc) -> str:
        return str(self.view.organizations.require(owned["organizationId"])["name"])
