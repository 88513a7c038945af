"""The plugin of the tutorial; :mod:`tests.tutorial` plays the whole of it."""

from __future__ import annotations

from tests.examples.example_emulator import Trial

NAME = "tutorial"
TITLE = "Plugin tutorial: count the objects"


def test_it_is_called_for_a_submit_and_for_a_review(trial: Trial) -> None:
    easy = {"CLASSIFICATION_JOB": {"categories": [{"name": "EASY"}]}}
    label = trial.emulator.submit(TITLE, "aquarium", easy)["labelId"]
    review = trial.emulator.review(TITLE, "aquarium")["labelId"]
    expected = [
        "On submit called",
        f"custom_method called for label {label}",
        f"My custom function for review of label with id {review}",
    ]
    assert [line for line in trial.log(TITLE) if line in expected] == expected
