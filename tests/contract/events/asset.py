"""Events of assets."""

from __future__ import annotations

from tests.contract.events.registry import CaseWorld, causes


@causes("asset.created")
def _(case_world: CaseWorld) -> None:
    """Append assets with and without an external id."""
    where = {"id": case_world.names["project"]}
    for data in (
        {"contentArray": ["http://example.com/1"], "externalIDArray": ["new"]},
        {"contentArray": ["http://example.com/2"]},
    ):
        case_world.wire.call("appendManyAssets", data=data, where=where, selection="id")


@causes("asset.updated")
def _(case_world: CaseWorld) -> None:
    where, data = [{"id": case_world.names["farm"]}], [{"priority": 2, "jsonMetadata": "{}"}]
    case_world.wire.call("updatePropertiesInAssets", where=where, data=data, selection="id")


@causes("asset.deleted")
def _(case_world: CaseWorld) -> None:
    where = {"idIn": [case_world.names["farm"], case_world.names["pond"]]}
    case_world.wire.call("deleteManyFromDataset", where=where, selection="id")
