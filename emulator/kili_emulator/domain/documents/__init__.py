"""The types of the documents that a world stores: a ``TypedDict`` for each table.

A member without a value is ``None``. A member can be missing if older versions did not store it, or
if only some documents have it: such a member is declared in a base class with ``total=False``.
``kili_emulator.domain.tables`` assigns the document types to the tables. Times are ISO texts
(``kili_emulator.clock``). A member whose name ends in ``Id`` is the id of another document.

While the tests run, ``tests/kit/document_type_check.py`` compares the stored documents with these
declarations.

Imported by: api, client, domain, domain.filters, domain.simulated_user, domain.timeline,
domain.why, http, plugins, replays, scenario, services, transfer.
"""

from kili_emulator.domain.documents.asset import (
    AssetContent,
    AssetDoc,
    FileDoc,
    LockDoc,
    LockType,
)
from kili_emulator.domain.documents.event import EventDoc, EventReference
from kili_emulator.domain.documents.label import (
    CommentDoc,
    IssueDoc,
    IssueStatus,
    IssueType,
    LabelDoc,
    LabelMarks,
    LabelResponse,
)
from kili_emulator.domain.documents.organization import (
    ApiKeyDoc,
    MailDoc,
    NotificationDoc,
    OrganizationDoc,
    TagDoc,
    UserDoc,
)
from kili_emulator.domain.documents.plugin import (
    BuildErrorDoc,
    BuildLineType,
    CallConditions,
    DecisionDoc,
    LogLineDoc,
    LogType,
    Outcome,
    PluginDoc,
    PluginLink,
    PluginStatus,
    PluginVersionDoc,
    RefusalReason,
    RunCallDoc,
    RunDoc,
    RunMetadata,
    RunResult,
    WebhookAddress,
    WebhookAnswer,
    WebhookDelivery,
    WebhookRequest,
)
from kili_emulator.domain.documents.project import (
    MemberDoc,
    ProjectDoc,
    ProjectMembers,
    ProjectVersionDoc,
    StepDoc,
    StepGroupDoc,
)
from kili_emulator.domain.documents.transaction import TransactionDoc

__all__ = [
    "ApiKeyDoc",
    "AssetContent",
    "AssetDoc",
    "BuildErrorDoc",
    "BuildLineType",
    "CallConditions",
    "CommentDoc",
    "DecisionDoc",
    "EventDoc",
    "EventReference",
    "FileDoc",
    "IssueDoc",
    "IssueStatus",
    "IssueType",
    "LabelDoc",
    "LabelMarks",
    "LabelResponse",
    "LockDoc",
    "LockType",
    "LogLineDoc",
    "LogType",
    "MailDoc",
    "MemberDoc",
    "NotificationDoc",
    "OrganizationDoc",
    "Outcome",
    "PluginDoc",
    "PluginLink",
    "PluginStatus",
    "PluginVersionDoc",
    "ProjectDoc",
    "ProjectMembers",
    "ProjectVersionDoc",
    "RefusalReason",
    "RunCallDoc",
    "RunDoc",
    "RunMetadata",
    "RunResult",
    "StepDoc",
    "StepGroupDoc",
    "TagDoc",
    "TransactionDoc",
    "UserDoc",
    "WebhookAddress",
    "WebhookAnswer",
    "WebhookDelivery",
    "WebhookRequest",
]
