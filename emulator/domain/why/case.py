"""One plugin, and one thing that happened: the facts by which it was called, or was not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from emulator import messages
from emulator.domain import label as labels_of
from emulator.domain.documents import PluginDoc, PluginVersionDoc, ProjectDoc
from emulator.domain.happening import Happening
from emulator.domain.payloads import CUSTOM_INTERFACE_CLICKED, SENT_BACK, handler_of
from emulator.domain.plugin_history import history_of
from emulator.domain.project_settings import SETTINGS_CHANGED
from emulator.domain.trigger import METHODS, ON_EVENT
from emulator.domain.world import View
from emulator.rules.handler_methods import Methods
from emulator.rules.masking import masked
from emulator.rules.plugin_history import NOW, History, Standing, standing
from emulator.rules.why import Happened, Origin

# Tells what the source of a version defines; ``None`` where that cannot be read.
MethodsOf = Callable[[PluginVersionDoc], Methods | None]

_SHOWN = {
    CUSTOM_INTERFACE_CLICKED: messages.WHY_CLICK,
    SENT_BACK: messages.WHY_SENT_BACK,
    SETTINGS_CHANGED: messages.WHY_SETTINGS,
}


@dataclass(frozen=True)
class Case:
    """One plugin, and one thing that happened.

    Attributes:
        start: the place, in the creation order, after the scenario that the world began with.
        one_by_one: runs follow one another, whatever their lane.
    """

    view: View
    plugin: PluginDoc
    project: ProjectDoc
    happening: Happening
    methods_of: MethodsOf
    start: int
    one_by_one: bool

    @cached_property
    def happened(self) -> Happened:
        """What the plugin might have been called for."""
        label_type = self._label_type()
        event = self.happening.event
        subject = event["event"] if event else labels_of.subject_of(label_type or "")
        return Happened(subject, handler_of(subject), label_type, self._origin())

    def _label_type(self) -> str | None:
        """The type of the label that was made; that of the truth of a honeypot does not count."""
        label = self.view.labels.get(self.happening.label_id or "")
        event = self.happening.event
        if event is None:
            return str(label["labelType"]) if label else None
        if event["event"] == labels_of.AUTOSAVED:
            return "AUTOSAVE"
        _, created, kind = event["event"].partition(labels_of.CREATED)
        return kind.upper() if created and kind != "honeypot" else None

    def _origin(self) -> Origin:
        if self.plugin["organizationId"] != self.project["organizationId"]:
            return "OTHER_ORGANIZATION"
        if self.happening.event is None:
            return "COPIED"
        return "FROM_SCENARIO" if self.happening.place < self.start else "HAPPENED"

    @cached_property
    def history(self) -> History:
        """What became of the plugin."""
        return history_of(self.view, self.plugin)

    def standing(self, place: int = NOW) -> Standing:
        """How the plugin stood towards the project at a place in the creation order."""
        return standing(self.history, self.project["id"], place)

    @cached_property
    def webhook(self) -> dict[str, Any] | None:
        """The address and header of a webhook, without secrets; ``None`` of a plugin with code."""
        versions = self.view.plugin_versions.find("plugin", self.plugin["id"])
        found: dict[str, Any] | None = masked(versions[-1]["webhook"]) if versions else None
        return found

    def methods(self, version_id: str) -> Methods | None:
        """What the source of a version defines; ``None`` where that cannot be told."""
        version = self.view.plugin_versions.get(version_id)
        return None if version is None or self.webhook else self.methods_of(version)

    @property
    def method(self) -> str:
        """The method of ``PluginHandler`` that would be called."""
        return METHODS[self.happened.handler or ON_EVENT]

    def fields(self, at: Standing) -> dict[str, Any]:
        """What sentences about the plugin, as it stands at some time, may name."""
        version = at.version
        event = self.happened.subject or ""
        return {
            "name": self.plugin["name"],
            "project": self.project["title"],
            "project_id": self.project["id"],
            "event": _SHOWN.get(event, event),
            "handler": self.happened.handler,
            "method": self.method,
            "label_type": self.happened.label_type,
            "called": self.webhook["url"] if self.webhook else self.method,
            "version": version.number if version else None,
            "client": version.client if version else None,
            "asked": self._asked(at) or messages.WHY_ASKS_FOR_NOTHING,
            "update": self._update(),
            "since": at.since,
            "created": self.history.at,
            "owner": self._organization(self.plugin),
            "organization": self._organization(self.project),
        }

    def _asked(self, at: Standing) -> str:
        if at.version is None:
            return ""
        shown = {} if self.webhook else METHODS
        handlers = [shown.get(each, each) for each in at.version.handlers]
        return ", ".join([*handlers, *at.version.patterns])

    def _update(self) -> str:
        """How the plugin gets another version."""
        link = self.plugin["link"]
        if link:
            return messages.UPDATE_BY_SAVING.format(path=link["path"])
        return messages.UPDATE_BY_UPLOAD.format(name=self.plugin["name"])

    def _organization(self, owned: PluginDoc | ProjectDoc) -> str:
        return str(self.view.organizations.the(owned["organizationId"])["name"])
