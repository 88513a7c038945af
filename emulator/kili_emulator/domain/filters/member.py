"""The conditions of a ``ProjectUserWhere`` (contract/member.md#membership)."""

from __future__ import annotations

from kili_emulator.domain import member, statistics
from kili_emulator.domain.documents import MemberDoc
from kili_emulator.domain.filters.conditions import (
    ConditionTable,
    SelectionContext,
    Test,
    equals,
    matches_referenced,
    matches_user,
)


def _has_status(selection: SelectionContext, value: str) -> Test[MemberDoc]:
    return lambda document: member.status(selection.view, document) == value


def _is_active(selection: SelectionContext, value: bool) -> Test[MemberDoc]:
    """Compare the flag: a member is active if they have not left and have labeled an asset."""

    def test(document: MemberDoc) -> bool:
        is_active = (
            not document["deletedAt"]
            and statistics.work_totals(selection.view, document).assets > 0
        )
        return is_active == value

    return test


def _is_deleted(_: SelectionContext, value: bool) -> Test[MemberDoc]:
    return lambda document: bool(document["deletedAt"]) == value


MEMBER: ConditionTable[MemberDoc] = {
    "id": equals("id"),
    "activeInProject": _is_active,
    "deleted": _is_deleted,
    "project": matches_referenced("projectId", "projects", "project"),
    "status": _has_status,
    "user": matches_user("userId"),
}
