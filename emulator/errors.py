"""The platform's errors, and every message that a user of the API can see.

A business error reads ``[<key>] <sentence> -- This can be due to: <detail> | trace : false``
(contract §2.1) and carries a code that clients find in ``extensions.code``. Each function below
makes one such error, ready to be raised; messages marked "ours" have no recorded original.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

MAX_SECONDS = 2**31 - 1

RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
BAD_USER_INPUT = "BAD_USER_INPUT"
INTERNAL_ERROR = "INTERNAL_SERVER_ERROR"

_PLUGINS_SENTENCE = "An error occured handling your plugin"


class KiliError(Exception):
    """An error in the platform's own format.

    Attributes:
        message: the whole text that clients show.
        code: ``extensions.code``.
        context: ``extensions.context``, when the platform gives one.
    """

    def __init__(
        self, message: str, code: str = RESOLUTION_FAILURE, context: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.context = context


def _business(key: str, sentence: str, detail: str, code: str = RESOLUTION_FAILURE) -> KiliError:
    return KiliError(f"[{key}] {sentence} -- This can be due to: {detail} | trace : false", code)


def _plugins(status: str, operation: str, detail: str) -> KiliError:
    return _business("pluginsError", _PLUGINS_SENTENCE, f"{status}: {operation}: {detail}")


# Access (contract §2.2)


def access_denied() -> KiliError:
    """The target of a mutation does not exist, or the key's user cannot see it (recorded)."""
    return _business(
        "accessDenied",
        "Access denied. Please verify your credentials or contact Kili support.",
        "The data you are trying to mutate does not exist or is not accessible",
        code="401",
    )


def no_access_rights(operation: str, needed: str) -> KiliError:
    """The user sees the object, but their role does not allow the operation (prefix recorded)."""
    return _business(
        "noAccessRights",
        "It seems you do not have access to this object. Please double check your credentials.",
        f"{operation} needs {needed}",
    )


def run_key_revoked() -> KiliError:
    """The run that a plugin's key was made for has ended (ours)."""
    return _business(
        "accessDenied",
        "Access denied. Please verify your credentials or contact Kili support.",
        "the key of a plugin run is valid only while the run lasts, and this run has ended",
        code="401",
    )


# Input (ours: the platform's own wording is not public)


def invalid_input(operation: str, detail: str) -> KiliError:
    """An argument has a value that the operation does not take."""
    return _business("invalidInput", f"{operation} was not carried out.", detail)


def not_emulated(operation: str, member: str, remedy: str) -> KiliError:
    """A value asks for a part of the platform that this version does not emulate."""
    return _business(
        "notEmulated",
        f"{operation} was not carried out.",
        f"{member} is not emulated by this version of Kili Emulator; {remedy}",
    )


def json_response_malformed(detail: str) -> KiliError:
    """A label's response does not fit the project's json interface (key recorded, §11.11)."""
    return _business("jsonResponseMalformed", "The jsonResponse of the label is malformed.", detail)


def _wrong(operation: str, detail: str) -> KiliError:
    return invalid_input(operation, detail)


def id_missing(operation: str) -> KiliError:
    """A mutation's ``where`` names no target."""
    return _wrong(operation, "where.id is missing: give the id of the target")


def only_id_taken(operation: str, others: list[str]) -> KiliError:
    """A mutation that finds its target by id is given further conditions."""
    return _wrong(operation, f"where takes id only: leave out {', '.join(others)}")


def where_empty(operation: str) -> KiliError:
    """A mutation on assets selects them by nothing."""
    return _wrong(operation, "where is empty: give id, idIn or project.id")


def lengths_differ(operation: str, names: Iterable[str]) -> KiliError:
    """Parallel arrays are not parallel."""
    return _wrong(operation, f"{', '.join(names)} must have the same length, and one be given")


def negative(name: str) -> KiliError:
    """A page begins before the list."""
    return _wrong("The query", f"{name} must be 0 or more")


def not_an_object(operation: str, name: str) -> KiliError:
    """A JSON value must be an object."""
    return _wrong(operation, f"{name} must be an object: {{name: value}}")


def id_taken(operation: str, document_id: str) -> KiliError:
    """Something has this id already."""
    return _wrong(operation, f'the id "{document_id}" exists already')


def asset_exists(operation: str, member: str, value: str) -> KiliError:
    """An asset has this id or external id already."""
    return _wrong(operation, f'an asset with the {member} "{value}" exists already')


def content_refused(operation: str, content: str) -> KiliError:
    """An asset's content is nothing that could be shown."""
    return _wrong(
        operation,
        f'the content "{content[:60]}" is neither a web address nor an uploaded file: '
        "send local files through createUploadBucketSignedUrls, as the SDK does",
    )


def upload_not_found(operation: str, path: str) -> KiliError:
    """A signed URL is used before anything was uploaded to it."""
    return _wrong(operation, f'nothing was uploaded to "{path}": PUT the file there first')


def file_path_refused(path: str) -> KiliError:
    """A signed upload URL was asked for a place that is not the project's."""
    return _wrong(
        "createUploadBucketSignedUrls",
        f'"{path}" is not of the form "projects/<project id>/assets/<asset id>/<name>"',
    )


def user_exists(email: str) -> KiliError:
    """Somebody has this e-mail address already."""
    return _wrong("createUser", f'a user with the e-mail "{email}" exists already')


def label_incomplete(operation: str) -> KiliError:
    """A label to be added lacks what it needs."""
    return _wrong(operation, "each label needs an assetID and a jsonResponse")


def label_of_a_person(operation: str, label_id: str) -> KiliError:
    """A label that somebody made is to be deleted."""
    return _wrong(operation, f'label "{label_id}" is no PREDICTION or INFERENCE: it stays')


def overwrite_refused(operation: str) -> KiliError:
    """People's labels are never overwritten."""
    return _wrong(operation, "overwrite is for PREDICTION and INFERENCE labels")


def seconds_refused(operation: str) -> KiliError:
    """The time of a label, or of all of an author's on an asset, is not one."""
    return _wrong(operation, f"secondsToLabel must be between 0 and {MAX_SECONDS} in all")


def skip_refused(operation: str) -> KiliError:
    """The project does not let assets be skipped."""
    return _wrong(operation, "assets of this project can't be skipped: canSkipAsset is false")


def issue_without_target(operation: str) -> KiliError:
    """An issue is about nothing."""
    return _wrong(operation, "give the labelID of an issue, or its assetId")


# Project settings and interfaces


def setting_fixed(operation: str, name: str) -> KiliError:
    """A setting cannot change any more."""
    return _wrong(operation, f"{name} is fixed when the project is created")


def setting_computed(operation: str, name: str) -> KiliError:
    """A value that the platform works out cannot be set."""
    return _wrong(operation, f"{name} is computed and cannot be set")


def setting_out_of_range(operation: str, name: str, low: int, high: int) -> KiliError:
    """A setting is out of its range."""
    return _wrong(operation, f"{name} must be between {low} and {high}")


def metadata_property_refused(operation: str, key: str, members: Iterable[str]) -> KiliError:
    """A metadata property has a member that it cannot have."""
    return _wrong(operation, f'metadata property "{key}" takes the members {", ".join(members)}')


def metadata_type_refused(operation: str, key: str, types: Iterable[str]) -> KiliError:
    """A metadata property has an unknown type."""
    return _wrong(operation, f'the type of metadata "{key}" must be one of {", ".join(types)}')


def json_interface_malformed(operation: str, detail: str) -> KiliError:
    """A json interface has the wrong form; see ``INTERFACE_…`` for the details."""
    return _wrong(operation, f"jsonInterface: {detail}")


INTERFACE_NOT_JSON = "it is not valid JSON: {reason}"
INTERFACE_NO_JOBS = 'it must be an object with a member "jobs": {name: job}'
INTERFACE_BAD_JOB = 'job "{job}" must be an object with an "mlTask"'
INTERFACE_BAD_CATEGORIES = 'job "{job}" must have categories of the form {{code: …}}'


# Json responses: the details of ``json_response_malformed``

RESPONSE_NOT_JSON = "it is not valid JSON ({reason})"
RESPONSE_NOT_JOBS = "it must be a JSON object of jobs, not {kind}"
RESPONSE_UNKNOWN_JOB = 'job "{job}" is not in the json interface (its jobs: {known})'
RESPONSE_UNKNOWN_CATEGORY = 'category "{category}" is not in job "{job}" (it has: {known})'
RESPONSE_NOT_A_LIST = '"{member}" of job "{job}" must be a list'
RESPONSE_NOT_AN_OBJECT = "{what} must be a JSON object, not {kind}"


# What is not emulated


def setting_without_effect(operation: str, name: str, value: object, default: object) -> KiliError:
    """A setting asks for what would have no effect."""
    return not_emulated(operation, f"{name} = {value}", f"leave it at {default}")


def honeypot_not_emulated(operation: str) -> KiliError:
    """An asset is to be a honeypot."""
    return not_emulated(operation, "a honeypot asset", "leave isHoneypot out")


def review_comment_not_emulated(operation: str) -> KiliError:
    """A comment is to be one of a review."""
    return not_emulated(operation, "a comment made in review", "send inReview: false")


def event_matcher_not_emulated(operation: str) -> KiliError:
    """A plugin asks for events by pattern."""
    return not_emulated(operation, "on_event with an event matcher", "use on_submit and on_review")


# Plugins


def plugin_exists(name: str) -> KiliError:
    """``createPlugin`` with a name already taken (recorded)."""
    return _plugins(
        "400: Bad Request",
        "createPlugin",
        f"an entity Plugin already exists with value \"{name}\" for field 'name'",
    )


def plugin_already_active(project_id: str) -> KiliError:
    """``activatePluginOnProject`` twice (text inferred from a recorded part)."""
    return _plugins(
        "400: Bad Request",
        "activatePluginOnProject",
        f"an entity Project already exists with value \"{project_id}\" for field 'id'",
    )


def plugin_not_found(operation: str, name: str) -> KiliError:
    """No plugin of the organization has the name (§11.5)."""
    return _plugins(
        "404: Not Found",
        operation,
        f"no entity Plugin found with value \"{name}\" for field 'name'",
    )


def plugin_not_active(project_id: str) -> KiliError:
    """``deactivatePluginOnProject`` where the plugin is not active (ours)."""
    return _plugins(
        "404: Not Found",
        "deactivatePluginOnProject",
        f"no entity Project found with value \"{project_id}\" for field 'id'",
    )


def plugin_not_uploaded(operation: str, name: str) -> KiliError:
    """A runner is asked for before the plugin's code was uploaded (ours)."""
    return _plugins(
        "400: Bad Request",
        operation,
        f'nothing was uploaded for plugin "{name}": PUT its zip to the URL of '
        "createPlugin or generateUpdateUrl first",
    )


def plugins_not_licensed(operation: str) -> KiliError:
    """The organization has no plugins (ours)."""
    return _plugins("400: Bad Request", operation, "the organization's license has no plugins")


def plugin_name_empty(operation: str) -> KiliError:
    """A plugin has no name (ours)."""
    return _plugins("400: Bad Request", operation, "the name of a plugin cannot be empty")


# Requests

UNAUTHORIZED = "Unauthorized"
BODY_TOO_LARGE = "The request body is larger than {limit} MB."
BODY_NOT_GZIP = "The body is sent as gzip, but cannot be unpacked as such."
BODY_BROKEN_OFF = "The body breaks off, or is not sent as its headers say."
BODY_NOT_JSON = "The body is not a JSON object: {reason}"
NO_QUERY = "The body has no text member 'query'."
FOREIGN_HOST = (
    "This emulator does not answer for host {host!r}. "
    "Start it with --allow-host {name} to allow it."
)
BAD_HOST = "The Host header of the request names no host."
FOREIGN_ORIGIN = "Requests from other web sites are refused."
UPLOAD_TOKEN_BAD = "The upload URL is not valid: ask for a new one."
UPLOAD_TOKEN_OLD = "The upload URL has expired: ask for a new one."
FILE_UNKNOWN = "No file has this id, or it is not accessible with this key."
INTERNAL = (
    "[unexpectedRetrieving] Unexpected error when retrieving runtime information. Please contact "
    "our support team if it occurs again. -- This can be due to: {detail} | trace : false"
)
CONTROL_NEEDS_ADMIN = "The control plane needs the key of an administrator of this world."
CONTROL_CREATE = 'send {"name": text, "scenario": text, "seed": number}'
CONTROL_MARK = 'send {"mark": …} with what POST …/mark answered'
CONTROL_MARK_OUTSIDE = "the mark is not of the time between the world's start and now"
CONTROL_WAIT = 'send {"timeout": seconds}'


def body_not_an_object(value: object) -> str:
    """A body is JSON, but something else than an object."""
    return BODY_NOT_JSON.format(reason=f"it is a {type(value).__name__}")


# Scalars

DATE_TIME_REFUSED = "DateTime cannot represent {value!r}: give YYYY-MM-DD or an ISO-8601 time."
PAGE_SIZE_NO_INTEGER = "Bad type of input PageSize, expected type integer, got type {kind}."
PAGE_SIZE_OUT_OF_RANGE = "PageSize must be between 0 and {limit}, got {value}."


# What plugin operations answer when they are done

PLUGIN_DONE = "Plugin with name {name} successfully {done}"
