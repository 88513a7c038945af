"""The example ``consensus``: it adds a label with the answers of the majority."""

from __future__ import annotations

from typing import Any

import pytest

from tests.examples.example_emulator import ExampleEmulator, load_module

pytestmark = pytest.mark.filterwarnings("ignore:Field .* requested")

NAME = "consensus"
TITLES = ("Moods", "Moods, V1")
PEOPLE = ("leo", "mia", "sam")


def mood(name: str, *reasons: str, keyword: str | None = None) -> dict[str, Any]:
    category: dict[str, Any] = {"name": name}
    if reasons:
        category["children"] = {"WHY": {"categories": [{"name": each} for each in reasons]}}
    text = {"KEYWORD": {"text": keyword}} if keyword else {}
    return {"MOOD": {"categories": [category]}, **text}


def submit(example_emulator: ExampleEmulator, title: str, *responses: dict[str, Any]) -> None:
    for person, response in zip(PEOPLE, responses, strict=False):
        example_emulator.emulator.submit(title, "first", response, user=person)


@pytest.mark.parametrize("title", TITLES)
def test_majority_label_is_added_when_all_labelers_have_labeled(
    example_emulator: ExampleEmulator, title: str
) -> None:
    given = [mood("GOOD"), mood("BAD", keyword="day"), mood("GOOD")]
    submit(example_emulator, title, *given[:2])
    assert example_emulator.submitted_responses(title, "first") == given[:2]
    assert example_emulator.asset(title, "first", "status")["status"] == "ONGOING"
    example_emulator.emulator.submit(title, "first", given[2], user="sam")
    agreed = mood("GOOD", keyword="day")
    assert example_emulator.submitted_responses(title, "first") == [*given, agreed]
    assert example_emulator.asset(title, "first", "status")["status"] == "LABELED"
    assert [
        line for line in example_emulator.log_lines(title) if not line.startswith("Not run")
    ] == [
        "1 of 3 labels",
        "2 of 3 labels",
        "3 of 3 labels",
        f"Agreed on {agreed}",
    ]


@pytest.mark.parametrize("title", TITLES)
def test_call_for_the_plugins_own_label_changes_nothing(
    example_emulator: ExampleEmulator, title: str
) -> None:
    submit(example_emulator, title, *[mood("GOOD")] * 3)
    assert len(example_emulator.submitted_responses(title, "first")) == 4
    asset_id = example_emulator.asset(title, "first")["id"]
    run = example_emulator.emulator.trigger(
        "on_submit", NAME, title, {"label": {"id": "its own"}, "asset_id": asset_id}
    )
    assert run["outcome"] == "SUCCEEDED"
    assert example_emulator.log_lines(title)[-1] == "4 of 3 labels"
    assert len(example_emulator.submitted_responses(title, "first")) == 4


@pytest.mark.parametrize("title", TITLES)
def test_one_majority_label_is_added_when_all_labels_arrive_at_once(
    example_emulator: ExampleEmulator, title: str
) -> None:
    users = {
        each["email"]: each["id"] for each in example_emulator.kili.users(fields=["email", "id"])
    }
    example_emulator.kili.append_labels(
        asset_id_array=[example_emulator.asset(title, "first")["id"]] * 3,
        json_response_array=[mood("BAD")] * 3,
        author_id_array=[users[f"{each}@example.com"] for each in PEOPLE],
        disable_tqdm=True,
    )
    assert example_emulator.submitted_responses(title, "first") == [mood("BAD")] * 4
    assert sorted(example_emulator.outcomes()) == [
        "SELF_TRIGGERED",
        "SUCCEEDED",
        "SUCCEEDED",
        "SUCCEEDED",
    ]


@pytest.mark.parametrize("title", TITLES)
def test_labeler_who_corrects_a_label_counts_once(
    example_emulator: ExampleEmulator, title: str
) -> None:
    submit(example_emulator, title, mood("GOOD"), mood("BAD"))
    example_emulator.emulator.submit(title, "first", mood("BAD"), user="leo", correct=True)
    assert len(example_emulator.submitted_responses(title, "first")) == 3
    example_emulator.emulator.submit(title, "first", mood("GOOD"), user="sam")
    assert example_emulator.submitted_responses(title, "first")[-1] == mood("BAD")


JOBS = {
    "MOOD": {"mlTask": "CLASSIFICATION", "content": {
        "input": "radio", "categories": {"GOOD": {}, "BAD": {}, "SO_SO": {}}}},
    "WHY": {"mlTask": "CLASSIFICATION", "content": {
        "input": "checkbox", "categories": {"WEATHER": {}, "PEOPLE": {}}}},
    "KEYWORD": {"mlTask": "TRANSCRIPTION", "content": {"input": "textField"}},
    "BOX": {"mlTask": "OBJECT_DETECTION", "content": {"input": "radio", "categories": {}}},
}  # fmt: skip


def why(*names: str) -> dict[str, Any]:
    return {"WHY": {"categories": [{"name": each} for each in names]}}


@pytest.mark.parametrize(
    ("responses", "agreed"),
    [
        ([mood("BAD"), mood("GOOD"), mood("BAD")], mood("BAD")),
        ([mood("SO_SO"), mood("BAD")], mood("BAD")),
        ([mood("BAD"), {}, {}], mood("BAD")),
        ([why("PEOPLE", "WEATHER"), why("PEOPLE"), why()], why("PEOPLE")),
        ([why("WEATHER"), why("PEOPLE")], why()),
        (
            [mood("GOOD", "WEATHER"), mood("GOOD", "WEATHER", "PEOPLE"), mood("BAD", "PEOPLE")],
            mood("GOOD", "WEATHER"),
        ),
        ([{"KEYWORD": {"text": each}} for each in "aba"], {"KEYWORD": {"text": "a"}}),
        ([{"BOX": {"annotations": []}, "ROTATION_JOB": {"rotation": 90}}] * 2, {}),
    ],
    ids=[
        "majority",
        "tie",
        "empty responses are ignored",
        "several answers",
        "none has more than half",
        "child jobs",
        "texts",
        "other jobs are left out",
    ],
)
def test_majority_of_responses(responses: list[dict[str, Any]], agreed: dict[str, Any]) -> None:
    assert load_module(NAME).majority(JOBS, responses) == agreed
