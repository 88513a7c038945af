"""Refused requests about copies of projects and of labels."""

from __future__ import annotations

from typing import Any

from tests.bad_input.refused_request import UNKNOWN_ID, denied, forbidden, invalid, refused


def _labels(source: str, target: str, project: str) -> dict[str, Any]:
    return {"data": {"srcAssetId": source, "dstAssetId": target, "projectId": project}}


CASES = [
    denied("copyProject", "unknown project", data={"projectId": UNKNOWN_ID}),
    denied("copyProject", "foreign project", "labeler", data={"projectId": "<hidden project>"}),
    forbidden("copyProject", "ADMIN", "manager", data={"projectId": "<project>"}),
    invalid("copyProject", "no project", 'Field "projectId" of required type "ID!"', data={}),
    denied("copyLabels", "unknown source", **_labels(UNKNOWN_ID, "<farm>", "<project>")),
    denied("copyLabels", "unknown target", **_labels("<farm>", UNKNOWN_ID, "<project>")),
    denied("copyLabels", "asset of another project",
           **_labels("<farm>", "<pond>", "<hidden project>")),
    denied("copyLabels", "foreign project", "manager",
           **_labels("<hidden asset>", "<pond>", "<project>")),
    forbidden("copyLabels", "ADMIN", "manager", **_labels("<farm>", "<pond>", "<project>")),
    refused("copyLabels", "other interface", "[jsonResponseMalformed]",
            **_labels("<farm>", "<hidden asset>", "<hidden project>")),
    invalid("copyLabels", "no target", 'Field "dstAssetId" of required type "ID!"',
            data={"srcAssetId": "<farm>", "projectId": "<project>"}),
]  # fmt: skip
