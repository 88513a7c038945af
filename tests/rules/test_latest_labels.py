"""The latest labels of an asset, and the labels that a copy keeps.

See contract/label.md#latest-marks, contract/project.md#copies-of-labels.
"""

from __future__ import annotations

from typing import Any

import pytest

from kili_emulator.rules.latest_labels import (
    MARKS,
    find_authors_in_progress,
    labels_to_copy,
    latest_of_author,
)


def labels(*texts: str) -> list[dict[str, Any]]:
    """Create labels from texts: ``"leo DEFAULT"``, ``"leo REVIEW@Review 1"``, ``"leo truth"``."""
    found = []
    for number, text in enumerate(texts):
        author, _, kind = text.partition(" ")
        type_, _, step = kind.partition("@")
        found.append(
            {
                "id": f"{number} {kind}",
                "authorId": author,
                "labelType": "REVIEW" if type_ == "truth" else type_,
                "isHoneypot": type_ == "truth",
                "modelName": None,
                "stepId": step or None,
            }
        )
    return found


@pytest.mark.parametrize(
    ("history", "latest"),
    [
        (["DEFAULT"], "0 DEFAULT"),
        (["DEFAULT", "DEFAULT"], "1 DEFAULT"),
        (["DEFAULT", "REVIEW"], "1 REVIEW"),
        (["REVIEW", "DEFAULT"], "1 DEFAULT"),
        # What is not submitted takes nothing away from what is.
        (["DEFAULT", "PREDICTION"], "0 DEFAULT"),
        (["DEFAULT", "INFERENCE"], "0 DEFAULT"),
        (["DEFAULT", "AUTOSAVE"], "0 DEFAULT"),
        (["PREDICTION", "AUTOSAVE", "REVIEW", "INFERENCE"], "2 REVIEW"),
        # Where nothing is submitted: work in progress, or else a model's label.
        (["AUTOSAVE"], "0 AUTOSAVE"),
        (["AUTOSAVE", "AUTOSAVE", "PREDICTION"], "1 AUTOSAVE"),
        (["PREDICTION", "INFERENCE"], "1 INFERENCE"),
        (["INFERENCE", "PREDICTION"], "1 PREDICTION"),
    ],
)
@pytest.mark.parametrize("has_steps", [False, True])
def test_latest_label_of_an_author_is_the_last_submitted_label(
    history: list[str], latest: str, has_steps: bool
) -> None:
    made = labels(*(f"leo {each}" for each in history))
    found = latest_of_author(made, has_steps=has_steps)
    assert found["isLatestLabelForUser"] == latest
    assert set(found) == set(MARKS)


def test_each_other_latest_mark_covers_one_label_type() -> None:
    kinds = ("DEFAULT", "DEFAULT", "PREDICTION", "REVIEW", "PREDICTION", "AUTOSAVE")
    found = latest_of_author(labels(*(f"leo {each}" for each in kinds)), has_steps=True)
    assert found == {
        "isLatestLabelForUser": "3 REVIEW",
        "isLatestDefaultLabelForUser": "1 DEFAULT",
        "isLatestReviewLabelForUser": "3 REVIEW",
        "isLatestPredictionLabelForUser": "4 PREDICTION",
    }
    assert set(latest_of_author([], has_steps=True).values()) == {None}


@pytest.mark.parametrize(("has_steps", "latest"), [(False, "2 truth"), (True, "1 REVIEW")])
def test_honeypot_label_is_no_latest_label_in_a_workflow_with_steps(
    has_steps: bool, latest: str
) -> None:
    found = latest_of_author(labels("ann DEFAULT", "ann REVIEW", "ann truth"), has_steps=has_steps)
    assert found["isLatestLabelForUser"] == found["isLatestReviewLabelForUser"] == latest


@pytest.mark.parametrize(
    ("history", "at_work"),
    [
        (["AUTOSAVE"], {"leo"}),
        (["DEFAULT", "AUTOSAVE"], {"leo"}),
        (["AUTOSAVE", "DEFAULT"], set()),
        (["AUTOSAVE", "PREDICTION"], {"leo"}),
        (["PREDICTION"], set()),
    ],
)
def test_author_in_progress_has_an_autosave_after_all_submitted_labels(
    history: list[str], at_work: set[str]
) -> None:
    assert find_authors_in_progress(labels(*(f"leo {each}" for each in history))) == at_work


@pytest.mark.parametrize(
    ("history", "kept"),
    [
        # One key labels, then runs models.
        (
            ["leo DEFAULT", "leo PREDICTION", "leo PREDICTION"],
            ["0 DEFAULT", "1 PREDICTION", "2 PREDICTION"],
        ),
        # One key labels, then reviews.
        (["ann DEFAULT@Label", "ann REVIEW@R1"], ["0 DEFAULT@Label", "1 REVIEW@R1"]),
        (
            ["ann DEFAULT@Label", "ann REVIEW@R1", "ann REVIEW@R2", "ann REVIEW@R1"],
            ["0 DEFAULT@Label", "2 REVIEW@R2", "3 REVIEW@R1"],
        ),
        # Of several submitted labels of a kind the newest, for each author.
        (["leo DEFAULT", "ann DEFAULT", "leo DEFAULT"], ["1 DEFAULT", "2 DEFAULT"]),
        # An autosave is kept as long as it is work in progress.
        (["leo AUTOSAVE", "leo DEFAULT"], ["1 DEFAULT"]),
        (["leo DEFAULT", "leo AUTOSAVE", "leo AUTOSAVE"], ["0 DEFAULT", "2 AUTOSAVE"]),
        # The truth of a honeypot stands for no review of the same author's.
        (["ann REVIEW", "ann truth"], ["0 REVIEW", "1 truth"]),
    ],
)
def test_copy_keeps_the_latest_label_of_each_kind_and_all_model_labels(
    history: list[str], kept: list[str]
) -> None:
    assert [each["id"] for each in labels_to_copy(labels(*history))] == kept
