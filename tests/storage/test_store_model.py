"""The document store against a model that keeps a whole copy of its content per mark."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kili_emulator.storage.documents import DocumentStore
from kili_emulator.storage.journal import Change
from kili_emulator.storage.snapshot import Row, TableSpec

SPECS = [
    TableSpec("assets", {"owner": lambda asset: asset.get("owner")}),
    TableSpec("labels", {"owner": lambda label: label.get("owner")}, date_member="createdAt"),
]
TABLE = st.sampled_from(["assets", "labels"])
ID = st.sampled_from("abc")
VALUE = st.one_of(
    st.none(), st.booleans(), st.integers(0, 2), st.sampled_from(["1", "2"]), st.just([{"x": 1}])
)
MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "owner": st.sampled_from([None, "me", "you"]),
        "status": VALUE,
        "createdAt": st.sampled_from("123"),
        "extra": VALUE,
    },
)

Content = dict[str, dict[str, Row]]


def _as_text(rows: Iterable[Row]) -> list[str]:
    """Return rows as JSON, in which ``1``, ``1.0`` and ``true`` differ."""
    return [json.dumps(row, sort_keys=True) for row in rows]


class StoreMachine(RuleBasedStateMachine):
    """Commits, marks and rollbacks; the model is a copy of all rows."""

    path: Path | None = None

    def __init__(self) -> None:
        super().__init__()
        self.store = DocumentStore(SPECS, self.path)
        self.content: Content = {"assets": {}, "labels": {}}
        self.marks: dict[int, Content] = {0: deepcopy(self.content)}
        self.pending: dict[tuple[str, str], Row | None] = {}
        self.passing: set[int] = set()  # the marks that may be forgotten

    def _put(self, table: str, document_id: str, row: Row | None, *, commit: bool) -> None:
        self.pending[table, document_id] = row
        if commit:
            self.commit()

    def _now(self, table: str, document_id: str) -> Row | None:
        if (table, document_id) in self.pending:
            return self.pending[table, document_id]
        return self.content[table].get(document_id)

    @initialize()
    def fill(self) -> None:
        for each in "ab":
            self.insert("assets", each, {"status": "new"}, commit=False)
            self.insert("labels", each, {}, commit=True)
        self.mark()

    @rule(table=TABLE, document_id=ID, members=MEMBERS, commit=st.booleans())
    def insert(
        self, table: str, document_id: str, members: dict[str, Any], *, commit: bool
    ) -> None:
        if self._now(table, document_id) is None:
            document = {"id": document_id, "createdAt": "2", **members}
            row = Row(self.store.take_position(), document)
            self._put(table, document_id, row, commit=commit)

    @rule(
        table=TABLE,
        document_id=ID,
        members=MEMBERS,
        removed=st.sets(st.just("extra")),
        commit=st.booleans(),
    )
    def change(
        self,
        table: str,
        document_id: str,
        members: dict[str, Any],
        removed: set[str],
        *,
        commit: bool,
    ) -> None:
        row = self._now(table, document_id)
        if row is not None:
            new = {**row.document, **members}
            kept = {name: value for name, value in new.items() if name not in removed}
            self._put(table, document_id, Row(row.position, kept), commit=commit)

    @rule(table=TABLE, document_id=ID, commit=st.booleans())
    def delete(self, table: str, document_id: str, *, commit: bool) -> None:
        self._put(table, document_id, None, commit=commit)

    @rule()
    def commit(self) -> None:
        changes = [
            Change(table, each, self.content[table].get(each), row)
            for (table, each), row in self.pending.items()
        ]
        changes = [each for each in changes if each.before != each.after]
        self.store.commit(changes, {})
        for table, each, _, after in changes:
            if after is None:
                self.content[table].pop(each, None)
            else:
                self.content[table][each] = after
        self.pending.clear()

    @rule()
    def mark(self) -> None:
        sequence = self.store.mark()
        self.marks[sequence] = deepcopy(self.content)
        self.passing.discard(sequence)

    @rule()
    def set_passing_mark(self) -> None:
        is_new = self.store.sequence not in self.marks
        sequence = self.store.mark(is_lasting=False)
        self.marks[sequence] = deepcopy(self.content)
        if is_new:
            self.passing.add(sequence)

    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sets(st.sampled_from(sorted(self.marks))))
        self.store.forget(chosen & self.passing)
        for each in chosen & self.passing - {max(self.marks)}:
            del self.marks[each]
            self.passing.remove(each)

    @rule(data=st.data())
    def look_back(self, data: st.DataObject) -> None:
        sequence = data.draw(st.sampled_from(sorted(self.marks)))
        state = self.store.state_at(sequence)
        for name, table in state.snapshot.items():
            expected = sorted(self.marks[sequence][name].values(), key=table.spec.sort_key)
            assert _as_text(table.rows()) == _as_text(expected)

    @rule(data=st.data())
    def roll_back(self, data: st.DataObject) -> None:
        sequence = data.draw(st.sampled_from(sorted(self.marks)))
        self.store.roll_back(sequence, {})
        self.content = deepcopy(self.marks[sequence])
        self.marks = {each: copy for each, copy in self.marks.items() if each <= sequence}
        self.passing &= self.marks.keys()
        self.pending.clear()

    @rule(sequence=st.integers(-1, 30))
    def refuse_an_unmarked_commit(self, sequence: int) -> None:
        if sequence not in self.marks and sequence != self.store.sequence:
            with pytest.raises(ValueError, match=r"there is no commit|the mark is unknown"):
                self.store.roll_back(sequence, {})

    @precondition(lambda self: self.path is not None)
    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = DocumentStore(SPECS, self.path)
        self.marks[self.store.sequence] = deepcopy(self.content)
        self.passing.discard(self.store.sequence)
        self.pending.clear()

    @invariant()
    def store_has_the_content_of_the_model(self) -> None:
        for name, table in self.store.snapshot.items():
            expected = sorted(self.content[name].values(), key=table.spec.sort_key)
            assert _as_text(table.rows()) == _as_text(expected)
            for owner in ("me", "you"):
                owned = [row.document for row in expected if row.document.get("owner") == owner]
                assert table.find("owner", owner) == owned

    @invariant()
    def journal_has_at_most_one_entry_per_mark_and_document(self) -> None:
        entries = list(self.store.storage._file.entries_since(0))
        assert len(entries) <= len(self.marks) * 6

    def teardown(self) -> None:
        self.store.close()


class FileStoreMachine(StoreMachine):
    """The same with a file, which can be reopened."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp()
        self.path = Path(self.folder) / "documents.sqlite"
        super().__init__()

    def teardown(self) -> None:
        super().teardown()
        shutil.rmtree(self.folder)


TestMemoryStore = StoreMachine.TestCase
TestMemoryStore.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
TestFileStore = FileStoreMachine.TestCase
TestFileStore.settings = settings(max_examples=40, stateful_step_count=50, deadline=None)
