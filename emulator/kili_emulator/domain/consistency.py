"""The consistency of a world: the facts that hold between its documents after each commit.

:func:`find_inconsistencies` reads one snapshot and changes nothing. The repair of a data folder and
the tests use it. An inconsistency is a defect of the emulator, or damage.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import Any, NamedTuple, cast

from kili_emulator.domain.documents import LabelDoc
from kili_emulator.domain.references import REFERENCES, referenced_files, referenced_ids
from kili_emulator.domain.tables import DOCUMENT_TYPES
from kili_emulator.rules.latest_labels import is_submitted, latest_of_author
from kili_emulator.storage.documents import Snapshot
from kili_emulator.storage.snapshot import Document, Row, TableSnapshot

# table → the members whose values together identify one document
UNIQUE: dict[str, tuple[tuple[str, ...], ...]] = {
    "users": (("email",),),
    "apiKeys": (("key",),),
    "projectUsers": (("projectId", "userId"),),
    "assets": (("projectId", "externalId"),),
    "plugins": (("organizationId", "name"),),
    "pluginVersions": (("pluginId", "number"),),
    "runCalls": (("runId", "number"),),
}

# table → (reference, member that both documents have with the same value)
SHARED: dict[str, tuple[tuple[str, str, str], ...]] = {
    "assets": (("stepId", "steps", "projectId"),),
    "labels": (
        ("assetId", "assets", "projectId"),
        ("stepId", "steps", "projectId"),
        ("referencedLabelId", "labels", "assetId"),
    ),
    "issues": (("assetId", "assets", "projectId"), ("labelId", "labels", "assetId")),
    "locks": (("assetId", "assets", "projectId"),),
    "steps": (("stepGroupId", "stepGroups", "projectId"),),
    "pluginLogs": (("runId", "runs", "pluginId"), ("runId", "runs", "projectId")),
    "runCalls": (("runId", "runs", "pluginId"),),
}


class Inconsistency(NamedTuple):
    """A fact that does not hold.

    Attributes:
        table: the table of the document.
        id: the id of the document; empty for a fact about the whole table.
        fault: a predicate of the document, such as ``refers to a missing document``.
    """

    table: str
    id: str
    fault: str

    def __str__(self) -> str:
        return f"{self.table} {self.id}: {self.fault}" if self.id else f"{self.table}: {self.fault}"


def find_inconsistencies(snapshot: Snapshot) -> list[Inconsistency]:
    """Check all documents and indexes of a world; return the facts that do not hold.

    - Each document has all members of its type. The other facts are checked only if this one holds.
    - Each reference resolves (:data:`kili_emulator.domain.references.REFERENCES`).
    - Members that two documents share are equal, for example the project of a label and its asset.
    - Values that identify a document occur once: API keys, e-mails, external ids, positions, …
    - An author has the "latest" marks on the right labels of an asset.
    - Counts are equal to the number of documents that they count.
    - Each index and each order of creation is equal to a scan of all documents.

    Args:
        snapshot: the tables of the world, ``world.documents.snapshot``.
    """
    incomplete = list(_find_missing_members(snapshot))
    if incomplete:  # the other checks need all members
        return incomplete
    return [*find_contradictions(snapshot), *_find_wrong_indexes(snapshot)]


def find_contradictions(snapshot: Snapshot) -> list[Inconsistency]:
    """Check the documents of a world, which have all members, but not the indexes.

    See :func:`find_inconsistencies`.
    """
    checks = (
        _find_broken_references,
        _find_different_members,
        _find_repeated_values,
        _find_repeated_positions,
        _find_wrong_workflows,
        _find_wrong_marks,
        _find_wrong_counts,
    )
    return [each for check in checks for each in check(snapshot)]


def _documents(snapshot: Snapshot, table: str) -> Iterator[Document]:
    return (row.document for row in snapshot[table].rows())


def _find_missing_members(snapshot: Snapshot) -> Iterator[Inconsistency]:
    for table in snapshot:
        for document in _documents(snapshot, table):
            missing = missing_members(table, document)
            if missing:
                fault = f"the members {', '.join(missing)} are missing"
                yield Inconsistency(table, str(document.get("id")), fault)


def missing_members(table: str, document: Document) -> list[str]:
    """Return the members that a document of a table must have, and does not have."""
    required: frozenset[str] = DOCUMENT_TYPES[table].__required_keys__  # type: ignore[attr-defined]
    return sorted(required - document.keys())


def _find_broken_references(snapshot: Snapshot) -> Iterator[Inconsistency]:
    for table, references in REFERENCES.items():
        for document in _documents(snapshot, table):
            for each in references:
                for target in referenced_ids(document, each):
                    if snapshot[each.table].row(target) is None:
                        fault = f"{each.member} refers to {each.table} {target}, which is missing"
                        yield Inconsistency(table, document["id"], fault)
    for asset in _documents(snapshot, "assets"):
        for member, file_id in referenced_files(asset):
            if snapshot["files"].row(file_id) is None:
                fault = f"{member} refers to files {file_id}, which is missing"
                yield Inconsistency("assets", asset["id"], fault)


def _find_different_members(snapshot: Snapshot) -> Iterator[Inconsistency]:
    for table, rules in SHARED.items():
        for document in _documents(snapshot, table):
            for reference, other_table, member in rules:
                other = snapshot[other_table].get(document[reference] or "")
                if other and other[member] != document[member]:
                    fault = f"{member} differs from that of its {reference} ({other[member]!r})"
                    yield Inconsistency(table, document["id"], fault)


def _find_repeated_values(snapshot: Snapshot) -> Iterator[Inconsistency]:
    for table, keys in UNIQUE.items():
        for members in keys:
            seen: set[Hashable] = set()
            for document in _documents(snapshot, table):
                value = tuple(document[member] for member in members)
                if value in seen:
                    fault = f"{' and '.join(members)} are those of another document"
                    yield Inconsistency(table, document["id"], fault)
                seen.add(value)


def _find_repeated_positions(snapshot: Snapshot) -> Iterator[Inconsistency]:
    owners: dict[int, str] = {}
    for table, content in snapshot.items():
        for position, document in content.rows():
            owner = owners.setdefault(position, f"{table} {document['id']}")
            if owner != f"{table} {document['id']}":
                fault = f"its position {position} is that of {owner}"
                yield Inconsistency(table, document["id"], fault)


def _find_wrong_workflows(snapshot: Snapshot) -> Iterator[Inconsistency]:
    """Yield assets without a step in a project with steps, and the reverse."""
    for asset in _documents(snapshot, "assets"):
        project = snapshot["projects"].get(asset["projectId"])
        if project and (project["workflowVersion"] == "V1") != (asset["stepId"] is None):
            fault = f"stepId {asset['stepId']} does not fit workflow {project['workflowVersion']}"
            yield Inconsistency("assets", asset["id"], fault)
        if (asset["stepId"] is None) != (asset["stepStatus"] is None):
            yield Inconsistency("assets", asset["id"], "has only one of stepId and stepStatus")


def _find_wrong_marks(snapshot: Snapshot) -> Iterator[Inconsistency]:
    labels = snapshot["labels"]
    for asset in _documents(snapshot, "assets"):
        found = labels.find("asset", asset["id"])
        for label, marks in label_marks(found, has_steps=bool(asset["stepId"])):
            wrong = [name for name, value in marks.items() if label.get(name) != value]
            if wrong:
                fault = f"the value of {', '.join(wrong)} is wrong"
                yield Inconsistency("labels", label["id"], fault)
    for label in _documents(snapshot, "labels"):
        if label["numberOfAnnotations"] != label["search"]["numberOfAnnotations"]:
            yield Inconsistency("labels", label["id"], "numberOfAnnotations is wrong")


def label_marks(
    labels: Iterable[Document], *, has_steps: bool
) -> Iterator[tuple[Document, dict[str, Any]]]:
    """Yield the labels of an asset, each with the marks that the rules give it.

    See contract/label.md#latest-marks.

    Args:
        labels: in creation order.
        has_steps: whether the asset is in a workflow with steps.
    """
    by_author: defaultdict[str, list[LabelDoc]] = defaultdict(list)
    for label in labels:
        by_author[label["authorId"]].append(cast(LabelDoc, label))
    for own in by_author.values():
        latest_ids = latest_of_author(own, has_steps=has_steps)
        last_of_step = {
            (each["stepId"], each["labelType"]): each["id"]
            for each in own
            if is_submitted(each, has_steps=has_steps) and (each["stepId"] or not has_steps)
        }
        for each in own:
            marks: dict[str, Any] = {
                mark: each["id"] == label_id for mark, label_id in latest_ids.items()
            }
            marks["isLastForStep"] = each["id"] in last_of_step.values()
            yield cast(Document, each), marks


def _find_wrong_counts(snapshot: Snapshot) -> Iterator[Inconsistency]:
    lines = Counter(each["runId"] for each in _documents(snapshot, "pluginLogs"))
    calls = Counter(each["runId"] for each in _documents(snapshot, "runCalls"))
    for run in _documents(snapshot, "runs"):
        if run["lineCount"] != lines[run["id"]]:
            fault = f"lineCount is {run['lineCount']}, but it has {lines[run['id']]} log lines"
            yield Inconsistency("runs", run["id"], fault)
        if run["callCount"] < calls[run["id"]]:
            fault = f"callCount is {run['callCount']}, but it has {calls[run['id']]} calls"
            yield Inconsistency("runs", run["id"], fault)


def _find_wrong_indexes(snapshot: Snapshot) -> Iterator[Inconsistency]:
    for name, table in snapshot.items():
        yield from _find_wrong_order(name, table)
        for index in table.spec.indexes:
            yield from _find_wrong_postings(name, table, index)


def _find_wrong_order(name: str, table: TableSnapshot) -> Iterator[Inconsistency]:
    rows = table.rows()
    if len({row.document["id"] for row in rows}) != len(table):
        yield Inconsistency(name, "", f"its order has {len(rows)} of {len(table)} documents")
    if rows != sorted(rows, key=table.spec.sort_key):
        yield Inconsistency(name, "", "its documents are not in creation order")


def _find_wrong_postings(name: str, table: TableSnapshot, index: str) -> Iterator[Inconsistency]:
    expected: defaultdict[Hashable, list[Row]] = defaultdict(list)
    key_of = table.spec.indexes[index]
    for row in table.rows():
        key = key_of(row.document)
        if key is not None:
            expected[key].append(row)
    for key in {*expected, *table.keys(index)}:
        rows = sorted(expected.get(key, []), key=table.spec.sort_key)
        ids, posting = [row.document["id"] for row in rows], table.posting(index, key)
        if list(posting) != ids or len(posting) != len(ids):
            fault = f"index {index} has {list(posting)[:5]} for {key!r}, not {ids[:5]}"
            yield Inconsistency(name, "", fault)
