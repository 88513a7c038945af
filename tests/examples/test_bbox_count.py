"""The example ``bbox_count``: it limits the number of boxes of a class."""

from __future__ import annotations

import pytest

from tests.examples.example_emulator import ExampleEmulator

NAME = "bbox_count"
TITLE = "Plugin tutorial: count the objects"


def boxes(*classes: str) -> dict[str, object]:
    return {"JOB_0": {"annotations": [{"categories": [{"name": each}]} for each in classes]}}


@pytest.mark.parametrize(
    ("classes", "status", "texts"),
    [
        ((), "LABELED", []),
        (("OBJECT_A", "OBJECT_B"), "LABELED", []),
        (("OBJECT_A", "OBJECT_B", "OBJECT_B"), "ONGOING", ["2 bounding boxes of OBJECT_B"]),
        (
            ("OBJECT_A",) * 3 + ("OBJECT_B",) * 2,
            "ONGOING",
            ["3 bounding boxes of OBJECT_A", "2 bounding boxes of OBJECT_B"],
        ),
    ],
)
def test_more_than_one_box_of_a_class_sends_the_asset_back(
    example_emulator: ExampleEmulator, classes: tuple[str, ...], status: str, texts: list[str]
) -> None:
    before = len(example_emulator.issues(TITLE))
    example_emulator.emulator.submit(TITLE, "aquarium", boxes(*classes))
    assert example_emulator.asset(TITLE, "aquarium", "status")["status"] == status
    assert [text for _, text in example_emulator.issues(TITLE)[before:]] == [
        f"There are {each}, and at most 1 is allowed" for each in texts
    ]


def test_asset_is_labeled_after_a_correct_second_label(example_emulator: ExampleEmulator) -> None:
    example_emulator.emulator.submit(TITLE, "aquarium", boxes("OBJECT_A", "OBJECT_A"))
    done = example_emulator.emulator.submit(TITLE, "aquarium", boxes("OBJECT_A"))
    assert (done["before"]["status"], done["after"]["status"]) == ("ONGOING", "LABELED")
    first = ["On submit called", "Custom method - checking number of bboxes"]
    assert example_emulator.log_lines(TITLE) == [
        *first,
        "Creating an issue...",
        "Issue created!",
        *first,
    ]
