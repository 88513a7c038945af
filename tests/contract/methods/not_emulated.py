"""The methods of nouns that are not emulated, and helpers of the SDK that send no request."""

from __future__ import annotations

OUTSIDE = {
    method: reason
    for reason, methods in {
        "a helper of the SDK, which asks the server nothing": (
            "format_result",
            "internal.format_result",
        ),
        "not emulated yet: cloud storage": (
            "add_cloud_storage_connection",
            "cloud_storage_connections",
            "cloud_storage_integrations",
            "count_cloud_storage_integrations",
            "create_cloud_storage_integration",
            "delete_cloud_storage_integration",
            "storages.connections.create",
            "storages.connections.list",
            "storages.connections.list_as_generator",
            "storages.connections.sync",
            "storages.integrations.count",
            "storages.integrations.create_aws",
            "storages.integrations.create_azure",
            "storages.integrations.create_gcp",
            "storages.integrations.create_s3",
            "storages.integrations.delete",
            "storages.integrations.list",
            "storages.integrations.list_as_generator",
            "storages.integrations.update",
            "synchronize_cloud_storage_connection",
            "update_cloud_storage_integration",
        ),
        "not emulated yet: models and chats": (
            "llm.create_conversation",
            "llm.create_model",
            "llm.create_project_model",
            "llm.delete_model",
            "llm.delete_project_model",
            "llm.export",
            "llm.import_conversations",
            "llm.list_chat_items",
            "llm.model",
            "llm.models",
            "llm.project_models",
            "llm.update_project_model",
            "llm.update_properties_in_model",
        ),
    }.items()
    for method in methods
}
