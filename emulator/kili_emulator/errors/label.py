"""Errors about labels and their json responses.

See contract/errors.md#messages, contract/json-response.md#checks.
"""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, business_error, invalid_argument


def json_response_malformed(detail: str) -> KiliError:
    """A response does not fit the project's json interface (contract/errors.md#messages)."""
    return business_error(
        "jsonResponseMalformed", "The jsonResponse of the label is malformed.", detail
    )


def label_incomplete(operation: str) -> KiliError:
    """A new label has no asset or no json response."""
    return invalid_argument(operation, "each label needs an assetID and a jsonResponse")


def label_not_by_model(operation: str, label_id: str) -> KiliError:
    """A client deletes a label that was not made by a model."""
    return invalid_argument(
        operation, f'label "{label_id}" is not a PREDICTION or INFERENCE: only these can be deleted'
    )


def label_search_malformed(position: int, expected: str, found: str) -> KiliError:
    """A ``label.search`` cannot be read (ours)."""
    return invalid_argument(
        "The query",
        f"label.search is malformed at character {position}: expected {expected}, found {found}",
    )


def overwrite_not_allowed(operation: str) -> KiliError:
    """``overwrite`` is given for labels that a model did not make."""
    return invalid_argument(
        operation, "only PREDICTION and INFERENCE labels take overwrite: leave it out"
    )


def seconds_out_of_range(operation: str, limit: int) -> KiliError:
    """The labeling time of a label, or of an author on an asset, is negative or too long."""
    return invalid_argument(
        operation, f"secondsToLabel must be between 0 and {limit}, in total too"
    )


RESPONSE_NOT_JSON = "it is not valid JSON ({reason})"
RESPONSE_NOT_JOBS = "it must be a JSON object of jobs, not {kind}"
RESPONSE_UNKNOWN_JOB = 'job "{job}" is not in the json interface (its jobs: {known})'
RESPONSE_UNKNOWN_CATEGORY = 'category "{category}" is not in job "{job}" (it has: {known})'
RESPONSE_NOT_A_LIST = '"{member}" of job "{job}" must be a list'
RESPONSE_NOT_AN_OBJECT = "{name} must be a JSON object, not {kind}"
RESPONSE_WRONG_FORM = '"{member}" of job "{job}" must be {form}'
RESPONSE_UNKNOWN_END = (
    'a relation of job "{job}" refers to "{mid}", but no annotation of the response has this mid'
)
RESPONSE_OF_ANOTHER_TASK = (
    'the answer to job "{job}" has {answers}, which the app ignores in a job of task {task}: give '
    "{own}"
)
RESPONSE_SEVERAL_CHOICES = 'job "{job}" ({input}) takes only one category, not {count}'
RESPONSE_CHOSEN_TWICE = 'category "{category}" of job "{job}" is chosen twice in one answer'
RESPONSE_UNKNOWN_TYPE = (
    'an annotation of job "{job}" has the type "{type}", which no tool draws (known types: {known})'
)
RESPONSE_FOREIGN_TYPE = (
    'an annotation of job "{job}" has the type "{type}", which none of its tools draws '
    "(they draw: {drawn})"
)
RESPONSE_TOO_DEEP = 'the sub-jobs of job "{job}" are nested too deeply'
RESPONSE_FRAMES = (
    '; the response of a video has a member for each frame ("0", "1", …), and "{asset_level}"'
)
