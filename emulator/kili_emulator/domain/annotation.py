"""Typed annotations: a label's response in the API's types.

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
    """The annotations of a label.

    None for a video whose size is not known: clients from 25.2 on would then not read its labels.
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
