"""The example ``follow_up``: it prioritizes rejected assets, and records who skips assets."""

from __future__ import annotations

from tests.examples.example_emulator import ExampleEmulator

NAME = "follow_up"
TITLE = "Headlines"
SPORTS = {"TOPIC": {"categories": [{"name": "SPORTS"}]}}


def priorities(example_emulator: ExampleEmulator) -> list[int]:
    assets = example_emulator.kili.assets(example_emulator.projects[TITLE], fields=["priority"])
    return [each["priority"] for each in assets]


def test_rejected_asset_is_labeled_next(example_emulator: ExampleEmulator) -> None:
    example_emulator.emulator.submit(TITLE, "second", SPORTS)
    example_emulator.emulator.send_back(TITLE, "second")
    assert priorities(example_emulator) == [0, 10, 0]
    done = example_emulator.emulator.submit(TITLE, label=SPORTS)
    assert done["externalId"] == "second"
    assert priorities(example_emulator) == [0, 0, 0]
    assert example_emulator.log_lines(TITLE) == ["second was rejected"]


def test_user_who_skipped_an_asset_is_stored_in_the_metadata(
    example_emulator: ExampleEmulator,
) -> None:
    asset_id = example_emulator.asset(TITLE, "first")["id"]
    example_emulator.kili.update_properties_in_assets(
        asset_ids=[asset_id], json_metadatas=[{"page": 1}]
    )
    example_emulator.emulator.skip(TITLE, "first")
    (leo,) = example_emulator.kili.users(email="leo@example.com", fields=["id"])
    asset = example_emulator.asset(TITLE, "first", "jsonMetadata")
    assert asset["jsonMetadata"] == {"page": 1, "skippedBy": leo["id"]}
    assert example_emulator.outcomes() == ["SUCCEEDED"]
