"""The findings of a repair, in the form in which a command prints them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Findings:
    """What is wrong with a world, and what its repair changes.

    Attributes:
        faults: faults of files, each a sentence that names the file.
        unreadable: table → the number of documents whose content cannot be read.
        replaced: table → the ids of lost documents that are replaced by placeholders.
        dropped: table → the documents that are dropped, each with the reason.
        changed: table → the documents that are changed, each with the change.
        unrepaired: faults that stay, each a sentence.
        notes: further sentences for the user.
    """

    faults: list[str] = field(default_factory=list)
    unreadable: Counter[str] = field(default_factory=Counter)
    replaced: dict[str, list[str]] = field(default_factory=dict)
    dropped: dict[str, list[str]] = field(default_factory=dict)
    changed: dict[str, list[str]] = field(default_factory=dict)
    unrepaired: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def replace(self, table: str, document_id: str) -> None:
        self.replaced.setdefault(table, []).append(document_id)

    def drop(self, table: str, document_id: str, reason: str) -> None:
        self.dropped.setdefault(table, []).append(f"{document_id}: {reason}")

    def change(self, table: str, document_id: str, change: str) -> None:
        self.changed.setdefault(table, []).append(f"{document_id}: {change}")

    @property
    def concern_documents(self) -> bool:
        """Whether documents are lost or have to be changed."""
        return bool(self.unreadable or self.replaced or self.dropped or self.changed)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the report: a summary for each table, then its documents."""
        yield from self.faults
        for table, count in sorted(self.unreadable.items()):
            yield f"{table}: {_documents(count)} cannot be read"
        for verb, tables in (
            ("replaced by placeholders", self.replaced),
            ("dropped", self.dropped),
            ("changed", self.changed),
        ):
            for table, items in sorted(tables.items()):
                yield f"{table}: {_documents(len(items))} {verb}"
                yield from (f"  {each}" for each in items)
        yield from self.unrepaired
        yield from self.notes


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count} documents"
