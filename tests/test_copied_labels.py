"""Copies of labeled projects: the latest labels of users, all labels of models, and statuses.

The server copies in workflows with steps. In the V1 workflow the client copies label by label
(contract/project.md#copies-of-labels, contract/label.md#latest-marks).
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Sequence
from typing import Any

import pytest
from kili.exceptions import GraphQLError

from kili_emulator.app import Emulator
from kili_emulator.rules.workflow import V1
from tests.kit.labeling_project import LabelingProject
from tests.kit.responses import BLUE, RED
from tests.kit.sdk_process import SdkProcess, SdkSession

pytestmark = [
    pytest.mark.filterwarnings("ignore:Warning. copying a project of an old workflow"),
    pytest.mark.filterwarnings("ignore:Field .* requested"),
]

Action = tuple[str, str]  # user, and label type or other action

HUMAN = ("DEFAULT", "REVIEW", "AUTOSAVE")
MODEL = ("PREDICTION", "INFERENCE")
NUMBERS = (
    "numberOfAssets",
    "numberOfRemainingAssets",
    "numberOfReviewedAssets",
    "numberOfSkippedAssets",
)


def apply_actions(labeling_project: LabelingProject, name: str, actions: Sequence[Action]) -> None:
    """Apply the possible actions to an asset; a refused action changes nothing."""
    for number, (user, action) in enumerate(actions):
        with contextlib.suppress(GraphQLError, ValueError):
            if action == "add to review":
                labeling_project.kili.add_to_review([labeling_project.id(name)])
            elif action == "send back":
                labeling_project.kili.send_back_to_queue([labeling_project.id(name)])
            else:
                model = {"model_name": f"model {number % 2}"} if action in MODEL else {}
                labeling_project.label(user, name, action, BLUE if number % 3 else RED, **model)


def copied(labeling_project: LabelingProject) -> str:
    options = {"copy_assets": True, "copy_members": True, "copy_labels": True}
    return str(
        labeling_project.kili.copy_project(labeling_project.project, **options, disable_tqdm=True)
    )


def assets(labeling_project: LabelingProject, project: str) -> dict[str, dict[str, Any]]:
    """Return the step and status of the assets, and their latest labels."""
    stand = ["status", "currentStep"]
    fields = [
        *("externalId", "status", "currentStep.name", "currentStep.status"),
        *(f"latestLabel.{each}" for each in ("labelType", "jsonResponse", "author.email")),
    ]
    found = labeling_project.kili.assets(project, fields=fields, disable_tqdm=True)
    return {each["externalId"]: {n: each[n] for n in (*stand, "latestLabel")} for each in found}


def labels(labeling_project: LabelingProject, project: str, *types: str) -> list[tuple[Any, ...]]:
    """Return asset, author, type, step, model and response of the labels, sorted."""
    fields = [
        *("labelOf.externalId", "author.email", "labelType", "assetStep.name"),
        *("modelName", "jsonResponse"),
    ]
    found = labeling_project.kili.labels(
        project, type_in=list(types), fields=fields, disable_tqdm=True
    )
    return sorted(
        (
            each["labelOf"]["externalId"],
            each["author"]["email"],
            each["labelType"],
            (each["assetStep"] or {}).get("name", ""),
            str(each["modelName"]),
            str(each["jsonResponse"]),
        )
        for each in found
    )


def numbers(labeling_project: LabelingProject, project: str) -> list[Any]:
    (found,) = labeling_project.kili.projects(project, fields=NUMBERS, disable_tqdm=True)
    return [found[each] for each in NUMBERS]


def latest(rows: list[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    return {row[:4] for row in rows}


def histories(seed: int, actions: Sequence[Action]) -> list[list[Action]]:
    chance = random.Random(seed)
    return [[chance.choice(actions) for _ in range(chance.randint(1, 7))] for _ in range(8)]


STEPPED = [
    *((user, kind) for user in ("admin", "reviewer") for kind in ("DEFAULT", "REVIEW", "AUTOSAVE")),
    *(("admin", kind) for kind in MODEL),
    ("labeler", "DEFAULT"),
    ("admin", "add to review"),
    ("admin", "send back"),
]


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(each, marks=pytest.mark.contract) for each in range(2, 30))]
)
def test_copied_project_with_steps_matches_its_source(kili_emulator: Emulator, seed: int) -> None:
    labeling_project = LabelingProject(kili_emulator)
    for number, actions in enumerate(histories(seed, STEPPED)):
        labeling_project.add(f"asset {number}")
        apply_actions(labeling_project, f"asset {number}", actions)
    copy = copied(labeling_project)
    assert assets(labeling_project, copy) == assets(labeling_project, labeling_project.project)
    assert numbers(labeling_project, copy) == numbers(labeling_project, labeling_project.project)
    assert labels(labeling_project, copy, *MODEL) == labels(
        labeling_project, labeling_project.project, *MODEL
    )
    kept, made = (
        labels(labeling_project, each, "DEFAULT", "REVIEW")
        for each in (copy, labeling_project.project)
    )
    assert latest(kept) == latest(made)
    assert len(kept) == len(latest(kept))
    assert set(kept) <= set(made)


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(each, marks=pytest.mark.contract) for each in range(2, 30))]
)
def test_v1_project_copied_by_the_client_matches_its_source(
    kili_emulator: Emulator, seed: int
) -> None:
    """The client copies type by type and never sends back: the actions have that order."""
    labeling_project = LabelingProject(kili_emulator, V1)
    order = ("AUTOSAVE", "DEFAULT", "INFERENCE", "PREDICTION", "REVIEW")
    actions = [(user, kind) for user in ("admin", "reviewer") for kind in HUMAN]
    for number, history in enumerate(
        histories(seed, [*actions, *(("admin", kind) for kind in MODEL)])
    ):
        labeling_project.add(f"asset {number}")
        apply_actions(
            labeling_project,
            f"asset {number}",
            sorted(history, key=lambda action: order.index(action[1])),
        )
    copy = copied(labeling_project)
    assert assets(labeling_project, copy) == assets(labeling_project, labeling_project.project)
    assert numbers(labeling_project, copy) == numbers(labeling_project, labeling_project.project)
    assert labels(labeling_project, copy, *MODEL) == labels(
        labeling_project, labeling_project.project, *MODEL
    )
    answers = {
        row[:2]: row
        for row in labels(labeling_project, labeling_project.project, "DEFAULT", "REVIEW")
    }
    assert {row[:2] for row in labels(labeling_project, copy, "DEFAULT", "REVIEW")} == set(answers)


@pytest.mark.parametrize("workflow", [V1, None], ids=["V1", "V2"])
def test_label_and_predictions_of_one_user_are_both_copied(
    kili_emulator: Emulator, workflow: Any
) -> None:
    labeling_project = LabelingProject(kili_emulator, workflow)
    apply_actions(
        labeling_project,
        "one",
        [("admin", "DEFAULT"), ("admin", "PREDICTION"), ("admin", "INFERENCE")],
    )
    copy = copied(labeling_project)
    kinds = [row[2] for row in labels(labeling_project, copy, "DEFAULT", *MODEL)]
    assert kinds == ["DEFAULT", "INFERENCE", "PREDICTION"]
    assert assets(labeling_project, copy)["one"]["latestLabel"]["labelType"] == "DEFAULT"
    assert assets(labeling_project, copy) == assets(labeling_project, labeling_project.project)


def test_label_and_review_of_one_user_are_both_copied(kili_emulator: Emulator) -> None:
    labeling_project = LabelingProject(kili_emulator)
    apply_actions(
        labeling_project,
        "one",
        [("admin", "DEFAULT"), ("admin", "add to review"), ("admin", "REVIEW")],
    )
    copy = copied(labeling_project)
    kinds = [row[2:4] for row in labels(labeling_project, copy, "DEFAULT", "REVIEW")]
    assert kinds == [("DEFAULT", "Label"), ("REVIEW", "Review 1")]
    assert assets(labeling_project, copy) == assets(labeling_project, labeling_project.project)


OLD_COPY = """
import warnings
warnings.simplefilter("ignore")

def seen(project):
    fields = [
        "id", "externalId", "status", "latestLabel.labelType", "latestLabel.author.email"
    ]
    found = kili.assets(project_id=project, fields=fields, disable_tqdm=True)
    (asset,) = [each for each in found if each["externalId"] == "car-park"]
    return asset

asset_id = seen(project_id)["id"]
answer = [{"CLASSIFICATION_JOB": {"categories": [{"name": "EASY"}]}}]
add = dict(asset_id_array=[asset_id], json_response_array=answer, disable_tqdm=True)
kili.append_labels(label_type="DEFAULT", **add)
kili.append_labels(label_type="PREDICTION", model_name="m", **add)
copied = kili.copy_project(
    project_id, copy_members=True, copy_assets=True, copy_labels=True, disable_tqdm=True
)
(seen(project_id), seen(copied))
"""


def test_copy_by_each_sdk_keeps_the_latest_labels(sdk: SdkProcess, notebook: SdkSession) -> None:
    if sdk.version == "2.125.2":  # the first to copy projects is 2.127
        return
    before, after = notebook.run(OLD_COPY).checked().value
    assert {**before, "id": after["id"]} == after
    assert (after["status"], after["latestLabel"]["labelType"]) == ("LABELED", "DEFAULT")
