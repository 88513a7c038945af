"""Demo projects: projects with a ready interface and a few assets.

See contract/project.md#demo-projects. ``seed_data/demo`` holds their content, because the contents
of the platform's demo projects are not public.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from kili_emulator import errors
from kili_emulator.config import seed_data_folder
from kili_emulator.domain import asset, file
from kili_emulator.domain.documents import ProjectDoc
from kili_emulator.domain.project import create_project
from kili_emulator.domain.world import Transaction
from kili_emulator.rules.workflow import NewWorkflow

_OPERATION = "createProject"
_MEDIA_TYPES = {".pdf": "application/pdf", ".png": "image/png"}

# The members of a request that a demo project defines itself.
_DEMO_MEMBERS = ("inputType", "jsonInterface", "projectType", "pixelLabeling")


def create_demo_project(
    tx: Transaction, kind: str, data: dict[str, Any], workflow: NewWorkflow
) -> ProjectDoc:
    """Create a project with the interface and the assets of a demo.

    Args:
        kind: a value of the platform's enum ``DemoProjectType``.
        workflow: the workflow of the new project.
        data: ``title``, and optionally ``description`` and ``complianceTags``.

    Raises:
        KiliError: ``data`` has a member that the demo defines itself.
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
    import yaml

    text = (_folder() / f"{kind}.yaml").read_text(encoding="utf-8")
    demo: dict[str, Any] = yaml.safe_load(text)
    return demo


def _build_asset_row(tx: Transaction, project: ProjectDoc, demo: dict[str, Any]) -> dict[str, Any]:
    """Build the row of a demo asset for :func:`kili_emulator.domain.asset.create_assets`."""
    row = {"id": tx.new_id(), "externalId": demo["externalId"]}
    folder = file.asset_folder(project["id"], row["id"])
    if "text" in demo:
        return {**row, "content": demo["text"]}
    if "json" in demo:
        return {**row, "content": json.dumps(demo["json"], ensure_ascii=False)}
    if "file" in demo:
        return {**row, "content": _store_demo_file(tx, project, f"{folder}/content", demo["file"])}
    frames = {
        str(number): _store_demo_file(tx, project, f"{folder}/frame/{number}", name)
        for number, name in enumerate(demo["frames"])
    }
    return {**row, "jsonContent": json.dumps(frames)}


def _store_demo_file(tx: Transaction, project: ProjectDoc, file_id: str, name: str) -> str:
    """Store a file of the demos as a file of the project; return its reference."""
    path = _folder() / name
    upload = file.Upload(file_id, project["id"])
    file.store(tx, upload, path.read_bytes(), _MEDIA_TYPES[path.suffix])
    return file.reference(file_id)
