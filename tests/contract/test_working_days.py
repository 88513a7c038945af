"""Random working days, run through the API and through a model of the status rules in parallel."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from kili_emulator.app import Emulator
from tests.contract.working_day_actions import WithLabels
from tests.contract.working_day_labels import LABEL
from tests.contract.working_day_projects import Expected, WorkingDayProjects, counted_filters


class CheckedWorkingDay(WithLabels):
    """A working day with checks after each action and at the end."""

    @invariant()
    def state_equals_the_model(self) -> None:
        expected, state = Expected(self.day, self.stage), self._state
        assert state["assets"] == expected.assets()
        assert {each["id"]: each for each in state["labels"]} == expected.labels()
        assert state["issues"] == expected.issues()
        (project,) = state["projects"]
        assert (project["archivedAt"] is not None) == self.day.archived
        assert {**project, **expected.project()} == project

    @invariant()
    def counts_equal_the_model(self) -> None:
        kinds = counted_filters(self.day.stepped)
        numbers = {field: self._state[alias] for alias, field, _ in kinds}
        assert numbers == {field: number(self.day) for _, field, number in kinds}

    def teardown(self) -> None:
        if hasattr(self, "day"):
            self._check_rows_of_deleted_assets()
            self._check_audit_trail()

    def _check_rows_of_deleted_assets(self) -> None:
        tables = self.stage.emulator.world.export()
        assets, issues = ({each["id"] for each in tables[name]} for name in ("assets", "issues"))
        for name in ("labels", "issues", "locks"):
            assert {each["assetId"] for each in tables[name]} <= assets
        assert {each["issueId"] for each in tables["comments"]} <= issues
        kept = {each["folder"].rpartition("/")[2] for each in tables["files"]}
        assert kept == assets  # one text each

    def _check_audit_trail(self) -> None:
        events = self.stage.read_state(self.day.stepped, self._seen)["events"]
        assert events == self._trail
        times = [each["createdAt"] for each in events]
        assert times == sorted(times)
        stands: dict[str, str] = {}
        for each in events:
            payload = each["payload"]
            if each["event"] == "asset.workflow.currentStep.changed":
                before = stands.get(payload["assetId"], self.stage.ids[LABEL])
                assert payload["previousStepId"] == before
                stands[payload["assetId"]] = payload["newStepId"]


_COMMON = settings(
    deadline=None,
    database=None,
    derandomize=True,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)
SHORT = settings(_COMMON, max_examples=30, stateful_step_count=20)
LONG = settings(_COMMON, max_examples=200, stateful_step_count=30)


@pytest.fixture(scope="module")
def stage() -> Iterator[WorkingDayProjects]:
    with Emulator("empty", seed=0) as emulator:
        opened = WorkingDayProjects(emulator)
        yield opened
        opened.close()


@pytest.mark.parametrize(
    "length",
    [pytest.param(SHORT, id="short"), pytest.param(LONG, id="long", marks=pytest.mark.contract)],
)
def test_working_day_agrees_with_the_model_of_the_rules(
    stage: WorkingDayProjects, length: settings
) -> None:
    machine = type("Played", (CheckedWorkingDay,), {"stage": stage})
    run_state_machine_as_test(machine, settings=length)


def test_model_imports_nothing_of_the_emulator() -> None:
    for name in ("working_day_model.py", "working_day_labels.py", "working_day_documents.py"):
        tree = ast.parse((Path(__file__).parent / name).read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert not str(node.module).startswith("kili_emulator")
            if isinstance(node, ast.Import):
                assert not any(each.name.startswith("kili_emulator") for each in node.names)
