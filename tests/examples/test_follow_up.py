"""The plugin that follows up what is rejected and what is skipped."""

from __future__ import annotations

from tests.examples.example_emulator import Trial

NAME = "follow_up"
TITLE = "Headlines"
SPORTS = {"TOPIC": {"categories": [{"name": "SPORTS"}]}}


def priorities(trial: Trial) -> list[int]:
    assets = trial.kili.assets(trial.projects[TITLE], fields=["priority"])
    return [each["priority"] for each in assets]


def test_what_was_rejected_is_labeled_next(trial: Trial) -> None:
    trial.emulator.submit(TITLE, "second", SPORTS)
    trial.emulator.send_back(TITLE, "second")
    assert priorities(trial) == [0, 10, 0]
    done = trial.emulator.submit(TITLE, label=SPORTS)
    assert done["externalId"] == "second"
    assert priorities(trial) == [0, 0, 0]
    assert trial.log(TITLE) == ["second was rejected"]


def test_who_skipped_an_asset_is_kept_with_it(trial: Trial) -> None:
    asset_id = trial.asset(TITLE, "first")["id"]
    trial.kili.update_properties_in_assets(asset_ids=[asset_id], json_metadatas=[{"page": 1}])
    trial.emulator.skip(TITLE, "first")
    (leo,) = trial.kili.users(email="leo@example.com", fields=["id"])
    asset = trial.asset(TITLE, "first", "jsonMetadata")
    assert asset["jsonMetadata"] == {"page": 1, "skippedBy": leo["id"]}
    assert trial.outcomes() == ["SUCCEEDED"]
