"""Demo projects: an interface and a few assets to begin with (contract/project.md#demo-projects).

What each of them holds is in ``seed_data/demo``: the platform's own contents are not public.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kili_emulator import errors
from kili_emulator.config import seed_data_folder
from kili_emulator.domain import asset, file
from kili_emulator.domain.documents import ProjectDoc
from kili_emulator.domain.project import create_project
from kili_emulator.domain.world import Transaction
from kili_emulator.rules.workflow import NewWorkflow

_OPERATION = "createProject"
_MEDIA_TYPES = {".pdf": "application/pdf", ".png": "image/png"}

# What a demo project brings itself.
_DEMO_MEMBERS = ("inputType", "jsonInterface", "projectType", "pixelLabeling")


def create_demo_project(
    tx: Transaction, kind: str, data: dict[str, Any], workflow: NewWorkflow
) -> ProjectDoc:
    """Create a project with the interface and the assets of a demo.

    Args:
        kind: one of the platform's ``DemoProjectType``.
        workflow: which one the project has.
        data: ``title``, and where given ``description`` and ``complianceTags``.

    Raises:
        KiliError: something is given that the demo itself says.
    """
    conflicting_members = [
        name for name in _DEMO_MEMBERS if data.get(name) and data[name] != "null"
    ]
    if conflicting_members:
        raise errors.demo_arguments_not_allowed(_OPERATION, conflicting_members)
    demo = _load_demo(kind)
    project = create_project(
        tx,
        title=data["title"],
        description=data.get("description"),
        input_type=demo["inputType"],
        json_interface=json.dumps(demo["jsonInterface"], ensure_ascii=False),
        settings={"complianceTags": data.get("complianceTags") or []},
        workflow=workflow,
    )
    rows = [_build_asset_row(tx, project, each) for each in demo["assets"]]
    asset.create_assets(tx, "appendManyAssets", project["id"], rows)
    return project


def _folder() -> Path:
    return seed_data_folder() / "demo"


@cache
def _load_demo(kind: str) -> dict[str, Any]:
    text = (_folder() / f"{kind}.yaml").read_text(encoding="utf-8")
    demo: dict[str, Any] = yaml.safe_load(text)
    return demo


def _build_asset_row(tx: Transaction, project: ProjectDoc, each: dict[str, Any]) -> dict[str, Any]:
    """An asset as :func:`kili_emulator.domain.asset.create_assets` takes it."""
    row = {"id": tx.new_id(), "externalId": each["externalId"]}
    folder = file.folder(project["id"], row["id"])
    if "text" in each:
        return {**row, "content": each["text"]}
    if "json" in each:
        return {**row, "content": json.dumps(each["json"], ensure_ascii=False)}
    if "file" in each:
        return {**row, "content": _store_demo_file(tx, project, f"{folder}/content", each["file"])}
    frames = {
        str(number): _store_demo_file(tx, project, f"{folder}/frame/{number}", name)
        for number, name in enumerate(each["frames"])
    }
    return {**row, "jsonContent": json.dumps(frames)}


def _store_demo_file(tx: Transaction, project: ProjectDoc, file_id: str, name: str) -> str:
    """The reference to a medium of the demos, which is now a file of the project."""
    path = _folder() / name
    upload = file.Upload(file_id, project["id"])
    file.store(tx, upload, path.read_bytes(), _MEDIA_TYPES[path.suffix])
    return file.reference(file_id)
