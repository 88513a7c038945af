"""The plugin of the tutorial; :mod:`tests.tutorial` runs the whole tutorial."""

from __future__ import annotations

from tests.examples.example_emulator import ExampleEmulator
from tests.kit.responses import EASY

NAME = "tutorial"
TITLE = "Plugin tutorial: count the objects"


def test_tutorial_plugin_is_called_for_a_submit_and_a_review(
    example_emulator: ExampleEmulator,
) -> None:
    label = example_emulator.emulator.submit(TITLE, "aquarium", EASY)["labelId"]
    review = example_emulator.emulator.review(TITLE, "aquarium")["labelId"]
    expected = [
        "On submit called",
        f"custom_method called for label {label}",
        f"My custom function for review of label with id {review}",
    ]
    assert [line for line in example_emulator.log_lines(TITLE) if line in expected] == expected
