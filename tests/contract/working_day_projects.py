"""Two projects for a working day, of the V1 and of the V2 workflow, and their visible state."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from kili_emulator.app import Emulator
from tests.contract.working_day_documents import (
    CONSENSUS_SIZE,
    LABEL_TYPES,
    PEOPLE,
    Asset,
    Event,
    Issue,
    Label,
)
from tests.contract.working_day_labels import LABEL, REVIEW
from tests.contract.working_day_model import WorkingDay
from tests.kit.wire import Wire
from tests.kit.world_content import INTERFACE

_STATUSES = ("TODO", "ONGOING", "LABELED", "TO_REVIEW", "REVIEWED")
_STEP_STATUSES = ("TO_DO", "IN_PROGRESS", "PARTIALLY_DONE", "REWORK", "DONE", "SKIPPED")

_STATE_QUERY = """
  projects(where: {id: $id}, first: 1, skip: 0) {
    archivedAt numberOfAssets numberOfRemainingAssets numberOfReviewedAssets numberOfSkippedAssets
    numberOfOpenIssues numberOfSolvedIssues numberOfOpenQuestions numberOfSolvedQuestions
    reviewCoverage
  }
  assets(where: {project: {id: $id}}, first: 1000, skip: 0) {
    id externalId status skipped priority isUsedForConsensus currentStep { id status }
    toBeLabeledBy { user { id } } locks { author { id } } latestLabel { id }
  }
  labels(where: {project: {id: $id}}, first: 1000, skip: 0) {
    id assetId labelType authorId modelName isSentBackToQueue assetStep { id } isLastForStep
    isLatestLabelForUser isLatestDefaultLabelForUser isLatestReviewLabelForUser
    isLatestPredictionLabelForUser
  }
  issues(where: {project: {id: $id}}, first: 1000, skip: 0) {
    id assetId type status issueNumber authorId assigneeId hasBeenSeen comments { text }
  }
  events(where: {projectId: $id}, pagination: {first: 1000, skip: $seen}, order: asc) {
    id event createdAt payload userId
  }
"""


class WorkingDayProjects:
    """An emulator with the two projects; all users of ``PEOPLE`` are members of both.

    Attributes:
        mark: the world before any work.
        projects: their ids, with and without steps.
        ids: of people by their keys, of the steps by their names.
    """

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.wire = Wire(emulator)
        users = self.wire.list("users", {}, selection="id email")
        self.ids = {each["email"].partition("@")[0]: each["id"] for each in users}
        self.projects = {False: self._project(None), True: self._project("26.2.4")}
        self._set_consensus()
        self.names = {each: name for name, each in self.ids.items()}
        self.mark = emulator.mark()

    def _project(self, client_version: str | None) -> str:
        self.wire.client_version = client_version
        data = {"title": "Day", "inputType": "TEXT", "jsonInterface": json.dumps(INTERFACE)}
        project_id: str = self.wire.call("createProject", data=data, selection="id")["id"]
        self.wire.client_version = None
        for name, role in list(PEOPLE.items())[1:]:
            invited = {"userEmail": f"{name}@example.com", "role": role}
            self.wire.call("appendToRoles", data=invited, where={"id": project_id}, selection="id")
        return project_id

    def _set_consensus(self) -> None:
        """Permit consensus on assets without drawing any asset for it."""
        where, data = {"id": self.projects[False]}, {"minConsensusSize": CONSENSUS_SIZE}
        self.wire.call("updatePropertiesInProject", data=data, where=where, selection="id")
        stepped = self.projects[True]
        (project,) = self.wire.list("projects", {"id": stepped}, selection="steps { id name }")
        self.ids |= {each["name"]: each["id"] for each in project["steps"]}
        assert {LABEL, REVIEW} <= self.ids.keys()
        settings = {
            "projectId": stepped,
            "stepId": self.ids[LABEL],
            "consensusCoverage": 0,
            "numberOfExpectedLabelsForConsensus": CONSENSUS_SIZE,
        }
        self.wire.call("updateLabelingStepProperties", input=settings, selection="id")

    def close(self) -> None:
        self.wire.close()

    def export(self) -> bytes:
        return json.dumps(self.emulator.world.export()).encode()

    def read_state(self, stepped: bool, seen: int) -> dict[str, Any]:
        """Return the state to compare, and the audit trail from event ``seen`` on."""
        project_id = self.projects[stepped]
        counts = (f"{alias}: {field}" for alias, field, _ in counted_filters(stepped))
        document = f"query ($id: ID!, $seen: Int) {{ {_STATE_QUERY} {' '.join(counts)} }}"
        body = {"query": document, "variables": {"id": project_id, "seen": seen}}
        answer = self.wire.post(body).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data


Counted = tuple[str, str, Callable[[WorkingDay], int]]


def counted_filters(stepped: bool) -> list[Counted]:
    """Return the count queries: alias, field with its filter, and the count by the model."""
    assets = [("statusIn", "status", each) for each in _STATUSES]
    assets += [("stepStatusIn", "step_status", each) for each in _STEP_STATUSES if stepped]
    filters = [
        *(("Assets", f"{name}: [{value}]", _assets(of, value)) for name, of, value in assets),
        ("Assets", "skipped: true", _assets("skipped", True)),
        ("Assets", "skipped: false", _assets("skipped", False)),
        *(("Labels", f"typeIn: [{each}]", _labels(each)) for each in LABEL_TYPES),
        *(
            ("Issues", f"type: {type_}, status: {status}", _issues(type_, status))
            for type_ in ("ISSUE", "QUESTION")
            for status in ("OPEN", "SOLVED", "CANCELLED")
        ),
    ]
    return [
        (f"count{index}", f"count{noun}(where: {{project: {{id: $id}}, {where}}})", count)
        for index, (noun, where, count) in enumerate(filters)
    ]


def _assets(member: str, value: Any) -> Callable[[WorkingDay], int]:
    return lambda day: sum(getattr(each, member) == value for each in day.assets)


def _labels(type_: str) -> Callable[[WorkingDay], int]:
    return lambda day: sum(label.type == type_ for each in day.assets for label in each.labels)


def _issues(type_: str, status: str) -> Callable[[WorkingDay], int]:
    return lambda day: sum((each.type, each.status) == (type_, status) for each in day.issues)


class Expected:
    """The state of the model, in the form in which the API returns it."""

    def __init__(self, day: WorkingDay, stage: WorkingDayProjects) -> None:
        self._day = day
        self._ids = stage.ids

    def project(self) -> dict[str, Any]:
        count = _assets
        open_, solved = "OPEN", "SOLVED"
        numbers: dict[str, Callable[[WorkingDay], int]] = {
            "numberOfAssets": lambda day: len(day.assets),
            "numberOfRemainingAssets": lambda day: (
                count("status", "TODO")(day) + count("status", "ONGOING")(day)
            ),
            "numberOfReviewedAssets": count("status", "REVIEWED"),
            "numberOfSkippedAssets": count("skipped", True),
            "numberOfOpenIssues": _issues("ISSUE", open_),
            "numberOfSolvedIssues": _issues("ISSUE", solved),
            "numberOfOpenQuestions": _issues("QUESTION", open_),
            "numberOfSolvedQuestions": _issues("QUESTION", solved),
        }
        counted_filters = {name: number(self._day) for name, number in numbers.items()}
        return {**counted_filters, "reviewCoverage": self._day.coverage}

    def assets(self) -> list[dict[str, Any]]:
        return [self._asset(each) for each in self._day.assets]

    def _asset(self, asset: Asset) -> dict[str, Any]:
        latest = asset.latest()
        step = {"id": self._ids[asset.step], "status": asset.step_status} if asset.step else None
        return {
            "id": asset.id,
            "externalId": asset.name,
            "status": asset.status,
            "skipped": asset.skipped,
            "priority": asset.priority,
            "isUsedForConsensus": asset.consensus,
            "currentStep": step,
            "toBeLabeledBy": [{"user": {"id": self._ids[each]}} for each in asset.assignees],
            "locks": [{"author": {"id": self._ids[each]}} for each in asset.holders],
            "latestLabel": {"id": latest.id} if latest else None,
        }

    def labels(self) -> dict[str, dict[str, Any]]:
        pairs = ((asset, label) for asset in self._day.assets for label in asset.labels)
        return {label.id: self._label(asset, label) for asset, label in pairs}

    def _label(self, asset: Asset, label: Label) -> dict[str, Any]:
        def is_latest(*types: str) -> bool:
            return asset.newest_of(label.author, types) is label

        of_its_kind = asset.newest_of(label.author, (label.type,), label.step)
        return {
            "id": label.id,
            "assetId": asset.id,
            "labelType": label.type,
            "authorId": self._ids[label.author],
            "modelName": label.model,
            "isSentBackToQueue": label.sent_back,
            "assetStep": {"id": self._ids[label.step]} if label.step else None,
            "isLastForStep": label.type in ("DEFAULT", "REVIEW") and of_its_kind is label,
            "isLatestLabelForUser": asset.latest_of(label.author) is label,
            "isLatestDefaultLabelForUser": is_latest("DEFAULT"),
            "isLatestReviewLabelForUser": is_latest("REVIEW"),
            "isLatestPredictionLabelForUser": is_latest("PREDICTION"),
        }

    def issues(self) -> list[dict[str, Any]]:
        return [
            {
                "id": each.id,
                "assetId": self._day.asset(each.asset).id,
                "type": each.type,
                "status": each.status,
                "issueNumber": each.number,
                "authorId": self._ids[each.author],
                "assigneeId": self._ids[each.assignee] if each.assignee else None,
                "hasBeenSeen": each.seen,
                "comments": [{"text": text} for text in each.comments],
            }
            for each in self._day.issues
        ]

    def trail(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for each in self._day.trail:
            about = {"assetId": each.asset.id, "externalId": each.asset.name} if each.asset else {}
            yield each.subject, {**about, **self._members(each)}

    def _members(self, event: Event) -> dict[str, Any]:
        members = event.members.items()
        return {n: self._id(value) if n.endswith("Id") else value for n, value in members}

    def _id(self, value: Label | Issue | str) -> str:
        return self._ids.get(value, value) if isinstance(value, str) else value.id
