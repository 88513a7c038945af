"""Recorder of the events and handler calls that each mutation and each user action causes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from kili_emulator.app import Emulator
from kili_emulator.rules.handlers import BY_TYPE
from kili_emulator.rules.subjects import SENT_TO_PLUGINS
from tests.contract.schema import SCHEMA
from tests.kit.handler_source import define_handlers
from tests.kit.wire import Wire, root_of
from tests.kit.world_content import WorldIds, deploy_plugin

PATTERNS = ["asset.*", "label.*", "project.*"]
CLASSIC, TYPED = "Called by handlers", "Called by events"

_SILENT = f"""
class PluginHandler:
    def __init__(self, kili, project_id, logger):
        pass

{define_handlers(lambda _: "pass")}"""

# event that plugins get → the handler that it calls, too, once for each event
_HANDLED = {
    subject: each.type
    for each in BY_TYPE.values()
    for subject in each.events
    if subject in SENT_TO_PLUGINS
}

_TYPED_LABELS = ("appendManyLabels", "appendToLabels")
_CREATES = ("createProject", "copyProject")


@dataclass
class ObservedCalls:
    """The events and handler calls of one way to act, over all times that it was used.

    Attributes:
        payloads: subject → the sets of members in its payloads.
        arguments: handler → the arguments of its calls.
    """

    payloads: dict[str, set[frozenset[str]]] = field(default_factory=dict)
    arguments: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


class CallRecorder(Wire):
    """A sender of requests to an emulator in which two plugins are active on every project.

    One plugin has all handlers, the other asks for all events.

    Attributes:
        seen: way → its events and calls. A way is a mutation (``skipAsset``), for labels with
            their type (``appendManyLabels DEFAULT``), or a verb (``submit``).
    """

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(emulator)
        self.seen: dict[str, ObservedCalls] = {}

    def install_plugins(self, world_ids: WorldIds) -> None:
        """Deploy the plugins, and activate them on the existing projects."""
        for name, asked in (
            (CLASSIC, {"handlerTypes": list(BY_TYPE)}),
            (TYPED, {"eventMatcher": PATTERNS}),
        ):
            assert deploy_plugin(self, name, _SILENT, **asked) == "ACTIVE"
        for project in ("project", "hidden project"):
            self._activate(world_ids[project])

    def send(
        self, operation: str, key: str = "admin", selection: str | None = None, **arguments: Any
    ) -> requests.Response:
        if root_of(operation) is not SCHEMA.mutation_type:
            return super().send(operation, key, selection, **arguments)
        way = operation
        if operation in _TYPED_LABELS:
            way = f"{operation} {arguments['data']['labelType']}"
        with self._recording(way):
            answer = super().send(operation, key, selection, **arguments)
        answer_data = answer.json().get("data")
        if operation in _CREATES and answer_data and answer_data["data"]:
            created = answer_data["data"]
            self._activate(created if isinstance(created, str) else created["id"])
        return answer

    def act(self, verb: str, *arguments: Any, **options: Any) -> dict[str, Any]:
        """Let a simulated user act, as ``Emulator`` does."""
        with self._recording(verb.replace("_", "-")):
            done: dict[str, Any] = getattr(self.emulator, verb)(*arguments, **options)
        return done

    def _activate(self, project_id: str) -> None:
        for name in (CLASSIC, TYPED):
            where = {"pluginName": name, "projectId": project_id}
            super().send("activatePluginOnProject", where=where)

    @contextmanager
    def _recording(self, way: str) -> Iterator[None]:
        before = self.emulator.world.view
        active = _active(before)
        yield
        assert self.emulator.wait_idle()
        view = self.emulator.world.view
        events = list(view.events.all())[len(before.events.all()) :]
        runs = list(view.runs.all())[len(before.runs.all()) :]
        observed = self.seen.setdefault(way, ObservedCalls())
        for each in events:
            members = frozenset(each["payload"])
            observed.payloads.setdefault(each["event"], set()).add(members)
        for run in runs:
            assert run["outcome"] == "SUCCEEDED", run["error"]
            if run["handler"] != "onEvent":
                observed.arguments.setdefault(run["handler"], []).append(run["payload"])
        sent_events = [each for each in events if each["projectId"] in active]
        _check_events_sent(sent_events, runs)
        for event, handler in _HANDLED.items():
            assert _count(runs, "handler", handler) == _count(sent_events, "event", event)


def _active(view: Any) -> set[str]:
    """Return the projects on which the plugins are active."""
    return {
        id_ for each in view.plugins.all() if each["name"] == TYPED for id_ in each["projectIds"]
    }


def _count(found: list[dict[str, Any]], member: str, value: str) -> int:
    return [each[member] for each in found].count(value)


def _check_events_sent(events: list[dict[str, Any]], runs: list[dict[str, Any]]) -> None:
    """Check that the plugin for all events got each event once, in order, with all members."""
    members = ("event", "organizationId", "projectId", "userId", "payload")
    expected = [
        {"payload": {member: each[member] for member in members}}
        for each in events
        if each["event"] in SENT_TO_PLUGINS
    ]
    assert [each["payload"] for each in runs if each["handler"] == "onEvent"] == expected
