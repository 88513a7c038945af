"""Documents from what a source tells about them: members that it does not tell get defaults.

The empty id stands for an unknown user; the loading of a project replaces it by an administrator.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from kili_emulator.domain import file
from kili_emulator.domain.documents import (
    AssetDoc,
    FileDoc,
    LabelDoc,
    MemberDoc,
    ProjectDoc,
    UserDoc,
)
from kili_emulator.rules.annotations import search_counts
from kili_emulator.rules.json_text import parse_json
from kili_emulator.rules.latest_labels import MARKS
from kili_emulator.rules.project_settings import DEFAULTS
from kili_emulator.rules.workflow import initial_state

UNKNOWN_USER = ""
ORGANIZATION = ""
_ROLES = ("ADMIN", "TEAM_MANAGER", "REVIEWER", "LABELER")

# A value of the API: the members that the source has.
Told = Mapping[str, Any]


def user_document(told: Told, created: str) -> UserDoc:
    """Return a user without a password.

    Args:
        told: ``id``, and any of the other members.
        created: the time to use for members without a time.
    """
    return {
        "id": told["id"],
        "email": (told.get("email") or f"{told['id']}@unknown.invalid").lower(),
        "firstname": told.get("firstname") or "",
        "lastname": told.get("lastname") or "",
        "organizationId": ORGANIZATION,
        "organizationRole": told.get("organizationRole") or "USER",
        "activated": told.get("activated") is not False,
        "hasCompletedLabelingTour": bool(told.get("hasCompletedLabelingTour")),
        "hubspotSubscriptionStatus": told.get("hubspotSubscriptionStatus"),
        "isServiceAccount": bool(told.get("isServiceAccount")),
        "isInvited": False,
        "password": None,
        "createdAt": told.get("createdAt") or created,
        "updatedAt": told.get("updatedAt") or created,
    }


def project_document(told: Told, created: str) -> ProjectDoc:
    """Return a project; the settings that are not told have their defaults."""
    settings = {
        name: default if told.get(name) is None else told[name]
        for name, default in DEFAULTS.items()
    }
    document: Any = {
        "title": told.get("title") or told["id"],
        "description": told.get("description") or "",
        "inputType": told["inputType"],
        "jsonInterface": told["jsonInterface"],
        **settings,
        "setStatistics": {},
        "id": told["id"],
        "authorId": told.get("authorId") or UNKNOWN_USER,
        "organizationId": ORGANIZATION,
        "createdAt": told.get("createdAt") or created,
        "updatedAt": told.get("updatedAt") or created,
        "archivedAt": told.get("archivedAt"),
        "deletedAt": None,
    }
    return cast(ProjectDoc, document)


def member_document(told: Told, project_id: str, joined: str) -> MemberDoc:
    """Return a member of the project.

    Args:
        told: ``id``, ``userId``, ``role``, and any of the other members.
    """
    return {
        "id": told["id"],
        "projectId": project_id,
        "userId": told["userId"],
        "role": told["role"] if told["role"] in _ROLES else "LABELER",
        "starred": bool(told.get("starred")),
        "joinedAt": joined,
        "deletedAt": told.get("deletedAt"),
        "createdAt": joined,
    }


def asset_document(told: Told, project_id: str, created: str) -> AssetDoc:
    """Return an asset.

    Args:
        told: ``id``, and any of the other members; ``jsonMetadata`` is a text or a JSON value.
    """
    metadata = told.get("jsonMetadata")
    state: dict[str, Any] = dict(initial_state(told.get("status")))
    for name in state:
        if told.get(name) is not None:
            state[name] = told[name]
    document: Any = {
        "id": told["id"],
        "projectId": project_id,
        "externalId": told.get("externalId") or told["id"],
        "content": told.get("content") or "",
        "jsonContent": told.get("jsonContent") or "",
        "resolution": told.get("resolution"),
        "pageResolutions": told.get("pageResolutions"),
        "jsonMetadata": metadata if isinstance(metadata, str) else _json_text(metadata or {}),
        "ocrMetadata": told.get("ocrMetadata"),
        **state,
        "createdAt": told.get("createdAt") or created,
        "updatedAt": told.get("updatedAt") or told.get("createdAt") or created,
    }
    return cast(AssetDoc, document)


def label_document(told: Told, asset: AssetDoc, input_type: str, version: int) -> LabelDoc:
    """Return a label; the loading of the project gives it its "latest" marks.

    Args:
        told: ``id``, ``authorId``, ``labelType``, ``createdAt`` and ``jsonResponse``, a JSON text;
            and any of the other members.
        version: the number of labels of the author on the asset before.
    """
    search = _search(told["jsonResponse"], input_type)
    seconds = told.get("secondsToLabel") or 0
    total = told.get("totalSecondsToLabel")
    document: Any = {
        "id": told["id"],
        "assetId": asset["id"],
        "projectId": asset["projectId"],
        "authorId": told["authorId"],
        "stepId": told.get("stepId"),
        "labelType": told["labelType"],
        "jsonResponse": told["jsonResponse"],
        "numberOfAnnotations": search["numberOfAnnotations"],
        "search": search,
        "modelName": told.get("modelName"),
        "secondsToLabel": int(seconds) if seconds == int(seconds) else seconds,
        "totalSecondsToLabel": round(seconds) if total is None else total,
        "clientVersion": told.get("clientVersion") or 0,
        "version": version if told.get("version") is None else told["version"],
        "referencedLabelId": told.get("referencedLabelId"),
        "isSentBackToQueue": bool(told.get("isSentBackToQueue")),
        "isHoneypot": bool(told.get("isHoneypot")),
        "isLastForStep": False,
        "honeypotMark": told.get("honeypotMark"),
        "inferenceMark": told.get("inferenceMark"),
        "consensusMark": told.get("consensusMark"),
        "reviewScore": told.get("reviewScore"),
        **dict.fromkeys(MARKS, False),
        "createdAt": told["createdAt"],
        "updatedAt": told.get("updatedAt") or told["createdAt"],
    }
    return cast(LabelDoc, document)


def _search(response: str, input_type: str) -> dict[str, Any]:
    """Return the counts of a response; those of one that cannot be read are zero."""
    try:
        value = parse_json(response)
    except ValueError:
        value = {}
    return search_counts(value if isinstance(value, dict) else {}, input_type)


class NewFile(NamedTuple):
    """A file of an asset, with its bytes."""

    document: FileDoc
    content: bytes

    @property
    def reference(self) -> str:
        """The text by which documents refer to the file."""
        return file.reference(self.document["id"])


def new_file(file_id: str, project_id: str, content: bytes, told: Told) -> NewFile:
    """Return a file.

    Args:
        told: ``contentType``, ``createdAt``, and ``linked``: the content is JSON with references.
    """
    document: FileDoc = {
        "id": file_id,
        "folder": file.folder_of(file_id),
        "projectId": project_id,
        "contentType": told["contentType"],
        "linked": bool(told.get("linked")),
        "size": len(content),
        "digest": hashlib.sha256(content).hexdigest(),
        "createdAt": told["createdAt"],
    }
    return NewFile(document, content)


def _json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
