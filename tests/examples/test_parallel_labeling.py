"""The example ``parallel_labeling``: it merges labels of several users for different jobs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.examples.example_emulator import ExampleEmulator, load_module

NAME = "parallel_labeling"
TITLES = ("Streets", "Streets, V1")
CARS: dict[str, Any] = {"CARS": {"annotations": [{"categories": [{"name": "CAR"}], "mid": "1"}]}}
NO_CARS: dict[str, Any] = {"CARS": {"annotations": []}}
SUN: dict[str, Any] = {"WEATHER": {"categories": [{"name": "SUN"}]}}
SIGN: dict[str, Any] = {"SIGN": {"text": "STOP"}}


@pytest.mark.parametrize("title", TITLES)
def test_partial_labels_are_merged_when_all_are_submitted(
    example_emulator: ExampleEmulator, title: str
) -> None:
    example_emulator.emulator.submit(title, "street", CARS, user="leo")
    assert example_emulator.submitted_responses(title, "street") == [CARS]
    done = example_emulator.emulator.submit(title, "street", {**NO_CARS, **SUN}, user="mia")
    assert example_emulator.submitted_responses(title, "street") == [
        CARS,
        {**NO_CARS, **SUN},
        {**CARS, **SUN},
    ]
    assert done["after"]["status"] == "LABELED"
    said = [line for line in example_emulator.log_lines(title) if not line.startswith("Not run")]
    assert said == ["Part 1 of 2", "Merged CARS, WEATHER"]


@pytest.mark.parametrize("title", TITLES)
def test_merge_waits_for_missing_answers(example_emulator: ExampleEmulator, title: str) -> None:
    example_emulator.emulator.submit(title, "street", CARS, user="leo")
    example_emulator.emulator.submit(title, "street", SIGN, user="mia")
    assert example_emulator.log_lines(title)[-1] == "Nobody has answered WEATHER"
    assert len(example_emulator.submitted_responses(title, "street")) == 2
    example_emulator.emulator.submit(title, "street", {**SIGN, **SUN}, user="mia", correct=True)
    assert example_emulator.submitted_responses(title, "street")[-1] == {**CARS, **SIGN, **SUN}


@pytest.mark.parametrize("title", TITLES)
def test_call_for_the_plugins_own_label_changes_nothing(
    example_emulator: ExampleEmulator, title: str
) -> None:
    example_emulator.emulator.submit(title, "street", CARS, user="leo")
    example_emulator.emulator.submit(title, "street", SUN, user="mia")
    payload = {
        "label": {"id": "its own"},
        "asset_id": example_emulator.asset(title, "street")["id"],
    }
    assert (
        example_emulator.emulator.trigger("on_submit", NAME, title, payload)["outcome"]
        == "SUCCEEDED"
    )
    assert example_emulator.log_lines(title)[-1] == "Part 3 of 2"
    assert len(example_emulator.submitted_responses(title, "street")) == 3


@pytest.mark.parametrize(
    ("responses", "whole"),
    [
        ([CARS, SUN], {**CARS, **SUN}),
        ([CARS, NO_CARS], CARS),
        ([{"SIGN": {"text": "GO"}}, SIGN], SIGN),
        ([{"SIGN": {"text": ""}}, {"WEATHER": {"categories": []}}], {}),
    ],
    ids=["parts", "empty answer is ignored", "later answer wins", "only empty answers"],
)
def test_merge_of_responses(responses: list[dict[str, Any]], whole: dict[str, Any]) -> None:
    assert load_module(NAME, "parts").merged(responses) == whole
