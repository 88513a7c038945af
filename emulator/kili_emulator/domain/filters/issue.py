"""Which issues and questions an ``IssueWhere`` selects, and which comments.

See contract/issue.md#issue-lists.
"""

from __future__ import annotations

from kili_emulator.domain.documents import CommentDoc, IssueDoc
from kili_emulator.domain.filters.conditions import Table, equals, is_in, referenced

ISSUE: Table[IssueDoc] = {
    "id": equals("id"),
    "asset": referenced("assetId", "assets", "asset"),
    "assetIn": is_in("assetId"),
    "project": referenced("projectId", "projects", "project"),
    "status": equals("status"),
    "type": equals("type"),
}

COMMENT: Table[CommentDoc] = {"id": equals("id"), "issue": referenced("issueId", "issues", "issue")}
