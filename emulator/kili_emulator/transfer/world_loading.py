"""Put the state of a whole world in place of the content of a world."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from kili_emulator import errors
from kili_emulator.clock import ClockState
from kili_emulator.config import DEFAULT_WORLD
from kili_emulator.domain.api_key import SCENARIO_KEY_PREFIX, scenario_key, world_of_key
from kili_emulator.domain.consistency import find_contradictions
from kili_emulator.domain.world import Actor, Transaction, World
from kili_emulator.transfer.state_form import State, WorldState


def load_world(world: World, state: State) -> None:
    """Replace documents, ids and clock of a world, all or nothing; a reset undoes it.

    No event is emitted. The keys of the scenario get the name of this world.

    Raises:
        KiliError: another world has a key of the state, or the documents contradict one another.
    """
    around = state.manifest["world"]
    assert around is not None
    with world.transaction(Actor.system()) as tx, explained_form():
        tx.clear()
        for content in state.files.values():
            world.blobs.put(content)
        _insert_all(tx, state, around)
        check_consistency(tx)
        world.ids.restore(around["ids"])
        world.clock.state = ClockState.parse(around["clock"])
    world.clock.wake()
    for callback in list(world.after_clock_change):
        callback()


def _insert_all(tx: Transaction, state: State, around: WorldState) -> None:
    """Insert all documents in the order of their creation."""
    repositories = tx.repositories()
    rows = sorted(
        (
            (place, table, document)
            for table, each in state.tables.items()
            for place, document in each
        ),
        key=lambda row: row[0],
    )
    tx.world.note_loaded_state(tx, around["start"], around["decisions"])
    for _, table, document in rows:
        repositories[table].insert(_for_world(tx.world, table, document, around["name"]))


def _for_world(world: World, table: str, document: dict[str, Any], former: str) -> dict[str, Any]:
    """Return a document as this world has it.

    Args:
        former: the name of the world from which the state was taken.
    """
    if table == "apiKeys":
        key = _key_in(world.name, former, document["key"])
        if world.is_key_of_other_world(key):
            raise errors.state_key_taken(document["name"])
        return {**document, "key": key}
    if table == "runs":
        documents = world.documents
        has_ended = document["outcome"] != "RUNNING"
        ended = [world.epoch, documents.sequence] if has_ended else None
        return {**document, "sequence": documents.sequence, "ended": ended}
    return document


def _key_in(world: str, former: str, key: str) -> str:
    """Return a key of a scenario with the name of another world; other keys stay the same."""
    if world_of_key(key) != former:
        return key
    name = key.removeprefix(SCENARIO_KEY_PREFIX)
    if former != DEFAULT_WORLD:
        name = name.rpartition(".")[0]
    return scenario_key(name, world)


def check_consistency(tx: Transaction) -> None:
    """Check that all facts hold between the documents of a world.

    Raises:
        KiliError: a fact does not hold.
    """
    tables = {name: each.snapshot for name, each in tx.repositories().items()}
    for fault in find_contradictions(tables):
        raise errors.state_unloadable(str(fault))


@contextlib.contextmanager
def explained_form() -> Iterator[None]:
    """Turn the errors that a member of a wrong type causes into one that says so.

    Raises:
        KiliError: a document has a member of a wrong type.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise errors.state_unloadable(f"a document has an unexpected value ({error!r})") from None
