"""The table of the situations, and the project in which they take place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.contract.plugin_calls.recorder import CallRecorder
from tests.kit.responses import RED_JSON
from tests.kit.world_content import WorldIds, add_stepped_project

WAYS_TO_LABEL = ("appendManyLabels", "appendToLabels")


class SteppedProject:
    """A project with steps; its assets are ``waiting``, ``labeled``, ``in review``, ``skipped``.

    Attributes:
        names: the ids of the objects in the world, by name.
        project: the id of the project.
    """

    def __init__(self, wire: CallRecorder, world_ids: WorldIds) -> None:
        self.wire = wire
        self.names = {**world_ids, **add_stepped_project(wire)}
        self.project = self.names["stepped project"]

    def call(self, operation: str, key: str = "admin", **arguments: Any) -> Any:
        return self.wire.call(operation, key, **arguments)

    def label(
        self,
        way: str,
        asset: str,
        key: str = "labeler",
        kind: str = "DEFAULT",
        text: str = RED_JSON,
        **data: Any,
    ) -> None:
        """Add a label by one of the two mutations."""
        row = {"jsonResponse": text, **data}
        asset_id = self.names[asset]
        if way == "appendToLabels":
            data = {"labelType": kind, **row}
            self.call(way, key, data=data, where={"id": asset_id})
        else:
            self.label_on(None, asset, key, kind, row)

    def label_on(
        self, step: str | None, asset: str, key: str, kind: str, row: dict[str, Any]
    ) -> None:
        """Add a label with or without a step."""
        rows = [{"assetID": self.names[asset], **row}]
        data = {"labelType": kind, "labelsData": rows}
        if step:
            data["stepId"] = self.names[step]
        self.call("appendManyLabels", key, data=data, where={})

    def change_step(self, step: str, **members: Any) -> None:
        kind = {"label step": "Labeling", "review step": "Review"}[step]
        data = {"projectId": self.project, "stepId": self.names[step], **members}
        self.call(f"update{kind}StepProperties", input=data)

    def edit(self, **data: Any) -> None:
        self.call("editProjectWorkflowSettings", input={"projectId": self.project, **data})

    def member(self, name: str) -> str:
        """Return the id of a user's membership."""
        where = {"project": {"id": self.project}}
        found = self.wire.list("projectUsers", where, selection="id user { id }")
        (row,) = [each["id"] for each in found if each["user"]["id"] == self.names[name]]
        return str(row)

    def remove_member(self, key: str) -> None:
        where = {"project": {"id": self.project}, "user": {"email": f"{key}@example.com"}}
        self.call("deleteFromRoles", where=where)

    def give_role(self, way: str, name: str, key: str, role: str) -> None:
        if way == "appendToRoles":
            data = {"userEmail": f"{key}@example.com", "role": role}
            self.call(way, data=data, where={"id": self.project})
        else:
            data = {"role": role, "projectID": self.project, "userID": self.names[name]}
            self.call(way, data=data, where={"id": self.member(name)})

    def require_consensus(self, asset: str = "waiting") -> None:
        """Require two labels for an asset."""
        self.change_step("label step", numberOfExpectedLabelsForConsensus=2)
        ids = {"projectId": self.project, "assetId": self.names[asset]}
        self.call("setAssetConsensus", **ids, isConsensus=True)

    def make_honeypot(self, asset: str = "waiting") -> None:
        self.change_step("label step", useHoneypot=True)
        self.call(
            "createHoneypot", data={"jsonResponse": RED_JSON}, where={"id": self.names[asset]}
        )


Situation = Callable[[SteppedProject], None]
WithWay = Callable[[SteppedProject, str], None]

SITUATIONS: dict[str, Situation] = {}


def situation(function: Situation) -> Situation:
    """Register a situation."""
    SITUATIONS[function.__name__] = function
    return function


def for_each_way(*ways: str) -> Callable[[WithWay], WithWay]:
    """Register a situation for each of several ways."""

    def register(function: WithWay) -> WithWay:
        for way in ways:
            SITUATIONS[f"{function.__name__}[{way}]"] = partial(function, way=way)
        return function

    return register
