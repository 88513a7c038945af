"""Placeholders: documents in place of lost ones, so that the documents that refer to them stay.

The work of people refers to users, projects, steps and assets. A placeholder has the id of the lost
document, a name that says so, and the plainest values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kili_emulator.domain import license_terms
from kili_emulator.rules.project_settings import DEFAULTS
from kili_emulator.rules.workflow import initial_state
from kili_emulator.storage.snapshot import Document, Row

# table → id → row
Tables = dict[str, dict[str, Row]]


def make_placeholder(tables: Tables, table: str, document_id: str, now: str) -> Document | None:
    """Return a placeholder for a lost document; ``None`` for tables that have none.

    Args:
        tables: the documents that are left.
        now: the time of the repair.
    """
    make = _MAKERS.get(table)
    return make(tables, document_id, now) if make else None


def _name(document_id: str) -> str:
    return f"Recovered {document_id}"


def _organization(_: Tables, document_id: str, now: str) -> Document:
    return {
        "id": document_id,
        "name": _name(document_id),
        "address": "",
        "city": "",
        "country": "",
        "zipCode": "",
        "license": dict(license_terms.DEFAULTS),
        "creatorId": None,
        "createdAt": now,
    }


def _user(tables: Tables, document_id: str, now: str) -> Document:
    return {
        "id": document_id,
        "email": f"recovered-{document_id}@example.com",
        "firstname": "Recovered",
        "lastname": document_id,
        "organizationId": _first_id(tables, "organizations") or document_id,
        "organizationRole": "USER",
        "activated": True,
        "hasCompletedLabelingTour": False,
        "hubspotSubscriptionStatus": None,
        "isServiceAccount": False,
        "isInvited": False,
        "password": None,
        "createdAt": now,
        "updatedAt": now,
    }


def _project(tables: Tables, document_id: str, now: str) -> Document:
    has_steps = any(
        row.document.get("projectId") == document_id for row in tables["steps"].values()
    )
    return {
        **DEFAULTS,
        "title": _name(document_id),
        "description": "The settings and the interface of this project were lost.",
        "inputType": "IMAGE",
        "jsonInterface": "{}",
        "geospatialSettings": None,
        "workflowVersion": "V2" if has_steps else "V1",
        "setStatistics": {},
        "id": document_id,
        "authorId": _first_id(tables, "users") or document_id,
        "organizationId": _first_id(tables, "organizations") or document_id,
        "createdAt": now,
        "updatedAt": now,
        "archivedAt": None,
        "deletedAt": None,
    }


def _step_group(tables: Tables, document_id: str, _: str) -> Document:
    step = _referring(tables, "steps", "stepGroupId", document_id)
    return {"id": document_id, "projectId": step["projectId"], "name": _name(document_id)}


def _step(tables: Tables, document_id: str, _: str) -> Document:
    asset = _referring(tables, "assets", "stepId", document_id)
    orders = [
        row.document["order"]
        for row in tables["steps"].values()
        if row.document["projectId"] == asset["projectId"]
    ]
    return {
        "id": document_id,
        "projectId": asset["projectId"],
        "name": _name(document_id),
        "type": "REVIEW" if orders else "DEFAULT",
        "order": max(orders, default=0) + 1,
        "stepGroupId": None,
        "assigneeIds": None,
        "stepCoverage": None,
        "consensusCoverage": None,
        "numberOfExpectedLabelsForConsensus": None,
        "sendBackStepId": None,
        "useHoneypot": False,
    }


def _asset(tables: Tables, document_id: str, now: str) -> Document:
    label = _referring(tables, "labels", "assetId", document_id)
    return {
        **initial_state(None),
        "id": document_id,
        "projectId": label["projectId"],
        "externalId": _name(document_id),
        "content": "",
        "jsonContent": "",
        "resolution": None,
        "pageResolutions": None,
        "jsonMetadata": "{}",
        "ocrMetadata": None,
        "stepId": label["stepId"],
        "stepStatus": "TO_DO" if label["stepId"] else None,
        "createdAt": now,
        "updatedAt": now,
    }


def _first_id(tables: Tables, table: str) -> str | None:
    rows = sorted(tables[table].values(), key=lambda row: row.position)
    return str(rows[0].document["id"]) if rows else None


def _referring(tables: Tables, table: str, member: str, document_id: str) -> dict[str, Any]:
    """Return a document that refers to the lost one."""
    return next(
        row.document for row in tables[table].values() if row.document[member] == document_id
    )


_MAKERS: dict[str, Callable[[Tables, str, str], Document]] = {
    "organizations": _organization,
    "users": _user,
    "projects": _project,
    "stepGroups": _step_group,
    "steps": _step,
    "assets": _asset,
}
# The table and member whose documents are the reason for a placeholder; other references to a lost
# document of this table do not justify one.
REASONS: dict[str, tuple[str, str] | None] = {
    "organizations": None,
    "users": None,
    "projects": None,
    "stepGroups": ("steps", "stepGroupId"),
    "steps": ("assets", "stepId"),
    "assets": ("labels", "assetId"),
}
