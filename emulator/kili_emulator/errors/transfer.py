"""Errors of states, imports and copies of projects (all ours)."""

from __future__ import annotations

from collections.abc import Sequence

from kili_emulator.errors.kili_error import KiliError

STATE_NOT_OURS = "it has no state.json of a state of Kili Emulator"
CONTROL_STATE_INVALID = "the parameters of a state are: project, an id or a title"
CONTROL_STATE_LOAD_INVALID = "the parameters of a load are: replace, true or false"
CONTROL_STATE_LOCKS_OUT = (
    "the state has no administrator with the API key of this request, so that nobody could reset "
    "the world: nothing was loaded. Load it with a key that it has, or in the process of the "
    "emulator"
)


def state_damaged(path: str, reason: str) -> KiliError:
    """A file is no state, or a damaged one."""
    return KiliError(f"{path} cannot be used as a state: {reason}. Save the state again")


def state_of_other_version(path: str, version: object, known: int) -> KiliError:
    """A state has a format that this version of the emulator does not read."""
    return KiliError(
        f"{path} has format {version} of states, and this version of Kili Emulator reads format "
        f"{known}: load it with the version that saved it"
    )


def state_not_readable(path: str, reason: object) -> KiliError:
    """The file of a state cannot be read."""
    return KiliError(f"{path} cannot be read ({reason}): check the path")


def state_not_writable(path: str, reason: object) -> KiliError:
    """The file of a state cannot be written."""
    return KiliError(f"{path} cannot be written ({reason}): choose another file")


def state_unloadable(reason: str) -> KiliError:
    """The documents of a state contradict one another, or the world."""
    return KiliError(f"the state cannot be loaded: {reason}. Nothing was changed")


def state_key_taken(name: str) -> KiliError:
    """Another world of the emulator has an API key of the state."""
    return state_unloadable(
        f"another world has its API key named {name!r}, and each key identifies one world: delete "
        "that world, or revoke its key"
    )


def state_project_exists(title: str, project_id: str) -> KiliError:
    """The world has the project of the state already."""
    return state_unloadable(
        f"project {title!r} ({project_id}) exists here already: replace it with --replace, or "
        "load the state into another world"
    )


def state_id_taken(table: str, document_id: str) -> KiliError:
    """Another project of the world has an id of the state."""
    return state_unloadable(
        f"{table} {document_id} exists here already, outside of the project: load the state into "
        "another world"
    )


def state_without_organization() -> KiliError:
    """The world to which a project is to be added has no organization."""
    return state_unloadable("the world has no organization")


def state_without_administrator() -> KiliError:
    """The world to which a project is to be added has no active administrator."""
    return state_unloadable("the world has no active administrator")


def export_unusable(path: str, reason: str) -> KiliError:
    """A file or folder is no raw export of the SDK."""
    return KiliError(
        f'{path} cannot be imported: {reason}. Give what kili.export_labels(…, fmt="raw") wrote: '
        "the zip archive, the folder of its content, or its data.json"
    )


def export_option_unusable(option: str, reason: str) -> KiliError:
    """An option of an import has an unusable value."""
    return KiliError(f"{option} cannot be used: {reason}")


def pull_project_unknown(project_id: str, endpoint: str) -> KiliError:
    """The source has no such project, or the key does not see it."""
    return KiliError(
        f"{endpoint} shows no project {project_id} to this API key: check the id, and that the "
        "owner of the key is a member of the project"
    )


def pull_refused(endpoint: str, reason: str) -> KiliError:
    """The source refuses a request, or does not answer."""
    return KiliError(
        f"{endpoint} did not answer as expected: {reason}. Pages that were read are kept: the same "
        "command continues there"
    )


def pull_lacks_fields(endpoint: str, fields: Sequence[str]) -> KiliError:
    """The schema of the source lacks members without which a copy makes no sense."""
    return KiliError(f"{endpoint} cannot be copied: its API lacks {', '.join(fields)}")


def pull_pages_damaged(path: str) -> KiliError:
    """A kept page of an interrupted copy cannot be read."""
    return KiliError(f"{path} is damaged: begin the copy again with --restart")
