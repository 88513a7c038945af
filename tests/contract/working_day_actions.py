"""The actions of users on a working day, each run by the model and through the API."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from tests.contract.working_day_documents import PEOPLE, SUBMITTED, RefusedError
from tests.contract.working_day_labels import LABEL, REVIEW
from tests.contract.working_day_model import WorkingDay
from tests.contract.working_day_projects import Expected, WorkingDayProjects
from tests.kit.responses import RED_JSON

Action = Callable[[WorkingDay], set[str] | None]

someone = st.sampled_from([*PEOPLE, "labeler", "reviewer"])
place = st.integers(0, 11)
some = st.lists(place, min_size=1, max_size=3)
percent = st.sampled_from([0, 100])

_OUTCOME = "succeeded { assetId } declined { assetId } failed { assetId }"
_MODEL_TYPES = ("PREDICTION", "INFERENCE")


def _is_refused(day: WorkingDay) -> None:
    raise RefusedError


class WorkingDayMachine(RuleBasedStateMachine):
    """One working day.

    Attributes:
        day: the model.
        stage: the emulator.
    """

    stage: WorkingDayProjects

    def __init__(self) -> None:
        super().__init__()
        self.stage.emulator.reset(self.stage.mark)
        self._trail: list[dict[str, Any]] = []
        self._imported = 0
        self._gone: list[str] = []

    @initialize(stepped=st.booleans(), coverage=percent)
    def begin(self, stepped: bool, coverage: int) -> None:
        self.day = WorkingDay(stepped)
        self._seen = len(self.stage.read_state(stepped, 0)["events"])
        self._project = {"id": self.stage.projects[stepped]}
        self._add_assets("manager", 2)
        self._set_coverage("admin", coverage, older=True)

    # -- playing ----------------------------------------------------------------------------

    def _play(
        self,
        who: str,
        operation: str,
        action: Action,
        /,
        selection: str = "id",
        answered: Any = ...,
        **arguments: Any,
    ) -> None:
        """Run the same action in the model and in the emulator, and compare the results.

        Args:
            answered: the expected answer, if it is known in advance.
        """
        model_copy = copy.deepcopy(self.day)
        model_copy.trail, model_copy.unnamed = [], []
        try:
            declined = action(model_copy)
        except RefusedError:
            before = self.stage.export()
            self.stage.wire.refusal(operation, who, **arguments)
            assert self.stage.export() == before
            return
        answer = self.stage.wire.call(operation, who, selection, **arguments)
        if selection is _OUTCOME:
            ids = {self.day.asset(each).id for each in declined or ()}
            assert {each["assetId"] for each in answer["declined"]} == ids
            assert answer["failed"] == []
        assert answered in (..., answer)
        made = answer if isinstance(answer, list) else [answer]
        for thing, each in zip(model_copy.unnamed, made, strict=False):
            thing.id = each["id"]
        self.day = model_copy
        self._compare_trail(who)

    def _compare_trail(self, who: str) -> None:
        expected = Expected(self.day, self.stage)
        state = self.stage.read_state(self.day.stepped, self._seen + len(self._trail))
        new = state["events"]
        self._trail += new
        workflow_events = [each for each in new if not each["event"].startswith("asset.analytics.")]
        assert [(each["event"], each["payload"]) for each in workflow_events] == list(
            expected.trail()
        )
        assert {each["userId"] for each in new} <= {self.stage.ids[who]}
        assert self.day.stepped or workflow_events == new
        self._state = state

    def _names(self, places: list[int]) -> list[str]:
        """Return the names of the assets at the places, in the project's order."""
        chosen = {place % len(self.day.assets) for place in places}
        return [self.day.assets[each].name for each in sorted(chosen)]

    def _ids(self, names: list[str]) -> list[str]:
        return [self.day.asset(each).id for each in names]

    # -- actions of users -------------------------------------------------------------------

    @precondition(lambda self: len(self.day.assets) < 6)
    @rule(who=someone, number=st.integers(1, 3))
    def add_assets(self, who: str, number: int) -> None:
        self._add_assets(who, number)

    def _add_assets(self, who: str, number: int) -> None:
        names = [f"asset {self._imported + each}" for each in range(number)]
        self._imported += number
        data = {"contentArray": names, "externalIDArray": names}
        action: Action = lambda day: day.add_assets(who, names)  # noqa: E731
        self._play(who, "appendManyAssets", action, data=data, where=self._project)

    @rule(who=someone, percent=percent, older=st.booleans())
    def set_coverage(self, who: str, percent: int, older: bool) -> None:
        self._set_coverage(who, percent, older)

    def _set_coverage(self, who: str, percent: int, older: bool) -> None:
        on_step = self.day.stepped and not older
        action: Action = lambda day: day.set_coverage(who, percent, on_step)  # noqa: E731
        if on_step:
            changes = {"stepCoverage": percent}
            self._set_on_step(who, "updateReviewStepProperties", action, REVIEW, changes)
        else:
            self._set(who, action, {"reviewCoverage": percent})

    @rule(who=someone, size=st.integers(1, 3), older=st.booleans())
    def set_consensus_size(self, who: str, size: int, older: bool) -> None:
        on_step = self.day.stepped and not older and size > 1
        action: Action = lambda day: day.set_consensus_size(who, size, on_step)  # noqa: E731
        if on_step:
            changes = {"numberOfExpectedLabelsForConsensus": size}
            self._set_on_step(who, "updateLabelingStepProperties", action, LABEL, changes)
        else:
            self._set(who, action, {"minConsensusSize": size})

    def _set_on_step(
        self, who: str, operation: str, action: Action, step: str, changes: dict[str, int]
    ) -> None:
        of = {"projectId": self._project["id"], "stepId": self.stage.ids[step]}
        self._play(who, operation, action, input={**of, **changes})

    def _set(self, who: str, action: Action, data: dict[str, Any]) -> None:
        self._play(who, "updatePropertiesInProject", action, data=data, where=self._project)

    @rule(who=someone, archived=st.booleans())
    def set_archived(self, who: str, archived: bool) -> None:
        action: Action = lambda day: day.set_archived(who, archived)  # noqa: E731
        self._set(who, action, {"archived": archived})


class WithAssets(WorkingDayMachine):
    """A working day with actions on assets."""

    def _on_assets(
        self, who: str, operation: str, action: Action, names: list[str], **arguments: Any
    ) -> None:
        where = {"idIn": self._ids(names)}
        self._play(who, operation, action, selection=_OUTCOME, where=where, **arguments)

    @precondition(lambda self: len(self.day.assets) > 3)
    @rule(who=someone, places=some)
    def delete_assets(self, who: str, places: list[int]) -> None:
        names = self._names(places)
        ids = self._ids(names)
        self._on_assets(who, "deleteAssets", lambda day: day.delete_assets(who, names), names)
        self._gone = [each for each in ids if each not in self._ids(self._names([*range(6)]))]

    @precondition(lambda self: self._gone)
    @rule(
        who=someone,
        place=place,
        operation_name=st.sampled_from(["skip", "label", "ask", "send", "move"]),
    )
    def work_on_deleted_asset(self, who: str, place: int, operation_name: str) -> None:
        """Try to work on a deleted asset; other assets in the same request stay unchanged."""
        where = {"idIn": [self._gone[0], self.day.assets[place % len(self.day.assets)].id]}
        rows = [{"assetID": each, "jsonResponse": RED_JSON} for each in reversed(where["idIn"])]
        operations: dict[str, tuple[str, dict[str, Any]]] = {
            "skip": ("skipAsset", {"reason": "dark", "where": {"id": self._gone[0]}}),
            "label": (
                "appendManyLabels",
                {"data": {"labelType": "DEFAULT", "labelsData": rows}, "where": {}},
            ),
            "ask": (
                "createIssues",
                {
                    "issues": [
                        {"type": "QUESTION", "assetId": each} for each in reversed(where["idIn"])
                    ],
                    "where": {"project": self._project},
                },
            ),
            "send": ("sendAssetsBackToQueue", {"where": where}),
            "move": ("addAssetsToReview", {"where": where}),
        }
        operation, arguments = operations[operation_name]
        self._play(who, operation, _is_refused, **arguments)

    @rule(who=someone, places=some, priority=st.integers(0, 2))
    def set_priority(self, who: str, places: list[int], priority: int) -> None:
        names = self._names(places)
        action: Action = lambda day: day.set_priority(who, names, priority)  # noqa: E731
        self._on_assets(who, "setAssetsPriority", action, names, priority=priority)

    @rule(who=someone, places=some, people=st.lists(st.sampled_from([*PEOPLE]), max_size=2))
    def assign(self, who: str, places: list[int], people: list[str]) -> None:
        names, people = self._names(places), list(dict.fromkeys(people))
        users = [self.stage.ids[each] for each in people]
        action: Action = lambda day: day.assign(who, names, people)  # noqa: E731
        self._on_assets(who, "assignAssets", action, names, userIds=users)

    @rule(who=someone, place=place, status=st.sampled_from(["TODO", "LABELED", "TO_REVIEW"]))
    def set_status(self, who: str, place: int, status: str) -> None:
        (name,) = self._names([place])
        data, where = [{"status": status}], [{"id": self.day.asset(name).id}]
        action: Action = lambda day: day.set_status(who, name, status)  # noqa: E731
        self._play(who, "updatePropertiesInAssets", action, data=data, where=where)

    @rule(who=someone, place=place, active=st.booleans())
    def set_consensus(self, who: str, place: int, active: bool) -> None:
        (name,) = self._names([place])
        asset_id = self.day.asset(name).id
        action: Action = lambda day: day.set_consensus(who, name, active)  # noqa: E731
        if self.day.stepped:
            of = {"projectId": self._project["id"], "assetId": asset_id}
            self._play(who, "setAssetConsensus", action, **of, isConsensus=active)
        else:
            data, where = [{"isUsedForConsensus": active}], [{"id": asset_id}]
            self._play(who, "updatePropertiesInAssets", action, data=data, where=where)

    @rule(who=someone, place=place)
    def skip(self, who: str, place: int) -> None:
        (name,) = self._names([place])
        where = {"id": self.day.asset(name).id, "project": self._project}
        self._play(who, "skipAsset", lambda day: day.skip(who, name), reason="dark", where=where)

    @rule(who=someone, place=place)
    def unskip(self, who: str, place: int) -> None:
        (name,) = self._names([place])
        of = {"projectId": self._project["id"], "assetId": self.day.asset(name).id}
        self._play(who, "unskipAsset", lambda day: day.unskip(who, name), **of)

    @rule(who=someone, places=some, older=st.booleans())
    def add_to_review(self, who: str, places: list[int], older: bool) -> None:
        names = self._names(places)
        action: Action = lambda day: day.add_to_review(who, names)  # noqa: E731
        if older:
            self._older(who, "addAllLabeledAssetsToReview", action, names)
        else:
            self._on_assets(who, "addAssetsToReview", action, names)

    @rule(who=someone, places=some, older=st.booleans())
    def send_back(self, who: str, places: list[int], older: bool) -> None:
        names = self._names(places)
        action: Action = lambda day: day.send_back(who, names)  # noqa: E731
        if older:
            self._older(who, "sendBackAssetsToQueue", action, names)
        else:
            self._on_assets(who, "sendAssetsBackToQueue", action, names)

    def _older(self, who: str, operation: str, action: Action, names: list[str]) -> None:
        """Act as clients up to 26.1, where adding no asset to a review returns null."""
        is_review = operation == "addAllLabeledAssetsToReview"
        try:
            moved = not is_review or action(copy.deepcopy(self.day)) != set(names)
        except RefusedError:
            moved = False
        where = {"idIn": self._ids(names)}
        self._play(who, operation, action, answered=self._project if moved else None, where=where)


class WithLabels(WithAssets):
    """A working day with actions on labels and issues."""

    def _append(self, who: str, type_: str, action: Action, names: list[str], **data: Any) -> None:
        of_each = {each: data.pop(each) for each in ("modelName", "authorID") if each in data}
        rows = [{"assetID": each, "jsonResponse": RED_JSON, **of_each} for each in self._ids(names)]
        data = {"labelType": type_, "labelsData": rows, **data}
        self._play(who, "appendManyLabels", action, data=data, where={})

    @rule(who=someone, place=place, type_=st.sampled_from(["DEFAULT", "DEFAULT", "REVIEW"]))
    def submit(self, who: str, place: int, type_: str) -> None:
        (name,) = self._names([place])
        self._append(who, type_, lambda day: day.add_label(who, name, type_), [name])

    @rule(
        who=someone,
        place=place,
        type_=st.sampled_from(["DEFAULT", "REVIEW", "AUTOSAVE"]),
        step=st.sampled_from([LABEL, REVIEW]),
        by_id=st.booleans(),
    )
    def label_on_a_step(self, who: str, place: int, type_: str, step: str, by_id: bool) -> None:
        (name,) = self._names([place])
        named = {"stepId": self.stage.ids[step]} if by_id else {"stepName": step}
        action: Action = lambda day: day.add_label(who, name, type_, step=step)  # noqa: E731
        self._append(who, type_, action, [name], **named)

    @precondition(lambda self: self._submitted())
    @rule(place=place)
    def correct(self, place: int) -> None:
        """Submit another label for a step on which the user has submitted one."""
        name, who, type_, step = self._submitted()[place % len(self._submitted())]
        action: Action = lambda day: day.add_label(who, name, type_, step=step)  # noqa: E731
        self._append(who, type_, action, [name], stepName=step)

    def _submitted(self) -> list[tuple[str, str, str, str]]:
        """Return asset, author, type and step of the labels submitted on steps."""
        return [
            (asset.name, each.author, each.type, each.step)
            for asset in self.day.assets
            for each in asset.labels
            if each.step and each.type in SUBMITTED
        ]

    @rule(
        who=st.sampled_from(["admin", "admin", "manager", "labeler"]),
        author=st.sampled_from([*PEOPLE]),
        place=place,
        type_=st.sampled_from(["DEFAULT", "REVIEW", "AUTOSAVE"]),
    )
    def submit_for(self, who: str, author: str, place: int, type_: str) -> None:
        (name,) = self._names([place])
        action: Action = lambda day: day.add_label(who, name, type_, author=author)  # noqa: E731
        self._append(who, type_, action, [name], authorID=self.stage.ids[author])

    @rule(who=someone, places=some, type_=st.sampled_from(["DEFAULT", "REVIEW", "AUTOSAVE"]))
    def add_several(self, who: str, places: list[int], type_: str) -> None:
        """Add labels to several assets in one request, all or none."""
        names = self._names(places)

        def action(day: WorkingDay) -> None:
            for name in names:
                day.add_label(who, name, type_)

        self._append(who, type_, action, names)

    @rule(who=someone, place=place)
    def save(self, who: str, place: int) -> None:
        (name,) = self._names([place])
        self._append(who, "AUTOSAVE", lambda day: day.add_label(who, name, "AUTOSAVE"), [name])

    @rule(
        who=st.sampled_from(["admin", "manager", "manager", "labeler"]),
        place=place,
        type_=st.sampled_from(_MODEL_TYPES),
        model=st.sampled_from(["a", "b"]),
        overwrite=st.booleans(),
    )
    def run_model(self, who: str, place: int, type_: str, model: str, overwrite: bool) -> None:
        (name,) = self._names([place])

        def action(day: WorkingDay) -> None:
            if overwrite:
                day.overwrite(who, name, type_, model)
            else:
                day.add_label(who, name, type_, model=model)

        self._append(who, type_, action, [name], modelName=model, overwrite=overwrite)

    @rule(who=someone, place=place, type_=st.sampled_from(["DEFAULT", "AUTOSAVE"]))
    def label_and_skip(self, who: str, place: int, type_: str) -> None:
        (name,) = self._names([place])
        data = {"jsonResponse": RED_JSON, "labelType": type_, "skipped": True}
        where = {"id": self.day.asset(name).id}
        action: Action = lambda day: day.label_and_skip(who, name, type_)  # noqa: E731
        self._play(who, "appendToLabels", action, data=data, where=where)

    @precondition(lambda self: self._label_ids())
    @rule(who=someone, place=place)
    def delete_label(self, who: str, place: int) -> None:
        label_id = self._label_ids()[place % len(self._label_ids())]
        action: Action = lambda day: day.delete_label(who, label_id)  # noqa: E731
        self._play(who, "deleteLabels", action, ids=[label_id])

    @precondition(lambda self: self._label_ids())
    @rule(who=someone, place=place, sent_back=st.booleans())
    def edit_label(self, who: str, place: int, sent_back: bool) -> None:
        label_id = self._label_ids()[place % len(self._label_ids())]
        action: Action = lambda day: day.edit_label(who, label_id, sent_back)  # noqa: E731
        data, where = {"isSentBackToQueue": sent_back}, {"id": label_id}
        self._play(who, "updatePropertiesInLabel", action, data=data, where=where)

    def _label_ids(self) -> list[str]:
        return [label.id for asset in self.day.assets for label in asset.labels]

    # -- issues -----------------------------------------------------------------------------

    @rule(
        who=someone,
        place=place,
        type_=st.sampled_from(["ISSUE", "QUESTION"]),
        about=st.booleans(),
        text=st.none() | st.just("Why?"),
    )
    def open_issue(self, who: str, place: int, type_: str, about: bool, text: str | None) -> None:
        (name,) = self._names([place])
        asset = self.day.asset(name)
        label_id = asset.labels[-1].id if about and asset.labels else None
        issue = {"labelID": label_id} if label_id else {"assetId": asset.id}
        issue |= {"type": type_, **({"text": text} if text else {})}
        where = {"project": self._project}
        action: Action = lambda day: day.open_issue(who, name, type_, label_id, text)  # noqa: E731
        self._play(who, "createIssues", action, issues=[issue], where=where)

    @precondition(lambda self: self.day.issues)
    @rule(who=someone, place=place)
    def comment(self, who: str, place: int) -> None:
        issue_id = self.day.issues[place % len(self.day.issues)].id
        action: Action = lambda day: day.comment(who, issue_id, "So.")  # noqa: E731
        data, where = {"text": "So."}, {"id": issue_id}
        self._play(who, "appendToComments", action, data=data, where=where)

    @precondition(lambda self: self.day.issues)
    @rule(who=someone, place=place, status=st.sampled_from(["OPEN", "SOLVED", "CANCELLED"]))
    def set_issue_status(self, who: str, place: int, status: str) -> None:
        issue_id = self.day.issues[place % len(self.day.issues)].id
        action: Action = lambda day: day.set_issue_status(who, issue_id, status)  # noqa: E731
        data, where = {"status": status}, {"id": issue_id}
        self._play(who, "updatePropertiesInIssue", action, data=data, where=where)
