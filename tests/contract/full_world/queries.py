"""Arguments for each query that return content in the full world."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLField, get_named_type, is_leaf_type

from tests.contract.full_world.world import FullWorld
from tests.contract.schema import SCHEMA
from tests.kit.wire import selection_of

assert SCHEMA.query_type is not None
QUERIES: dict[str, GraphQLField] = SCHEMA.query_type.fields
LISTS = [name for name, field in QUERIES.items() if {"first", "skip"} <= set(field.args)]
COUNTS = {
    name: count
    for name in LISTS
    if (count := f"count{name[0].upper()}{name[1:]}") in QUERIES
}  # fmt: skip

_PLUGIN_ON_PROJECT = {"pluginName": "<plugin>", "projectId": "<project>"}
QUERY_ARGUMENTS: dict[str, dict[str, Any]] = {
    **{name: {"where": {}, "first": 1000, "skip": 0} for name in LISTS},
    **{name: {"where": {}} for name in COUNTS.values()},
    "annotations": {"where": {}},
    "asset": {"id": "<farm>"},
    "countAssetAnnotations": {"where": {}},
    "countPlugins": {"where": {}},
    "createUploadBucketSignedUrls": {"filePaths": ["<farm file>"]},
    "events": {"where": {}, "pagination": {}},
    "filterExistingAssets": {"projectID": "<project>", "externalIDs": ["farm", "pond", "none"]},
    "getAssetsMetadataValues": {"projectID": "<project>", "metadataKey": "place"},
    "getPluginBuildErrors": {"data": {"pluginName": "<broken plugin>"}},
    "getPluginLogs": {"data": _PLUGIN_ON_PROJECT},
    "getPluginRunnerStatus": {"name": "<plugin>"},
    "listPlugins": {},
    "listTagsByOrg": {},
    "listTagsByProject": {"projectId": "<project>"},
    "me": {},
    "organizationMetrics": {"where": {"organizationId": "<organization>"}},
    "viewer": {},
}


def run_query(full_world: FullWorld, query: str, key: str = "admin", **arguments: Any) -> Any:
    """Return the answer of a query, with all fields two levels deep."""
    fields = selection_of(QUERIES[query].type, 2)[1:-1] or None
    return full_world.wire.call(query, key, fields, **arguments)


def run_query_batch(
    full_world: FullWorld, query: str, key: str, arguments: list[dict[str, Any]]
) -> list[Any]:
    """Return the answers of a query to several sets of arguments, sent as one request."""
    field = QUERIES[query]
    variables = {
        f"{name}{number}": (name, value)
        for number, each in enumerate(arguments)
        for name, value in each.items()
    }
    kinds = ", ".join(f"${at}: {field.args[name].type}" for at, (name, _) in variables.items())
    fields = "" if is_leaf_type(get_named_type(field.type)) else "{ __typename }"
    asked = " ".join(
        f"r{number}: {query}({', '.join(f'{name}: ${name}{number}' for name in each)}) {fields}"
        for number, each in enumerate(arguments)
    )
    values = {at: value for at, (_, value) in variables.items()}
    body = {"query": f"query({kinds}) {{ {asked} }}", "variables": values}
    answer = full_world.wire.post(body, key=key).json()
    assert "errors" not in answer, answer
    return list(answer["data"].values())


def list_ids(full_world: FullWorld, *pages: tuple[str, int, int]) -> list[list[str]]:
    """Return the ids in pages of lists, read in one request.

    Args:
        pages: the query, ``first`` and ``skip`` of each.
    """
    fields = " ".join(
        f"page{number}: {query}(where: {{}}, first: {first}, skip: {skip}) {{ id }}"
        for number, (query, first, skip) in enumerate(pages)
    )
    answer = full_world.wire.post({"query": f"{{ {fields} }}"}).json()
    assert "errors" not in answer, answer
    return [[each["id"] for each in found] for found in answer["data"].values()]
