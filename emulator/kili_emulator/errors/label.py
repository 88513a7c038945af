"""What is refused about labels and their json responses.

See contract/errors.md#messages, contract/json-response.md#checks.
"""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, business_error, invalid_argument

MAX_SECONDS = 2**31 - 1


def json_response_malformed(detail: str) -> KiliError:
    """A response does not fit the project's json interface (contract/errors.md#messages)."""
    return business_error(
        "jsonResponseMalformed", "The jsonResponse of the label is malformed.", detail
    )


def label_incomplete(operation: str) -> KiliError:
    """A label to be added lacks what it needs."""
    return invalid_argument(operation, "each label needs an assetID and a jsonResponse")


def label_not_by_model(operation: str, label_id: str) -> KiliError:
    """A label that somebody made is to be deleted."""
    return invalid_argument(
        operation, f'label "{label_id}" is no PREDICTION or INFERENCE: it stays'
    )


def label_search_malformed(position: int, expected: str, found: str) -> KiliError:
    """A ``label.search`` cannot be read (ours)."""
    return invalid_argument(
        "The query",
        f"label.search is malformed at character {position}: expected {expected}, found {found}",
    )


def overwrite_not_allowed(operation: str) -> KiliError:
    """People's labels are never overwritten."""
    return invalid_argument(operation, "overwrite is for PREDICTION and INFERENCE labels")


def seconds_out_of_range(operation: str) -> KiliError:
    """The time of a label, or of all of an author's on an asset, is not one."""
    return invalid_argument(operation, f"secondsToLabel must be between 0 and {MAX_SECONDS} in all")


RESPONSE_NOT_JSON = "it is not valid JSON ({reason})"
RESPONSE_NOT_JOBS = "it must be a JSON object of jobs, not {kind}"
RESPONSE_UNKNOWN_JOB = 'job "{job}" is not in the json interface (its jobs: {known})'
RESPONSE_UNKNOWN_CATEGORY = 'category "{category}" is not in job "{job}" (it has: {known})'
RESPONSE_NOT_A_LIST = '"{member}" of job "{job}" must be a list'
RESPONSE_NOT_AN_OBJECT = "{what} must be a JSON object, not {kind}"
RESPONSE_WRONG_FORM = '"{member}" of job "{job}" must be {form}'
RESPONSE_UNKNOWN_END = (
    'a relation of job "{job}" has an end "{mid}", but nothing in the response has this mid'
)
RESPONSE_OF_ANOTHER_TASK = (
    'the answer to job "{job}" has {said}, which a job of task {task} does not show: it shows {own}'
)
RESPONSE_SEVERAL_CHOICES = 'job "{job}" ({input}) takes one category, not {count}'
RESPONSE_CHOSEN_TWICE = 'category "{category}" of job "{job}" is chosen twice at one place'
RESPONSE_UNKNOWN_TYPE = (
    'an annotation of job "{job}" has the type "{type}", which no tool draws (there are: {known})'
)
RESPONSE_FOREIGN_TYPE = (
    'an annotation of job "{job}" has the type "{type}", which none of its tools draws '
    "(they draw: {drawn})"
)
RESPONSE_TOO_DEEP = 'sub-jobs below job "{job}" are nested too deeply'
RESPONSE_FRAMES = (
    '; the response of a video has a member for each frame ("0", "1", …), and "{asset_level}"'
)
