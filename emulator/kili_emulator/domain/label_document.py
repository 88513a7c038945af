"""The document of a label: build it from a request, and compute its members.

The functions take the labels of an asset in creation order, so that a batch reads them once.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, cast

from kili_emulator import errors
from kili_emulator.domain.documents import (
    AssetDoc,
    LabelDoc,
    LabelMarks,
    LabelResponse,
    ProjectDoc,
    UserDoc,
)
from kili_emulator.domain.world import Transaction
from kili_emulator.rules import latest_labels
from kili_emulator.rules.annotations import count_nodes
from kili_emulator.rules.json_interface import parse_json_interface
from kili_emulator.rules.json_response import check_json_response, parse_json_response
from kili_emulator.rules.numbers import MAX_INT
from kili_emulator.rules.workflow import LabelType

# The memory of the cache stays below some MB.
_CACHED_RESPONSES = 1024
_MAX_CACHED_CHARACTERS = 2000

_NO_MARKS: LabelMarks = {
    "honeypotMark": None,
    "inferenceMark": None,
    "consensusMark": None,
    "reviewScore": None,
    "isLatestLabelForUser": False,
    "isLatestDefaultLabelForUser": False,
    "isLatestReviewLabelForUser": False,
    "isLatestPredictionLabelForUser": False,
}

# The members of a label that is not the latest one of its author in any respect.
_NO_LATEST_MARKS: dict[str, bool] = dict.fromkeys((*latest_labels.MARKS, "isLastForStep"), False)


def build_label(
    tx: Transaction,
    operation: str,
    project: ProjectDoc,
    author: UserDoc,
    label_type: LabelType,
    row: dict[str, Any],
    *,
    labels: Iterable[LabelDoc],
) -> LabelDoc:
    """Build the document of a new label, which belongs to no step and has no marks yet.

    Args:
        row: the label, as for :func:`kili_emulator.domain.label.append_labels`.
        labels: the labels of the asset.

    Raises:
        KiliError: a value is refused, the referenced label is unknown, or the response does not fit
            the interface.
    """
    asset_id, author_id = row["assetID"], author["id"]
    referenced = row.get("referencedLabelId")
    _check_referenced(tx, referenced, asset_id)
    before = [each for each in labels if each["authorId"] == author_id]
    seconds, total = compute_seconds(operation, row, before)
    return {
        "id": tx.new_id(),
        "assetId": asset_id,
        "projectId": project["id"],
        "authorId": author_id,
        "stepId": None,
        "labelType": label_type,
        **build_response_members(operation, project, row["jsonResponse"]),
        "modelName": row.get("modelName"),
        "secondsToLabel": seconds,
        "totalSecondsToLabel": total,
        "clientVersion": row.get("clientVersion") or 0,
        "version": len(before),
        "referencedLabelId": referenced,
        "isSentBackToQueue": False,
        "isHoneypot": False,
        "isLastForStep": False,
        **_NO_MARKS,
        "createdAt": tx.now,
        "updatedAt": tx.now,
    }


def _check_referenced(tx: Transaction, label_id: str | None, asset_id: str) -> None:
    """Check that a referenced label exists and is a label of the same asset."""
    label = tx.labels.get(label_id) if label_id else None
    if label_id and (label is None or label["assetId"] != asset_id):
        raise errors.access_denied()


def insert_label(
    tx: Transaction, asset: AssetDoc, labels: Sequence[LabelDoc], label: LabelDoc
) -> list[LabelDoc]:
    """Store a new label of an asset with its "latest" marks, and update those of its other labels.

    Args:
        labels: the labels of the asset until now, in creation order.
        label: the new label, as :func:`build_label` returns it. Its time may be before that of
            other labels, if the clock was set back.

    Returns:
        the labels of the asset, in creation order.
    """
    place = bisect_right(labels, label["createdAt"], key=itemgetter("createdAt"))
    present = [*labels[:place], label, *labels[place:]]
    own = [each for each in present if each["authorId"] == label["authorId"]]
    marks = _latest_marks(own, has_steps=bool(asset["stepId"]))
    present[place] = tx.labels.insert(cast(LabelDoc, {**label, **marks[label["id"]]}))
    return _store_latest_marks(tx, present, marks) if len(own) > 1 else present


def refresh_latest_marks(
    tx: Transaction, asset: AssetDoc, labels: Iterable[LabelDoc], author_id: str
) -> list[LabelDoc]:
    """Update the "latest" marks of an author's labels on an asset; return the asset's labels."""
    labels = list(labels)
    own = [each for each in labels if each["authorId"] == author_id]
    if not own:
        return labels
    marks = _latest_marks(own, has_steps=bool(asset["stepId"]))
    return _store_latest_marks(tx, labels, marks)


def _store_latest_marks(
    tx: Transaction, labels: Iterable[LabelDoc], marks: Mapping[str, Mapping[str, bool]]
) -> list[LabelDoc]:
    return [
        each
        if marks.get(each["id"], {}).items() <= each.items()
        else tx.labels.change(each, **marks[each["id"]])
        for each in labels
    ]


def _latest_marks(labels: Sequence[LabelDoc], *, has_steps: bool) -> dict[str, dict[str, bool]]:
    """Return the "latest" marks and ``isLastForStep`` of one author's labels on an asset, by id."""
    latest_ids = latest_labels.latest_of_author(labels, has_steps=has_steps)
    last_ids = {
        (each["stepId"], each["labelType"]): each["id"]
        for each in labels
        if (each["stepId"] or not has_steps)
        and latest_labels.is_submitted(each, has_steps=has_steps)
    }.values()
    marks = dict.fromkeys((each["id"] for each in labels), _NO_LATEST_MARKS)
    for label_id in {each for each in (*latest_ids.values(), *last_ids) if each}:
        marks[label_id] = {mark: label_id == latest_id for mark, latest_id in latest_ids.items()}
        marks[label_id]["isLastForStep"] = label_id in last_ids
    return marks


def clear_references(
    tx: Transaction, asset_id: str, labels: Iterable[LabelDoc], deleted_ids: set[str]
) -> list[LabelDoc]:
    """Remove the references to deleted labels from the labels and issues of an asset.

    Args:
        labels: the labels that the asset still has.

    Returns:
        the labels of the asset.
    """
    for issue in tx.issues.find("asset", asset_id):
        if issue["labelId"] in deleted_ids:
            tx.issues.change(issue, labelId=None)
    return [
        tx.labels.change(each, referencedLabelId=None)
        if each["referencedLabelId"] in deleted_ids
        else each
        for each in labels
    ]


def build_response_members(operation: str, project: ProjectDoc, text: str) -> LabelResponse:
    """Check a response against the json interface; return the members computed from it.

    Args:
        text: the response as a JSON text.

    Raises:
        KiliError: the response does not fit the interface.
    """
    is_short = len(text) <= _MAX_CACHED_CHARACTERS
    read = _read_response if is_short else _read_response.__wrapped__
    return read(text, project["jsonInterface"], project["inputType"], operation)


@lru_cache(_CACHED_RESPONSES)
def _read_response(
    text: str, json_interface: str, input_type: str, operation: str
) -> LabelResponse:
    """Check a response and count its annotations; labels with equal responses share the result."""
    jobs = parse_json_interface(json_interface, operation)
    search = count_nodes(check_json_response(parse_json_response(text), jobs, input_type))
    return {
        "jsonResponse": text,
        "numberOfAnnotations": search["numberOfAnnotations"],
        "search": search,
    }


def compute_seconds(
    operation: str, row: dict[str, Any], before: list[LabelDoc]
) -> tuple[float, int]:
    """Return the seconds of a label, and the total of all labels of its author on the asset.

    Args:
        before: the other labels of the author on the asset.

    Raises:
        KiliError: the seconds are negative or not finite, or the total exceeds the maximum.
    """
    seconds = row.get("secondsToLabel") or 0
    if not math.isfinite(seconds):
        raise errors.seconds_out_of_range(operation, MAX_INT)
    if seconds == int(seconds):
        seconds = int(seconds)
    total = round(sum(each["secondsToLabel"] for each in before) + seconds)
    if seconds < 0 or total > MAX_INT:
        raise errors.seconds_out_of_range(operation, MAX_INT)
    return seconds, total
