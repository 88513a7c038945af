"""Events of assets."""

from __future__ import annotations

from tests.contract.events.registry import Stage, causes


@causes("asset.created")
def _(stage: Stage) -> None:
    """With an external id and without one."""
    where = {"id": stage.names["project"]}
    for data in (
        {"contentArray": ["http://example.com/1"], "externalIDArray": ["new"]},
        {"contentArray": ["http://example.com/2"]},
    ):
        stage.wire.call("appendManyAssets", data=data, where=where, selection="id")


@causes("asset.updated")
def _(stage: Stage) -> None:
    where, data = [{"id": stage.names["farm"]}], [{"priority": 2, "jsonMetadata": "{}"}]
    stage.wire.call("updatePropertiesInAssets", where=where, data=data, selection="id")


@causes("asset.deleted")
def _(stage: Stage) -> None:
    where = {"idIn": [stage.names["farm"], stage.names["pond"]]}
    stage.wire.call("deleteManyFromDataset", where=where, selection="id")
