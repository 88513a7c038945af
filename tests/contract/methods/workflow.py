"""How assets move through a project: steps, assignment, review, sending back, skipping."""

from __future__ import annotations

from tests.contract.methods import case

CASES = [
    case(
        "add_to_review",
        sends="Mutation.addAssetsToReview or Mutation.addAllLabeledAssetsToReview",
        code="""
            kili.add_to_review([asset["farm"]])
            (found,) = kili.assets(project_id, asset["farm"], fields=["status"])
            assert found["status"] == "TO_REVIEW"
        """,
    ),
    case(
        "send_back_to_queue",
        sends="Mutation.sendAssetsBackToQueue or Mutation.sendBackAssetsToQueue",
        code="""
            kili.send_back_to_queue([asset["pond"]])
            (found,) = kili.assets(project_id, asset["pond"], fields=["status"])
            assert found["status"] == "ONGOING"
        """,
    ),
    # ------------------------------------------------------------------ the domain client
    case(
        "assets.move_to_next_step",
        sends="Mutation.addAssetsToReview or Mutation.addAllLabeledAssetsToReview",
        code="""
            kili.assets.move_to_next_step(asset_ids=[asset["farm"]], project_id=project_id)
            (found,) = kili.assets.list(
                project_id, fields=["status"], filter={"external_id_in": ["farm"]}
            )
            assert found["status"] == "TO_REVIEW"
        """,
    ),
    case(
        "assets.invalidate",
        sends="Mutation.sendAssetsBackToQueue or Mutation.sendBackAssetsToQueue",
        code="""
            kili.assets.invalidate(asset_ids=[asset["pond"]], project_id=project_id)
            (found,) = kili.assets.list(
                project_id, fields=["status"], filter={"external_id_in": ["pond"]}
            )
            assert found["status"] == "ONGOING"
        """,
    ),
]

PENDING = dict.fromkeys(
    (
        "add_labelers_to_step",
        "add_review_step",
        "add_reviewers_to_step",
        "assets.assign",
        "assets.skip",
        "assets.unskip",
        "assets.update_consensus",
        "assign_assets_to_labelers",
        "copy_workflow_from_project",
        "delete_last_step",
        "get_steps",
        "projects.workflow.add_labelers",
        "projects.workflow.add_reviewers",
        "projects.workflow.copy_from_project",
        "projects.workflow.list",
        "projects.workflow.remove_labelers",
        "projects.workflow.remove_reviewers",
        "projects.workflow.update",
        "remove_labelers_from_step",
        "remove_reviewers_from_step",
        "rename_step",
        "skip_or_unskip",
        "update_asset_consensus",
        "update_labeling_step_properties",
        "update_project_workflow",
        "update_review_step_properties",
    ),
    "its operation is not served yet",
)
