"""Make the documents of a damaged world consistent, with as little loss as possible.

A lost document that the work of people refers to is replaced by a placeholder. A document that is
useless without a lost one is dropped; a mere mention of a lost one is removed. Values that are
derived from other documents are computed again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from kili_emulator.domain.consistency import SHARED, UNIQUE, label_marks, missing_members
from kili_emulator.domain.references import (
    REFERENCES,
    Reference,
    referenced_files,
    referenced_ids,
)
from kili_emulator.domain.repair.findings import Findings
from kili_emulator.domain.repair.placeholders import REASONS, Tables, make_placeholder
from kili_emulator.domain.tables import DOCUMENT_TYPES, TABLES
from kili_emulator.storage.salvage import SalvagedRow
from kili_emulator.storage.snapshot import Document, Row, TableSnapshot

# table → the member that gets a new value if another document has the same; without an entry, the
# document is dropped.
_RENAMED = {"users": "email", "assets": "externalId", "plugins": "name"}


_PASSES = 3


class Mending:
    """The repair of the documents of one world.

    Args:
        rows: the documents that can be read.
        now: the time of the repair.

    Attributes:
        tables: table → id → row; consistent after :meth:`run`.
        findings: what was changed.
    """

    def __init__(self, rows: list[SalvagedRow], now: str) -> None:
        self.tables: Tables = {name: {} for name in DOCUMENT_TYPES}
        self.findings = Findings()
        self._now = now
        self._next_position = max((each.row.position for each in rows), default=0) + 1
        for table, row in rows:
            self._add(table, row)

    @property
    def next_position(self) -> int:
        """The first position that no document has."""
        return self._next_position

    def run(self) -> None:
        """Make the documents consistent.

        The steps are repeated, because one can undo what an earlier one has mended.
        """
        for _ in range(_PASSES):
            self._mend()

    def _mend(self) -> None:
        while self._replace_lost():
            pass
        while self._drop_dependents():
            pass
        self._remove_mentions()
        self._mend_files()
        self._mend_shared_members()
        self._mend_workflows()
        self._mend_repeated_values()
        self._mend_positions()
        self._mend_labels()
        self._mend_counts()

    def _add(self, table: str, row: Row) -> None:
        document_id = str(row.document["id"])
        if table not in self.tables:
            self.findings.drop(table, document_id, "there is no table of this name")
        elif missing := missing_members(table, row.document):
            self.findings.drop(table, document_id, f"{', '.join(missing)} cannot be read")
        else:
            known = self.tables[table].get(document_id)
            if known is None or known.position <= row.position:
                self.tables[table][document_id] = row

    def _rows(self, table: str) -> list[Row]:
        return sorted(self.tables[table].values(), key=lambda row: row.position)

    def _change(self, table: str, row: Row, text: str, **members: Any) -> None:
        self._store(table, row, members)
        self.findings.change(table, row.document["id"], text)

    def _store(self, table: str, row: Row, members: dict[str, Any]) -> None:
        document = {**row.document, **members}
        self.tables[table][document["id"]] = Row(row.position, document)

    def _drop(self, table: str, row: Row, reason: str) -> None:
        del self.tables[table][row.document["id"]]
        self.findings.drop(table, row.document["id"], reason)

    def _lost(self, *, needed: bool) -> Iterator[tuple[str, Row, Reference, str]]:
        """Yield the references to lost documents: table, row, reference and the lost id."""
        for table, references in REFERENCES.items():
            for row in self._rows(table):
                for each in references:
                    if each.is_needed == needed:
                        for target in referenced_ids(row.document, each):
                            if target not in self.tables[each.table]:
                                yield table, row, each, target

    def _replace_lost(self) -> bool:
        """Replace lost documents by placeholders; return whether there were any."""
        lost = {
            (each.table, target)
            for table, _, each, target in self._lost(needed=True)
            if each.table in REASONS and REASONS[each.table] in (None, (table, each.member))
        }
        for table, document_id in sorted(lost):
            document = make_placeholder(self.tables, table, document_id, self._now)
            assert document is not None, table
            self.tables[table][document_id] = Row(self._take_position(), document)
            self.findings.replace(table, document_id)
        return bool(lost)

    def _take_position(self) -> int:
        self._next_position += 1
        return self._next_position - 1

    def _drop_dependents(self) -> bool:
        """Drop documents that need a lost document; return whether there were any."""
        dependents = {
            (
                table,
                row.document["id"],
            ): f"{each.member} refers to {each.table} {target}, which is lost"
            for table, row, each, target in self._lost(needed=True)
        }
        for (table, document_id), reason in dependents.items():
            self._drop(table, self.tables[table][document_id], reason)
        return bool(dependents)

    def _remove_mentions(self) -> None:
        for table, row, each, target in list(self._lost(needed=False)):
            current = self.tables[table][row.document["id"]]
            value = current.document[each.member]
            kept = [item for item in value if item != target] if isinstance(value, list) else None
            text = f"{each.member} no longer refers to lost {each.table} {target}"
            self._change(table, current, text, **{each.member: kept})

    def _mend_files(self) -> None:
        for row in self._rows("assets"):
            for member, file_id in referenced_files(row.document):
                if file_id not in self.tables["files"]:
                    current = self.tables["assets"][row.document["id"]]
                    text = f"{member} is empty, because the file {file_id} is lost"
                    self._change("assets", current, text, **{member: ""})

    def _mend_shared_members(self) -> None:
        for table, rules in SHARED.items():
            for row in self._rows(table):
                for reference, other_table, member in rules:
                    current = self.tables[table][row.document["id"]]
                    other = self.tables[other_table].get(current.document[reference] or "")
                    if other and other.document[member] != current.document[member]:
                        text = f"{member} is now that of its {reference}"
                        self._change(table, current, text, **{member: other.document[member]})

    def _mend_workflows(self) -> None:
        first_steps: dict[str, str] = {}
        for step in sorted(self._rows("steps"), key=lambda row: -row.document["order"]):
            first_steps[step.document["projectId"]] = step.document["id"]
        for row in self._rows("assets"):
            asset = row.document
            project = self.tables["projects"][asset["projectId"]]
            first = first_steps.get(asset["projectId"])
            step_id = asset["stepId"] or first
            if (project.document["workflowVersion"] == "V1") != (step_id is None):
                version = "V2" if step_id else "V1"
                text = f"workflowVersion is now {version}, as its assets have it"
                self._change("projects", project, text, workflowVersion=version)
            status = (asset["stepStatus"] or "TO_DO") if step_id else None
            if (step_id, status) != (asset["stepId"], asset["stepStatus"]):
                text = f"is now in step {step_id}, as {status}"
                self._change("assets", row, text, stepId=step_id, stepStatus=status)

    def _mend_repeated_values(self) -> None:
        for table, keys in UNIQUE.items():
            for members in keys:
                seen: set[tuple[Any, ...]] = set()
                for row in self._rows(table):
                    value = tuple(row.document[member] for member in members)
                    if value in seen:
                        self._mend_repeated(table, row, members)
                    seen.add(value)

    def _mend_repeated(self, table: str, row: Row, members: tuple[str, ...]) -> None:
        renamed, document_id = _RENAMED.get(table), row.document["id"]
        if renamed is None:
            self._drop(table, row, f"another document has the same {' and '.join(members)}")
            return
        name = f"recovered-{document_id}" + ("@example.com" if renamed == "email" else "")
        text = f"{renamed} is now {name}, because another document has the former value"
        self._change(table, row, text, **{renamed: name})

    def _mend_positions(self) -> None:
        seen: set[int] = set()
        for table, rows in self.tables.items():
            for row in self._rows(table):
                if row.position in seen:
                    rows[row.document["id"]] = Row(self._take_position(), row.document)
                    self.findings.change(table, row.document["id"], "is now the newest document")
                seen.add(row.position)

    def _mend_labels(self) -> None:
        spec = next(each for each in TABLES if each.name == "labels")
        labels = TableSnapshot(spec).changed(dict(self.tables["labels"]))
        for asset in self._rows("assets"):
            found = labels.find("asset", asset.document["id"])
            for label, marks in label_marks(found, has_steps=bool(asset.document["stepId"])):
                marks["numberOfAnnotations"] = label["search"]["numberOfAnnotations"]
                self._recompute("labels", label["id"], marks)

    def _mend_counts(self) -> None:
        lines, calls = (
            Counter(row.document["runId"] for row in self.tables[table].values())
            for table in ("pluginLogs", "runCalls")
        )
        for row in self._rows("runs"):
            run_id = row.document["id"]
            call_count = max(row.document["callCount"], calls[run_id])
            self._recompute("runs", run_id, {"lineCount": lines[run_id], "callCount": call_count})

    def _recompute(self, table: str, document_id: str, members: Document) -> None:
        row = self.tables[table][document_id]
        wrong = [name for name, value in members.items() if row.document.get(name) != value]
        if wrong:
            self._change(table, row, f"{', '.join(wrong)} computed again", **members)
