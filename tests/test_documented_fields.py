"""Fields that the API documents and that old clients name, in each generation.

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


def test_a_fixed_list_of_fields_is_answered_in_every_generation(notebook: SdkSession) -> None:
    """No client asks the server whether it has a field: one that is missing breaks the list."""
    found = notebook.run(f"list(kili.assets(project_id=project_id, fields={FIELDS!r}))")
    for asset in found.checked().value:
        assert asset["thumbnail"] == asset["content"]
        assert asset["duration"] is asset["readPermissionsFromLabels"] is None


def test_only_images_have_a_picture(kili: Any) -> None:
    project = kili.create_project(input_type="TEXT", json_interface={"jobs": {}}, title="Texts")
    kili.append_many_to_dataset(project["id"], content_array=["text"], disable_tqdm=True)
    fields = ["thumbnail", "dataIntegrationId"]
    assert kili.assets(project["id"], fields=fields) == [dict.fromkeys(fields)]


def test_an_asset_is_to_be_reviewed_while_it_waits_for_it(kili_emulator: Emulator) -> None:
    labeling_project = LabelingProject(kili_emulator)
    labeling_project.kili.update_review_step_properties(
        labeling_project.project, "Review 1", step_coverage=100
    )
    for kind, expected in (("", False), ("DEFAULT", True), ("REVIEW", False)):
        if kind:
            labeling_project.label("reviewer" if kind == "REVIEW" else "labeler", "one", kind)
        assert labeling_project.asset("one", "isToReview")["isToReview"] is expected


def test_a_label_has_no_messages(kili: Any) -> None:
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
def test_what_nothing_is_known_of_is_absent(
    kili_emulator: Emulator, operation: str, field: str
) -> None:
    wire = Wire(kili_emulator)
    arguments = {"where": {}, "first": 1, "skip": 0}
    answer = wire.send(operation, selection=field, **arguments)
    wire.close()
    assert answer.json()["errors"][0]["message"].startswith(f'Cannot query field "{field}"')
