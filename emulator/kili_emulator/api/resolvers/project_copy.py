"""Copies of projects and of labels."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType

from kili_emulator.api.context import Info
from kili_emulator.domain import project_copy

mutation = MutationType()


@mutation.field("copyProject")
def copy_project(_: Any, info: Info, data: dict[str, Any]) -> str:
    with info.context.change() as tx:
        copied = project_copy.copy_project(
            tx,
            data["projectId"],
            with_assets=bool(data.get("shouldCopyAssets")),
            with_members=bool(data.get("shouldCopyUsers")),
        )
    return str(copied["id"])


@mutation.field("copyLabels")
def copy_labels(_: Any, info: Info, data: dict[str, Any]) -> bool:
    with info.context.change() as tx:
        project_copy.copy_labels(tx, data["srcAssetId"], data["dstAssetId"], data["projectId"])
    return True


BINDABLES = [mutation]
