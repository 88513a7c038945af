"""Typed annotations: the response of a label in the annotation types of the API.

See contract/annotation.md#typed-annotations.
"""

from __future__ import annotations

import json

from kili_emulator.domain.documents import LabelDoc
from kili_emulator.domain.world import View
from kili_emulator.rules.json_interface import parse_json_interface
from kili_emulator.rules.response import VIDEO_TYPES
from kili_emulator.rules.typed_annotations import Typed, typed_annotations


def annotations_of(view: View, label: LabelDoc) -> list[Typed]:
    """Return the annotations of a label.

    Returns:
        an empty list for a video of unknown size: SDKs from 25.2 on could not read the labels of
        such a video if they had annotations.
    """
    project = view.projects.require(label["projectId"])
    if (
        project["inputType"] in VIDEO_TYPES
        and not view.assets.require(label["assetId"])["resolution"]
    ):
        return []
    return typed_annotations(
        label["id"],
        json.loads(label["jsonResponse"]),
        parse_json_interface(project["jsonInterface"], "annotations"),
        project["inputType"],
    )
