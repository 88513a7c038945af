"""The conditions of an ``IssueWhere`` (on issues and questions) and of a ``CommentWhere``.

See contract/issue.md#issue-lists.
"""

from __future__ import annotations

from kili_emulator.domain.documents import CommentDoc, IssueDoc
from kili_emulator.domain.filters.conditions import (
    ConditionTable,
    equals,
    is_in,
    matches_referenced,
)
from kili_emulator.domain.filters.index_lookup import BY_ID, BY_PROJECT, Lookup

ISSUE: ConditionTable[IssueDoc] = {
    "id": equals("id"),
    "asset": matches_referenced("assetId", "assets", "asset"),
    "assetIn": is_in("assetId"),
    "project": matches_referenced("projectId", "projects", "project"),
    "status": equals("status"),
    "type": equals("type"),
}

ISSUE_LOOKUPS = (
    BY_ID,
    Lookup("asset", ("asset.id",), by_project=False),
    Lookup("asset", ("assetIn",), by_project=False),
    BY_PROJECT,
)

COMMENT: ConditionTable[CommentDoc] = {
    "id": equals("id"),
    "issue": matches_referenced("issueId", "issues", "issue"),
}
