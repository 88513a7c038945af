"""Fields that the API documents and old clients request, in each SDK generation.

See contract/asset.md#content.
"""

from __future__ import annotations

from typing import Any

import pytest

from kili_emulator.app import Emulator
from tests.kit.labeling_project import LabelingProject
from tests.kit.sdk_process import SdkSession
from tests.kit.wire import Wire

FIELDS = ["content", "duration", "externalId", "readPermissionsFromLabels", "thumbnail"]


def test_each_sdk_reads_a_fixed_list_of_fields(notebook: SdkSession) -> None:
    """No client checks that the server has a field: one missing field breaks the list."""
    found = notebook.run(f"list(kili.assets(project_id=project_id, fields={FIELDS!r}))")
    for asset in found.checked().value:
        assert asset["thumbnail"] == asset["content"]
        assert asset["duration"] is asset["readPermissionsFromLabels"] is None


def test_only_images_have_a_thumbnail(kili: Any) -> None:
    project = kili.create_project(input_type="TEXT", json_interface={"jobs": {}}, title="Texts")
    kili.append_many_to_dataset(project["id"], content_array=["text"], disable_tqdm=True)
    fields = ["thumbnail", "dataIntegrationId"]
    assert kili.assets(project["id"], fields=fields) == [dict.fromkeys(fields)]


def test_is_to_review_is_true_only_while_an_asset_waits_for_review(kili_emulator: Emulator) -> None:
    labeling_project = LabelingProject(kili_emulator)
    labeling_project.kili.update_review_step_properties(
        labeling_project.project, "Review 1", step_coverage=100
    )
    for kind, expected in (("", False), ("DEFAULT", True), ("REVIEW", False)):
        if kind:
            labeling_project.label("reviewer" if kind == "REVIEW" else "labeler", "one", kind)
        assert labeling_project.asset("one", "isToReview")["isToReview"] is expected


def test_messages_of_a_label_are_empty(kili: Any) -> None:
    (project,) = kili.projects(fields=["id"])
    found = kili.labels(project["id"], fields=["chatItems.id", "chatItems.role"])
    assert found
    assert all(each == {"chatItems": []} for each in found)


@pytest.mark.parametrize(
    ("operation", "field"),
    [
        ("assets", "labelVersion"),
        ("assets", "isProcessingAuthorized"),
        ("labels", "isCorrected"),
    ],
)
def test_field_of_unknown_meaning_is_absent_from_the_schema(
    kili_emulator: Emulator, operation: str, field: str
) -> None:
    wire = Wire(kili_emulator)
    arguments = {"where": {}, "first": 1, "skip": 0}
    answer = wire.send(operation, selection=field, **arguments)
    wire.close()
    assert answer.json()["errors"][0]["message"].startswith(f'Cannot query field "{field}"')
