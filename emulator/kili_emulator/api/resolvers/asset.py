"""Assets."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType

from kili_emulator import errors
from kili_emulator.api.context import Info
from kili_emulator.api.resolvers.arguments import named_ids, required_id, rows, selected_assets
from kili_emulator.api.resolvers.outcome import AssetsOutcome, outcome, project_of
from kili_emulator.domain import asset as assets_of
from kili_emulator.domain import asset_import, asset_layer, file, workflow
from kili_emulator.domain.documents import AssetDoc, IssueDoc, LabelDoc, NotificationDoc, ProjectDoc
from kili_emulator.domain.filters import Where

query = QueryType()
mutation = MutationType()
asset = ObjectType("Asset")


@query.field("assets")
def assets(_: Any, info: Info, where: Where, first: int, skip: int) -> list[AssetDoc]:
    return info.context.selection.assets(where).page(first, skip)


@query.field("countAssets")
def count_assets(_: Any, info: Info, where: Where) -> int:
    return info.context.selection.assets(where).count()


@query.field("asset")
def asset_by_id(_: Any, info: Info, id: str) -> AssetDoc:  # noqa: A002
    found = list(info.context.selection.assets({"id": id}))
    if not found:
        raise errors.asset_not_found(id)
    return found[0]


@query.field("countAssetAnnotations")
def count_asset_annotations(_: Any, info: Info, where: Where) -> int:
    return assets_of.count_annotations(info.context.view, info.context.selection.assets(where))


@query.field("getAssetsMetadataValues")
def metadata_values(
    _: Any,
    info: Info,
    projectID: str,  # noqa: N803
    metadataKey: str,  # noqa: N803
) -> list[str]:
    found = info.context.selection.assets({"project": {"id": projectID}})
    return assets_of.metadata_values(found, metadataKey)


@query.field("filterExistingAssets")
def filter_existing_assets(
    _: Any,
    info: Info,
    projectID: str,  # noqa: N803
    externalIDs: list[str],  # noqa: N803
) -> list[str]:
    where = {"project": {"id": projectID}, "externalIdStrictlyIn": externalIDs}
    return [each["externalId"] for each in info.context.selection.assets(where)]


@query.field("createUploadBucketSignedUrls")
def signed_urls(
    _: Any,
    info: Info,
    filePaths: list[str] | None = None,  # noqa: N803
) -> list[str]:
    context = info.context
    uploads = [file.plan_upload(context.access, path) for path in filePaths or []]
    return [context.upload_url(upload) for upload in uploads]


_ARRAYS = {
    "content": "contentArray",
    "externalId": "externalIDArray",
    "id": "idArray",
    "isHoneypot": "isHoneypotArray",
    "jsonContent": "jsonContentArray",
    "jsonMetadata": "jsonMetadataArray",
    "layers": "multiLayerContentArray",
    "status": "statusArray",
}


def _created_from(operation: str, info: Info, data: dict[str, Any], where: Where) -> list[AssetDoc]:
    project_id = required_id(operation, where)
    with info.context.change() as tx:
        return assets_of.create_assets(tx, operation, project_id, rows(operation, _ARRAYS, data))


@mutation.field("appendManyAssets")
def append_many_assets(_: Any, info: Info, data: dict[str, Any], where: Where) -> list[AssetDoc]:
    return _created_from("appendManyAssets", info, data, where)


@mutation.field("appendManyToDataset")
def append_many_to_dataset(_: Any, info: Info, data: dict[str, Any], where: Where) -> ProjectDoc:
    _created_from("appendManyToDataset", info, data, where)
    return info.context.view.projects.require(where["id"])


def _imported_from(
    operation: str, info: Info, data: dict[str, Any], where: Where
) -> NotificationDoc:
    project_id = required_id(operation, where)
    upload_type = data.get("uploadType")
    with info.context.change() as tx:
        return asset_import.import_assets(
            tx, operation, project_id, upload_type, rows(operation, _ARRAYS, data)
        )


@mutation.field("appendManyAssetsAsynchronously")
def append_asynchronously(
    _: Any, info: Info, data: dict[str, Any], where: Where
) -> NotificationDoc:
    return _imported_from("appendManyAssetsAsynchronously", info, data, where)


@mutation.field("appendManyFramesToDatasetAsynchronously")
def append_frames(_: Any, info: Info, data: dict[str, Any], where: Where) -> NotificationDoc:
    return _imported_from("appendManyFramesToDatasetAsynchronously", info, data, where)


@mutation.field("updatePropertiesInAssets")
def update_assets(
    _: Any, info: Info, where: list[Where], data: list[dict[str, Any]]
) -> list[AssetDoc]:
    operation = "updatePropertiesInAssets"
    if len(where) != len(data):
        raise errors.lengths_differ(operation, {"where": len(where), "data": len(data)})
    with info.context.change() as tx:
        updates = (
            (selected_assets(tx, operation, each), _given(members))
            for each, members in zip(where, data, strict=True)
        )
        return assets_of.update_assets(tx, updates)


def _given(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


@mutation.field("deleteAssets")
def delete_assets(_: Any, info: Info, where: Where) -> AssetsOutcome:
    operation = "deleteAssets"
    with info.context.change() as tx:
        gone = [each for each in dict.fromkeys(named_ids(where)) if not tx.assets.get(each)]
        found = selected_assets(tx, operation, where, besides=gone)
        assets_of.delete_assets(tx, operation, found)
    return outcome(found, [], gone)


@mutation.field("deleteManyFromDataset")
def delete_many_from_dataset(_: Any, info: Info, where: Where) -> ProjectDoc | None:
    operation = "deleteManyFromDataset"
    with info.context.change() as tx:
        found = selected_assets(tx, operation, where)
        assets_of.delete_assets(tx, operation, found)
    return project_of(found, info)


@asset.field("content")
def content(owner: AssetDoc, info: Info) -> str:
    return info.context.client_url(owner["content"])


@asset.field("jsonContent")
def json_content(owner: AssetDoc, info: Info) -> str:
    return info.context.client_url(owner["jsonContent"])


@asset.field("thumbnail")
def thumbnail(owner: AssetDoc, info: Info) -> str | None:
    shown = assets_of.image_content(info.context.view, owner)
    return info.context.client_url(shown) if shown else None


@asset.field("isToReview")
def is_to_review(owner: AssetDoc, _: Info) -> bool:
    return bool(owner["status"] == "TO_REVIEW")


@asset.field("dataIntegrationId")
@asset.field("duration")
@asset.field("readPermissionsFromLabels")
def unknown(_: AssetDoc, __: Info) -> None:
    """Return null, because the emulator has no value; the schema gives the reason."""


@asset.field("geospatialExportMetadata")
def geospatial_export_metadata(owner: AssetDoc, info: Info) -> list[dict[str, Any]] | None:
    return asset_layer.describe_layers(info.context.world, info.context.view, owner)


@asset.field("ocrMetadata")
def ocr_metadata(owner: AssetDoc, info: Info) -> str | None:
    return info.context.client_url(owner["ocrMetadata"]) if owner["ocrMetadata"] else None


@asset.field("metadata")
def metadata(owner: AssetDoc, _: Info) -> Any:
    return assets_of.metadata(owner)


@asset.field("labels")
def labels(owner: AssetDoc, info: Info) -> list[LabelDoc]:
    return info.context.view.labels.find("asset", owner["id"])


@asset.field("latestLabel")
def latest_label(owner: AssetDoc, info: Info) -> LabelDoc | None:
    return workflow.latest_label(info.context.view, owner)


@asset.field("issues")
def issues(owner: AssetDoc, info: Info) -> list[IssueDoc]:
    return info.context.view.issues.find("asset", owner["id"])


@asset.field("project")
def project(owner: AssetDoc, info: Info) -> ProjectDoc:
    return info.context.view.projects.require(owner["projectId"])


BINDABLES = [query, mutation, asset]
