"""What actions on many assets answer: the newer shape, and the older one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from kili_emulator.api.context import Info
from kili_emulator.domain.documents import AssetDoc, ProjectDoc


class NamedAsset(TypedDict):
    """The ids of an asset; ``externalId`` is ``None`` where the asset is gone."""

    assetId: str
    externalId: str | None


Outcome = dict[str, list[NamedAsset]]


def project_of(found: list[AssetDoc], info: Info) -> ProjectDoc | None:
    """The older answer: the project of the assets that an action is about."""
    return info.context.view.projects.require(found[0]["projectId"]) if found else None


def outcome(
    succeeded: list[AssetDoc], declined: list[AssetDoc], gone: Iterable[str] = ()
) -> Outcome:
    """The assets that an action was carried out on, and those to which it does not apply.

    Args:
        gone: ids of assets that do not exist, for which the action succeeded as well.
    """
    missing: list[NamedAsset] = [{"assetId": each, "externalId": None} for each in gone]
    return {
        "succeeded": [*map(_named, succeeded), *missing],
        "declined": [_named(each) for each in declined],
        "failed": [],
    }


def _named(asset: AssetDoc) -> NamedAsset:
    return {"assetId": asset["id"], "externalId": asset["externalId"]}
