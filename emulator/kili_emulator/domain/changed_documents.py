"""The summary of the documents that a transaction changes, for the timeline."""

from __future__ import annotations

from collections.abc import Iterable

from kili_emulator.observe.timeline import ChangeKind, ChangeSummary
from kili_emulator.storage.journal import Change

# The documents of a transaction of which a summary has the ids and the changed members.
_LISTED = 10

# The records that the emulator keeps about changes are no changes themselves.
_RECORDS = frozenset(
    ("decisions", "events", "internalEvents", "pluginLogs", "runCalls", "runs", "transactions")
)


def summarize(changes: Iterable[Change]) -> list[ChangeSummary]:
    """Return a summary for each table, and for added, changed and deleted documents."""
    groups: dict[tuple[str, ChangeKind], ChangeSummary] = {}
    for change in changes:
        table, document_id, before, after = change
        if table in _RECORDS:
            continue
        kind: ChangeKind = "added" if before is None else "deleted" if after is None else "changed"
        group = groups.get((table, kind))
        if group is None:
            group = {"table": table, "kind": kind, "count": 0, "ids": [], "members": []}
            groups[table, kind] = group
        group["count"] += 1
        if group["count"] <= _LISTED:
            group["ids"].append(document_id)
            if kind == "changed":
                _add_members(group, change)
    return list(groups.values())


def _add_members(group: ChangeSummary, change: Change) -> None:
    assert change.before is not None, change
    assert change.after is not None, change
    old, new = change.before.document, change.after.document
    members = group["members"]
    for name, value in new.items():
        is_kept = old.get(name) is value or (name in old and old[name] == value)
        if not is_kept and name not in members:
            members.append(name)
    members += [name for name in old.keys() - new.keys() if name not in members]
