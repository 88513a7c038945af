"""Save the state of a world or a project, and load one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypedDict

from kili_emulator.domain.world import World
from kili_emulator.replays.table_lines import without_collections
from kili_emulator.services.session import WorldSession
from kili_emulator.transfer.project_loading import LoadedProject, NewMember, load_project
from kili_emulator.transfer.state_file import pack_state, unpack_state
from kili_emulator.transfer.state_form import State
from kili_emulator.transfer.state_saving import state_of_project, state_of_world
from kili_emulator.transfer.world_loading import load_world

_NAME = "the state"


class LoadedState(TypedDict):
    """What the loading of a state did.

    - ``project``: the id of the project that was added; ``None`` if the world was replaced.
    - ``counts``: table → the number of documents that the state had of it.
    - ``newUsers``: the e-mails of the users whom the organization did not have.
    - ``newMembers``: the authors of labels who were no members of the project.
    - ``notes``: what the source of the state had and the state lacks, in sentences.
    """

    world: str
    kind: Literal["world", "project"]
    project: str | None
    counts: dict[str, int]
    newUsers: list[str]
    newMembers: list[NewMember]
    notes: list[str]


def save_state(session: WorldSession, project: str | None = None) -> bytes:
    """Wait for a world's plugins; return the file of the state of the world, or of a project.

    Args:
        project: the id or the title of the project; ``None`` for the whole world.

    Raises:
        KiliError: no project, or several, have this id or title.
        StorageError: a file of the world is missing or damaged.
    """
    session.host.wait_idle(session.world, session.seconds)
    if project is None:
        return pack_state(state_of_world(session.world))
    return pack_state(state_of_project(session.world, project))


def load_state(
    session: WorldSession,
    content: bytes,
    *,
    replace: bool = False,
    may_keep: Callable[[World], bool] = lambda _: True,
) -> LoadedState | None:
    """Wait for a world's plugins, then load a state, all or nothing; a reset undoes it.

    The state of a world replaces the world; that of a project is added to the world.

    Args:
        content: the bytes of the file.
        replace: replace a project of the same id.
        may_keep: returns whether the new content of the world may stay.

    Returns:
        what was done; ``None`` if the new content was not kept.

    Raises:
        KiliError: the file is no state, or it cannot be loaded into this world.
    """
    with without_collections():
        return _load_state(session, unpack_state(content, _NAME), may_keep, replace=replace)


def _load_state(
    session: WorldSession, state: State, may_keep: Callable[[World], bool], *, replace: bool
) -> LoadedState | None:
    world, host = session.world, session.host
    host.wait_idle(world, session.seconds)
    if state.manifest["kind"] == "project":
        return _view(world, state, load_project(world, state, replace=replace))
    mark = world.mark()
    load_world(world, state)
    if not may_keep(world):
        world.roll_back(mark)
        return None
    world.run_keys.clear()
    host.reload(world)
    return _view(world, state, None)


def _view(world: World, state: State, loaded: LoadedProject | None) -> LoadedState:
    return {
        "world": world.name,
        "kind": state.manifest["kind"],
        "project": loaded.project_id if loaded else None,
        "counts": state.manifest["counts"],
        "newUsers": loaded.new_users if loaded else [],
        "newMembers": loaded.new_members if loaded else [],
        "notes": state.manifest["notes"],
    }
