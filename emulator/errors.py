"""The platform's errors, and every message that a user of the API can see.

A business error reads ``[<key>] <sentence> -- This can be due to: <detail> | trace : false``
(contract §2.1) and carries a code that clients find in ``extensions.code``. Each function below
makes one such error, ready to be raised; messages marked "ours" have no recorded original.
"""

from __future__ import annotations

from typing import Any

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


def upload_not_found(operation: str, path: str) -> KiliError:
    """A signed URL is used before anything was uploaded to it."""
    return invalid_input(operation, f'nothing was uploaded to "{path}": PUT the file there first')


def file_path_refused(path: str) -> KiliError:
    """A signed upload URL was asked for a place that is not the project's."""
    return invalid_input(
        "createUploadBucketSignedUrls",
        f'"{path}" is not of the form "projects/<project id>/assets/<asset id>/<name>"',
    )


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


def plugin_refused(operation: str, detail: str) -> KiliError:
    """A plugin operation has an argument it does not take (ours)."""
    return _plugins("400: Bad Request", operation, detail)


# Build errors: lines that ``getPluginBuildErrors`` answers (ours)

BUILD_NOT_UTF8 = "{file} is not UTF-8 text: save it as UTF-8 and update the plugin"
BUILD_NO_MAIN = (
    "the archive holds no main.py: put the PluginHandler class in main.py, at the top of the folder"
)
BUILD_NO_HANDLER = (
    "main.py defines no class PluginHandler: define one that inherits kili.plugins.PluginCore"
)
BUILD_NOT_A_CLASS = "PluginHandler in main.py is not a class: it must be one"
BUILD_BAD_ZIP = "the uploaded archive cannot be read: {reason}"
BUILD_UNSAFE_ENTRY = (
    'the archive entry "{name}" leaves the plugin\'s folder: use relative paths without ".."'
)
BUILD_LINK = 'the archive entry "{name}" is a link: put the file itself into the archive'
BUILD_TOO_MANY = "the archive has {count} entries; at most {limit} are allowed"
BUILD_TOO_LARGE = "the archive unpacks to more than {limit} MB: leave data files out"
BUILD_DUPLICATE = 'the archive holds "{name}" twice: keep one'
BUILD_TIMEOUT = (
    "importing the plugin took longer than {seconds:g} s: move slow work from the module level "
    "into the handlers"
)
BUILD_EXIT = "the plugin ended the interpreter while it was imported ({error}): remove the call"


# Run log lines (ours)

RUN_TIMEOUT = "Plugin timed out after {seconds:g} seconds"
RUN_ABANDONED = (
    "The handler could not be stopped: its thread was left behind and its key revoked. "
    "Restart the emulator to be rid of it."
)
RUN_EXIT = "The handler called sys.exit or quit ({error}); on the platform this ends its process"
RUN_INTERRUPTED = "The emulator stopped while this run was going on; it was not run again"
RUN_NOT_DEPLOYED = "Not run: the plugin was {status} when {event} happened"
RUN_SUPPRESSED = "Not run: {event} was caused by a run of this plugin itself"
RUN_QUEUED = "Queued without the caller waiting: the run that caused {event} is itself waited for"
RUN_TRUNCATED = "Output truncated: a run records at most {limit} characters"
RUN_STILL_GOING = (
    "The call that caused this run was answered after {seconds:g} seconds without waiting for "
    "the end of the run"
)


# Requests

UNAUTHORIZED = "Unauthorized"
BODY_TOO_LARGE = "The request body is larger than {limit} MB."
BODY_NOT_GZIP = "The body is sent as gzip, but cannot be unpacked as such."
BODY_NOT_JSON = "The body is not a JSON object: {reason}"
NO_QUERY = "The body has no text member 'query'."
FOREIGN_HOST = (
    "This emulator does not answer for host {host!r}. "
    "Start it with --allow-host {name} to allow it."
)
FOREIGN_ORIGIN = "Requests from other web sites are refused."
UPLOAD_TOKEN_BAD = "The upload URL is not valid: ask for a new one."
UPLOAD_TOKEN_OLD = "The upload URL has expired: ask for a new one."
FILE_UNKNOWN = "No file has this id, or it is not accessible with this key."
INTERNAL = (
    "[unexpectedRetrieving] Unexpected error when retrieving runtime information. Please contact "
    "our support team if it occurs again. -- This can be due to: {detail} | trace : false"
)
CONTROL_NEEDS_ADMIN = "The control plane needs the key of an administrator of this world."
