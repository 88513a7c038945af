"""The document of a label: build it from a request, and compute its members."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

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


def build_label(
    tx: Transaction,
    operation: str,
    project: ProjectDoc,
    author: UserDoc,
    label_type: LabelType,
    row: dict[str, Any],
) -> LabelDoc:
    """Build the document of a new label, which belongs to no step and has no marks yet.

    Args:
        row: the label, as for :func:`kili_emulator.domain.label.append_labels`.

    Raises:
        KiliError: a value is refused, the referenced label is unknown, or the response does not fit
            the interface.
    """
    asset = tx.assets.require(row["assetID"])
    referenced = row.get("referencedLabelId")
    _check_referenced(tx, referenced, asset)
    before = tx.labels.find("author", (asset["id"], author["id"]))
    seconds, total = compute_seconds(operation, row, before)
    return {
        "id": tx.new_id(),
        "assetId": asset["id"],
        "projectId": asset["projectId"],
        "authorId": author["id"],
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


def _check_referenced(tx: Transaction, label_id: str | None, asset: AssetDoc) -> None:
    """Check that a referenced label exists and is a label of the same asset."""
    label = tx.labels.get(label_id) if label_id else None
    if label_id and (label is None or label["assetId"] != asset["id"]):
        raise errors.access_denied()


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
