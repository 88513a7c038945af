"""Types of documents and views, checked by mypy, and documents when they are stored."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kili_emulator.domain.documents import AssetDoc
from kili_emulator.domain.tables import DOCUMENT_TYPES, TABLES
from kili_emulator.domain.world import Actor, World
from tests.kit.document_type_check import DocumentTypeChecker, faults

ROOT = Path(__file__).parents[1]

MISSPELT = """
from kili_emulator import Emulator
from kili_emulator.domain.documents import LabelDoc
from kili_emulator.domain.world import Transaction, View


def read(view: View, label: LabelDoc) -> None:
    label["labelTyp"]
    view.labels.find("asset", "a1")[0]["nope"]
    view.steps.require("s1")["stepCoverag"]


def write(tx: Transaction, view: View) -> None:
    tx.comments.insert({"id": "c1", "issueId": "i1", "authorId": "u1", "txt": "Why?",
                        "createdAt": "", "updatedAt": ""})
    tx.tags.change(tx.tags.require("t1"), label="cat")["colour"]
    view.labels.insert(tx.labels.require("l1"))
    tx.plugins.insert(tx.labels.require("l1"))


def right(tx: Transaction, label: LabelDoc) -> str:
    project = tx.projects.get(label["projectId"])
    return project["title"] if project else label["labelType"]


def show(emulator: Emulator) -> None:
    emulator.run("r1")["memoryMB"]
    emulator.plugins()[0]["state"]
    emulator.submit("p1")["before"]["stepName"]
    emulator.why(label="l1")["events"][0]["plugins"][0]["reason"]
    emulator.worlds.create("w")["title"]
"""

ERRORS = [
    (8, 'TypedDict "LabelDoc" has no key "labelTyp"'),
    (9, 'TypedDict "LabelDoc" has no key "nope"'),
    (10, 'TypedDict "StepDoc" has no key "stepCoverag"'),
    (14, 'Missing key "text" for TypedDict "CommentDoc"'),
    (14, 'Extra key "txt" for TypedDict "CommentDoc"'),
    (16, 'TypedDict "TagDoc" has no key "colour"'),
    (17, '"ReadRepository[LabelDoc]" has no attribute "insert"'),
    (18, 'Argument 1 to "insert" of "Repository" has incompatible type "LabelDoc"'),
    (27, 'TypedDict "RunDetails" has no key "memoryMB"'),
    (28, 'TypedDict "PluginView" has no key "state"'),
    (29, 'TypedDict "AssetProgress" has no key "stepName"'),
    (30, 'TypedDict "PluginExplanation" has no key "reason"'),
    (31, 'TypedDict "WorldView" has no key "title"'),
]


def test_the_type_checker_finds_misspelt_members_and_wrong_tables(tmp_path: Path) -> None:
    source = tmp_path / "misspelt.py"
    source.write_text(MISSPELT)
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--hide-error-context"]
    checked = subprocess.run(
        [*command, str(source)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    found = re.findall(r"misspelt\.py:(\d+): error: (.*?)(?:  \[|; expected)", checked.stdout)
    assert [(int(line), text) for line, text in found] == ERRORS, checked.stdout + checked.stderr


def test_each_table_has_a_document_type() -> None:
    assert DOCUMENT_TYPES.keys() == {each.name for each in TABLES}
    assert DOCUMENT_TYPES["assets"] is AssetDoc


ASSET: dict[str, Any] = {
    "id": "a1",
    "projectId": "p1",
    "externalId": "car",
    "content": "",
    "jsonContent": "",
    "resolution": {"width": 1, "height": 1},
    "pageResolutions": None,
    "jsonMetadata": "{}",
    "ocrMetadata": None,
    "status": "TODO",
    "skipped": False,
    "skipReason": None,
    "priority": 0,
    "assigneeIds": ["u1"],
    "isHoneypot": False,
    "isUsedForConsensus": False,
    "stepId": None,
    "stepStatus": None,
    "consensusMark": 1,
    "consensusMarkPerCategory": {"CAR": 0.5},
    "honeypotMark": None,
    "inferenceMark": None,
    "createdAt": "",
    "updatedAt": "",
}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, []),
        ({"colour": "red"}, ["asset has an undeclared colour"]),
        ({"status": "DONE"}, ["asset.status is 'DONE'"]),
        ({"priority": True}, ["asset.priority is True"]),
        ({"assigneeIds": [1]}, ["asset.assigneeIds[…] is 1"]),
        ({"assigneeIds": "u1"}, ["asset.assigneeIds is 'u1'"]),
        ({"resolution": {"width": 1}}, ["asset.resolution is {'width': 1}"]),
        (
            {"consensusMarkPerCategory": {"CAR": "1"}},
            ["asset.consensusMarkPerCategory is {'CAR': '1'}"],
        ),
    ],
)
def test_type_faults_of_a_document_are_named(members: dict[str, Any], expected: list[str]) -> None:
    assert list(faults(ASSET | members, AssetDoc, "asset")) == expected


def test_a_missing_member_is_a_fault() -> None:
    without = {name: value for name, value in ASSET.items() if name != "status"}
    assert list(faults(without, AssetDoc, "asset")) == ["asset has no status"]


@pytest.mark.made_up_documents
def test_checker_finds_faults_in_stored_documents() -> None:
    checker = DocumentTypeChecker()
    checker.start()
    try:
        with World("w").transaction(Actor.system()) as tx:
            tx.tags.insert({"id": "t1", "organizationId": "o1", "label": "cat"})
    finally:
        checker.end()
    found = checker.take_faults()
    assert "tags has no color" in found
    assert not [each for each in found if not each.startswith("tags ")]
    assert checker.take_faults() == []
