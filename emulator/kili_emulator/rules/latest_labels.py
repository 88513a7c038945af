"""The latest labels of an asset, and the labels that a copy of the asset keeps.

See contract/label.md#latest-marks, contract/project.md#copies-of-labels.

The functions are pure and take the label documents of an asset in creation order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict, TypeVar

from kili_emulator.rules.workflow import MODEL_TYPES, SUBMITTED, LabelType


class Label(TypedDict):
    """The members of a label that decide whether the label is one of the latest."""

    id: str
    authorId: str
    labelType: LabelType
    modelName: str | None
    stepId: str | None
    isHoneypot: bool


class LatestMarks(TypedDict):
    """The members of a label that say whether it is the latest label of its author on the asset.

    ``isLatestLabelForUser`` applies to labels of any type.
    """

    isLatestLabelForUser: bool
    isLatestDefaultLabelForUser: bool
    isLatestReviewLabelForUser: bool
    isLatestPredictionLabelForUser: bool


L = TypeVar("L", bound=Label)

# mark → the label type to which the mark applies; None: any type
_TYPE_OF_MARK: dict[str, str | None] = {
    "isLatestLabelForUser": None,
    "isLatestDefaultLabelForUser": "DEFAULT",
    "isLatestReviewLabelForUser": "REVIEW",
    "isLatestPredictionLabelForUser": "PREDICTION",
}

MARKS = tuple(_TYPE_OF_MARK)


def is_submitted(label: Label, *, has_steps: bool) -> bool:
    """Return whether a person submitted the label: a DEFAULT or REVIEW label.

    Args:
        has_steps: whether the project has the V2 or V3 workflow, in which the ground truth of a
            honeypot is a REVIEW label that nobody submitted.
    """
    return label["labelType"] in SUBMITTED and not (has_steps and label["isHoneypot"])


def latest_of_author(labels: Iterable[Label], *, has_steps: bool) -> dict[str, str | None]:
    """Find the label of each mark among the labels of one author on one asset.

    ``isLatestLabelForUser`` marks the latest label that the author submitted. An author who
    submitted no label has it on the latest AUTOSAVE; an author who only ran models, on the latest
    label of a model.

    Returns:
        for each of :data:`MARKS` a label id; ``None`` if no label has the mark.
    """

    def rank(label: Label) -> int:
        if is_submitted(label, has_steps=has_steps):
            return 2
        return 1 if label["labelType"] == "AUTOSAVE" else 0

    ranked = list(labels)
    if len(ranked) > 1:
        ranked.sort(key=rank)  # stable: labels of equal rank keep creation order
    latest_of_type: dict[str, str] = {each["labelType"]: each["id"] for each in ranked}
    latest = ranked[-1]["id"] if ranked else None
    return {
        mark: latest_of_type.get(label_type) if label_type else latest
        for mark, label_type in _TYPE_OF_MARK.items()
    }


def find_authors_in_progress(labels: Iterable[Label]) -> set[str]:
    """Return the ids of the authors whose AUTOSAVE is newer than all labels they submitted."""
    newest = {
        each["authorId"]: each["labelType"]
        for each in labels
        if each["labelType"] in (*SUBMITTED, "AUTOSAVE")
    }
    return {author_id for author_id, label_type in newest.items() if label_type == "AUTOSAVE"}


def labels_to_copy(labels: Sequence[L]) -> list[L]:
    """Return the labels of an asset that a copy of the asset keeps.

    Of the labels of people: the latest one of each author on each step and of each type; an
    AUTOSAVE label only if it is newer than the labels that the author submitted. All labels of
    models and of honeypots.
    """
    authors_in_progress = find_authors_in_progress(labels)
    human_labels = [each for each in labels if not each["isHoneypot"]]
    latest = {
        (each["authorId"], each["stepId"], each["labelType"]): each["id"] for each in human_labels
    }

    def is_kept(label: Label) -> bool:
        if label["labelType"] in MODEL_TYPES or label["modelName"] or label["isHoneypot"]:
            return True
        if label["labelType"] == "AUTOSAVE" and label["authorId"] not in authors_in_progress:
            return False
        kind = (label["authorId"], label["stepId"], label["labelType"])
        return bool(label["id"] == latest[kind])

    return [each for each in labels if is_kept(each)]
