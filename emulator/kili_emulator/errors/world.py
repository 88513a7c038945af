"""Errors about worlds and their folders (all ours)."""

from __future__ import annotations

WORLD_NAME_INVALID = "{name!r} is not a valid name of a world: use lower-case letters, digits and -"
WORLD_EXISTS = "world {name!r} exists already: use it, or reset or delete it first"
WORLD_UNKNOWN = "there is no world {name!r} (there are: {known})"
WORLD_MARK_INVALID = (
    "the mark is no longer valid: after it was set, the world was reset to an earlier mark. "
    "Set a new mark"
)
WORLD_MARK_BEFORE_CHECKPOINT = (
    "the mark is of a time before the last checkpoint, whose state must stay: end the checkpoint "
    "first. In a pytest run, the fixtures keep a checkpoint at the begin of each test"
)
WORLD_MARK_UNKNOWN = (
    "the mark is unknown: no mark was set at this moment of the world, or it is that of an old run "
    "(the setting replayable_runs). Use a mark that the emulator returned"
)
WORLD_IS_DEFAULT = "the default world cannot be deleted: reset it instead"
WORLD_FOLDER_EXISTS = (
    "{folder} exists already and is not a world, so no world can be created there: "
    "move the folder away, or give another --data-dir"
)
WORLD_DAMAGED = (
    "{file} {fault}. Nothing has been removed. Restore {folder} from a backup, move it out of "
    "the folder `worlds`, or delete it yourself. `kili-emulator repair` recovers what can be read"
)
WORLD_NOT_ACCESSIBLE = (
    "{file} cannot be used ({reason}): give this user the permission, or give another --data-dir"
)
WORLD_NOT_WRITABLE = "{file} cannot be used: {error}"
WORLDS_NOT_A_FOLDER = (
    "{folder} is not a folder, but the emulator keeps its worlds in a folder of this name: move "
    "the file away, or give another --data-dir"
)
WORLD_FOLDER_MISMATCH = (
    "{folder} contains world {home!r}, not world {name!r}: the API keys of a world end with its "
    "name. Rename the folder to {home!r} if there is no other folder of that name, or move it out "
    "of the folder `worlds`, for example into the folder `worlds` of another --data-dir"
)
WORLD_KEY_DUPLICATE = (
    "worlds {one!r} and {other!r} have the same active API key, named {key!r}: a key can belong to "
    "only one world. Move {folder} out of the folder `worlds`, start again, revoke the key, "
    "then move the folder back"
)
WORLD_KEY_EXISTS = (
    "world {name!r} cannot be created: world {other!r} already has its API key named {key!r}. "
    "Revoke that key, or change the key in the scenario"
)
WORLD_OF_OTHER_VERSION = (
    "{file} was written by another version of the emulator: repair it with that version"
)
WORLD_NOT_REPAIRABLE = (
    "no document of {file} can be read. Nothing has been removed. Restore {folder} from a backup, "
    "or delete it yourself"
)
WORLD_STAYS_INCONSISTENT = (
    "{file} cannot be repaired: {fault}. Nothing has been removed. Restore {folder} from a backup, "
    "or delete it yourself"
)
REPAIR_NEW_ADMIN = "the API key {key} is new: no API key of an administrator could be read"
