"""What is wrong with a world, or with the folder that it lies in. All of this is ours."""

from __future__ import annotations

WORLD_NAME_INVALID = "{name!r} cannot be the name of a world: use lower-case letters, digits and -"
WORLD_EXISTS = "world {name!r} exists already: reset or delete it, or use it"
WORLD_UNKNOWN = "there is no world {name!r} (there are: {known})"
WORLD_IS_DEFAULT = "the default world cannot be deleted: reset it instead"
WORLD_FOLDER_EXISTS = (
    "{folder} exists already and holds no world, so that none can be made there: "
    "move it away, or give another --data-dir"
)
WORLD_DAMAGED = (
    "{file} {fault}. Nothing has been removed. Restore {folder} from a backup, move it out of "
    "the folder `worlds`, or delete it yourself"
)
WORLD_FOLDER_MISMATCH = (
    "{folder} holds world {home!r}, not world {name!r}: the API keys of a world end with its name. "
    "Rename the folder to {home!r} if there is no other folder of that name, or move it out of "
    "the folder `worlds`, for example into that of another --data-dir"
)
WORLD_KEY_DUPLICATE = (
    "worlds {one!r} and {other!r} hold the same active API key, named {key!r}: a key opens one "
    "world only. Move {folder} out of the folder `worlds`, start again and revoke the key, "
    "then move it back"
)
WORLD_KEY_EXISTS = (
    "world {name!r} cannot be made: its API key named {key!r} is one of world {other!r} already"
)
