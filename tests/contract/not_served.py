"""The excused operations and fields: SDKs request them, and the emulator does not serve them.

Delete an entry as soon as the emulator serves it; a test fails while an entry is unnecessary.
"""

from __future__ import annotations

NOT_SERVED_YET: frozenset[str] = frozenset()
"""Operations of the labeling day."""

FIELDS_NOT_SERVED_YET: frozenset[str] = frozenset()
"""Fields that served operations lack, as ``operation.path``."""

NOT_EMULATED_YET = {
    operation: reason
    for reason, operations in {
        "not emulated yet: cloud storage": (
            "Mutation.addDataConnection",
            "Mutation.computeDifferences",
            "Mutation.createDataIntegration",
            "Mutation.deleteDataIntegration",
            "Mutation.updatePropertiesInDataIntegration",
            "Mutation.validateDataDifferences",
            "Query.countDataIntegrations",
            "Query.dataConnection",
            "Query.dataConnections",
            "Query.dataIntegrations",
        ),
        "not emulated yet: models and chats": (
            "Mutation.createChatItem",
            "Mutation.createLLMAsset",
            "Mutation.createModel",
            "Mutation.createProjectModel",
            "Mutation.updateModel",
            "Mutation.updateProjectModel",
            "Query.chatItems",
            "Query.model",
            "Query.models",
            "Query.projectModels",
        ),
        "not emulated yet: files of annotations": (
            "Mutation.createAnnotationFileUpload",
            "Query.annotationFileUrl",
        ),
    }.items()
    for operation in operations
}
"""Operations outside the labeling day → why they are not served."""
