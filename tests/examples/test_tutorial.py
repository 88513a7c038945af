"""The plugin of the tutorial; :mod:`tests.tutorial` runs the whole tutorial."""

from __future__ import annotations

from tests.examples.example_emulator import ExampleEmulator

NAME = "tutorial"
TITLE = "Plugin tutorial: count the objects"


def test_tutorial_plugin_is_called_for_a_submit_and_a_review(
    example_emulator: ExampleEmulator,
) -> None:
    easy = {"CLASSIFICATION_JOB": {"categories": [{"name": "EASY"}]}}
    label = example_emulator.emulator.submit(TITLE, "aquarium", easy)["labelId"]
    review = example_emulator.emulator.review(TITLE, "aquarium")["labelId"]
    expected = [
        "On submit called",
        f"custom_method called for label {label}",
        f"My custom function for review of label with id {review}",
    ]
    assert [line for line in example_emulator.log_lines(TITLE) if line in expected] == expected
