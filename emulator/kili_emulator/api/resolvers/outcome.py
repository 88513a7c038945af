"""The answers of actions on many assets: the newer shape, and the older one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from kili_emulator.api.context import Info
from kili_emulator.domain.documents import AssetDoc, ProjectDoc


class NamedAsset(TypedDict):
    """The ids of an asset; ``externalId`` is ``None`` if the asset does not exist."""

    assetId: str
    externalId: str | None


AssetsOutcome = dict[str, list[NamedAsset]]


def project_of(found: list[AssetDoc], info: Info) -> ProjectDoc | None:
    """Return the older answer: the project of the assets of an action."""
    return info.context.view.projects.require(found[0]["projectId"]) if found else None


def outcome(
    succeeded: list[AssetDoc], declined: list[AssetDoc], gone: Iterable[str] = ()
) -> AssetsOutcome:
    """Return the newer answer: the changed assets, and those to which the action does not apply.

    Args:
        gone: ids of assets that do not exist; the action counts as succeeded for them.
    """
    missing: list[NamedAsset] = [{"assetId": each, "externalId": None} for each in gone]
    return {
        "succeeded": [*map(_named, succeeded), *missing],
        "declined": [_named(each) for each in declined],
        "failed": [],
    }


def _named(asset: AssetDoc) -> NamedAsset:
    return {"assetId": asset["id"], "externalId": asset["externalId"]}
