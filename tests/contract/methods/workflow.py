"""Cases of the workflow: steps, assignment, review, sending back, skipping."""

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
    case(
        "assets.skip",
        sends="Mutation.skipAsset",
        code="""
            kili.assets.skip(asset_id=asset["meadow"], project_id=project_id, reason="Too dark")
            assert kili.assets.count(project_id, filter={"skipped": True}) == 1
        """,
    ),
    case(
        "assets.unskip",
        sends="Mutation.unskipAsset",
        code="""
            kili.assets.skip(asset_id=asset["meadow"], project_id=project_id, reason="Too dark")
            kili.assets.unskip(asset_id=asset["meadow"], project_id=project_id)
            assert kili.assets.count(project_id, filter={"skipped": True}) == 0
        """,
    ),
    case(
        "skip_or_unskip",
        sends=("Mutation.skipAsset", "Mutation.unskipAsset"),
        code="""
            assert kili.skip_or_unskip("skip", asset["meadow"], project_id, "Too dark")
            assert kili.count_assets(project_id, skipped=True) == 1
            assert kili.skip_or_unskip("unskip", asset["meadow"], project_id)
            assert kili.count_assets(project_id, skipped=True) == 0
        """,
    ),
    case(
        "assign_assets_to_labelers",
        sends="Mutation.assignAssets or Mutation.assignAssetsToLabelers",
        code="""
            kili.assign_assets_to_labelers(
                [[user["labeler"]]], asset_ids=[asset["meadow"]], project_id=project_id
            )
            hers = kili.assets(project_id, assignee_in=[user["labeler"]], fields=["id"])
            assert list(hers) == [{"id": asset["meadow"]}]
        """,
    ),
    case(
        "assets.assign",
        sends="Mutation.assignAssets or Mutation.assignAssetsToLabelers",
        code="""
            kili.assets.assign(
                to_be_labeled_by_array=[[user["labeler"]]],
                asset_ids=[asset["meadow"]],
                project_id=project_id,
            )
            hers = {"assignee_in": [user["labeler"]]}
            assert kili.assets.list(project_id, fields=["id"], filter=hers) == [
                {"id": asset["meadow"]}
            ]
        """,
    ),
]
