"""A world: atomic changes, stable views, events after the commit, and rolling back."""

from __future__ import annotations

import logging
import random
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time

from kili_emulator.clock import format_time
from kili_emulator.domain.event_bus import Delivery, Event
from kili_emulator.domain.world import Actor, EpochOverError, Mark, Transaction, World
from kili_emulator.errors import KiliError
from tests.kit.world_time import advance

pytestmark = pytest.mark.made_up_documents

ACTOR = Actor({"id": "me", "organizationId": "home"})
RUN = replace(ACTOR, run_id="run")


@pytest.fixture(params=["memory", "file"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    opened = World("w", tmp_path / "w" if request.param == "file" else None, seed=1)
    yield opened
    opened.close()


def add(tx: Transaction, name: str) -> dict[str, Any]:
    return tx.organizations.insert({"id": tx.new_id(), "name": name})


def added(world: World, *names: str) -> list[dict[str, Any]]:
    with world.transaction(ACTOR) as tx:
        return [add(tx, name) for name in names]


def fail(
    world: World, work: Callable[[Transaction], object], error: BaseException | None = None
) -> None:
    """Run work in a transaction that fails."""
    error = error or RuntimeError("no")

    def attempt() -> None:
        with world.transaction(ACTOR) as tx:
            work(tx)
            raise error

    with pytest.raises(type(error)) as caught:
        attempt()
    assert caught.value is error


def names(world: World) -> list[str]:
    return [each["name"] for each in world.view.organizations.all()]


def state(world: World) -> tuple[Any, ...]:
    return (world.export(), world.documents.sequence, world.ids.state())


class SubjectRecorder:
    """A subscriber that records the subjects of the events that it receives."""

    def __init__(self, world: World) -> None:
        self.subjects: list[str] = []
        world.bus.subscribe(self)

    def __call__(self, events: list[Event]) -> list[Delivery]:
        self.subjects += [each["event"] for each in events]
        return []


# All or nothing


def test_changes_are_visible_after_the_transaction(world: World) -> None:
    added(world, "x", "y")

    assert names(world) == ["x", "y"]


def test_transaction_is_one_commit(world: World) -> None:
    before = world.documents.sequence
    added(world, "x", "y")

    assert world.documents.sequence == before + 1


def test_failed_transaction_changes_nothing(world: World) -> None:
    recorder = SubjectRecorder(world)
    (x,) = added(world, "x")
    before = state(world)

    def work(tx: Transaction) -> None:
        add(tx, "y")
        tx.organizations.change(x, name="changed")
        tx.emit("happened", {}, project_id="p")
        world.ids.draw()

    fail(world, work)

    assert state(world) == before
    assert x == {"id": x["id"], "name": "x"}
    assert recorder.subjects == []


def test_interrupted_transaction_changes_nothing(world: World) -> None:
    before = state(world)
    fail(world, lambda tx: add(tx, "y"), KeyboardInterrupt())

    assert state(world) == before


def test_ids_of_a_failed_transaction_are_reused(world: World) -> None:
    lost: list[str] = []
    with freeze_time("2024-01-01"):
        fail(world, lambda tx: lost.append(tx.new_id()))
        (first,) = added(world, "x")

    assert [first["id"]] == lost


def test_failed_write_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = SubjectRecorder(world)
    added(world, "x")
    before = state(world)

    def write(*_: Any) -> None:
        raise sqlite3.OperationalError("disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(type(world.documents.storage._file), "write", write)
        with pytest.raises(sqlite3.OperationalError):
            emit(world, "happened")

    assert (state(world), recorder.subjects) == (before, [])
    added(world, "z")
    assert names(world) == ["x", "z"]


def test_failed_transaction_changes_nothing_on_disk(tmp_path: Path) -> None:
    world = World("w", tmp_path)
    added(world, "x")
    before = world.export()
    fail(world, lambda tx: add(tx, "y"))
    world.close()
    again = World("w", tmp_path)

    assert again.export() == before
    again.close()


def test_transaction_that_changes_nothing_commits_nothing(world: World) -> None:
    (x,) = added(world, "x")
    before = world.documents.sequence
    with world.transaction(ACTOR) as tx:
        tx.organizations.change(x, name="x")
        tx.organizations.delete(add(tx, "passing"))

    assert (world.documents.sequence, names(world)) == (before, ["x"])


@pytest.mark.parametrize("value", [1.0, True, {"n": [True]}])
def test_change_to_a_value_that_python_takes_for_equal_is_kept(world: World, value: object) -> None:
    (x,) = added(world, "x")
    equal_value = {"n": [1]} if isinstance(value, dict) else 1
    with world.transaction(ACTOR) as tx:
        tx.organizations.change(x, license=equal_value)
    with world.transaction(ACTOR) as tx:
        tx.organizations.change(x, license=value)

    assert repr(world.view.organizations.require(x["id"])["license"]) == repr(value)


def test_second_transaction_in_the_same_thread_is_refused(world: World) -> None:
    with world.transaction(ACTOR) as tx:
        add(tx, "outer")
        with (
            pytest.raises(RuntimeError, match="open in this thread already"),
            world.transaction(ACTOR),
        ):
            pytest.fail("a second transaction was opened")

    assert names(world) == ["outer"]


def test_failed_transaction_releases_the_world(world: World) -> None:
    fail(world, lambda tx: add(tx, "x"))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(added, world, "y").result(timeout=10)
    added(world, "z")

    assert names(world) == ["y", "z"]


def test_transactions_of_many_threads_run_one_at_a_time(world: World) -> None:
    (counter,) = added(world, "0")

    def increment(_: int) -> None:
        with world.transaction(ACTOR) as tx:
            now = tx.organizations.require(counter["id"])
            tx.organizations.change(now, name=str(int(now["name"]) + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(increment, range(80)))

    assert names(world) == ["80"]


def test_transaction_has_one_timestamp(world: World) -> None:
    with freeze_time("2024-01-01") as frozen, world.transaction(ACTOR) as tx:
        frozen.tick(60)

        assert tx.now == format_time(tx.moment) == "2024-01-01T00:00:00.000Z"
        assert tx.new_id()[1:9] == tx.new_id()[1:9]


# Repositories and views


def test_transaction_sees_its_own_changes(world: World) -> None:
    x, y = added(world, "x", "y")
    with world.transaction(ACTOR) as tx:
        z = add(tx, "z")
        tx.organizations.change(x, name="changed")
        tx.organizations.delete(y)

        assert [each["name"] for each in tx.organizations.all()] == ["changed", "z"]
        assert tx.organizations.get(y["id"]) is None
        assert tx.organizations.require(z["id"]) == z
        assert len(tx.organizations) == 2


def test_change_creates_a_new_document_at_the_same_place(world: World) -> None:
    x, _ = added(world, "x", "y")
    with world.transaction(ACTOR) as tx:
        new = tx.organizations.change(x, name="changed", more=1)

    assert x == {"id": x["id"], "name": "x"}
    assert new == {"id": x["id"], "name": "changed", "more": 1}
    assert names(world) == ["changed", "y"]


def test_changes_to_one_document_add_up(world: World) -> None:
    (x,) = added(world, "x")
    with world.transaction(ACTOR) as tx:
        tx.organizations.change(x, one=1)
        tx.organizations.change(x, two=2)

    assert world.view.organizations.require(x["id"]) == {**x, "one": 1, "two": 2}


def test_insert_with_a_taken_id_is_refused(world: World) -> None:
    (x,) = added(world, "x")
    with pytest.raises(KiliError, match="exists already"), world.transaction(ACTOR) as tx:
        tx.organizations.insert({"id": x["id"], "name": "twin"})

    assert names(world) == ["x"]


def test_insert_all_inserts_each_document_in_order(world: World) -> None:
    with world.transaction(ACTOR) as tx:
        documents = [{"id": tx.new_id(), "name": name} for name in "cab"]
        tx.organizations.insert_all(documents)
        tx.organizations.insert_all([])
        assert tx.organizations.all() == documents

    assert names(world) == ["c", "a", "b"]


@pytest.mark.parametrize("ids", [["new", "taken"], ["twin", "twin"]])
def test_insert_all_with_a_taken_id_inserts_nothing(world: World, ids: list[str]) -> None:
    with world.transaction(ACTOR) as tx:
        tx.organizations.insert({"id": "taken", "name": "x"})
    with world.transaction(ACTOR) as tx:
        with pytest.raises(KiliError, match="exists already"):
            tx.organizations.insert_all([{"id": each, "name": each} for each in ids])
        assert len(tx.organizations) == 1

    assert names(world) == ["x"]


def test_delete_all_deletes_the_given_documents(world: World) -> None:
    x, _, z = added(world, "x", "y", "z")
    with world.transaction(ACTOR) as tx:
        tx.organizations.delete_all([x, z])

        assert len(tx.organizations) == 1
    assert names(world) == ["y"]


def test_get_many_returns_existing_documents_in_creation_order(world: World) -> None:
    x, y, z = added(world, "x", "y", "z")
    found = world.view.organizations.get_many([z["id"], "nobody", x["id"], z["id"]])

    assert found == [x, z]
    assert y not in found


def test_error_for_a_missing_document_names_table_and_id(world: World) -> None:
    with pytest.raises(KeyError, match="organizations nobody"):
        world.view.organizations.require("nobody")


def test_index_is_up_to_date_inside_a_transaction(world: World) -> None:
    with world.transaction(ACTOR) as tx:
        tx.projects.insert({"id": "p", "organizationId": "home"})
        tx.projects.insert({"id": "q", "organizationId": "away"})

        assert [each["id"] for each in tx.projects.find("organization", "home")] == ["p"]
        assert tx.projects.count("organization", "none") == 0


def test_view_never_changes(world: World) -> None:
    (x,) = added(world, "x")
    view = world.view
    with world.transaction(ACTOR) as tx:
        tx.organizations.change(x, name="changed")
        add(tx, "y")
        amid = world.view

    for held in (view, amid):
        assert held.organizations.all() == [x]
    assert names(world) == ["changed", "y"]


def test_another_thread_reads_without_waiting_for_the_writer(world: World) -> None:
    added(world, "x")
    with ThreadPoolExecutor(1) as pool, world.transaction(ACTOR) as tx:
        add(tx, "y")

        assert pool.submit(names, world).result(timeout=10) == ["x"]


# Events


def test_stored_event_has_actor_time_and_project(world: World) -> None:
    world.run_keys["kili-run-1"] = RUN
    with freeze_time("2024-01-01"), world.transaction(RUN) as tx:
        tx.emit("happened", {"labelId": "l"}, project_id="p")

    (event,) = world.view.events.find("project", "p")
    assert event == {
        "id": event["id"],
        "event": "happened",
        "createdAt": "2024-01-01T00:00:00.000Z",
        "organizationId": "home",
        "projectId": "p",
        "userId": "me",
        "payload": {"labelId": "l"},
        "runId": "run",
        "transactionId": event["id"],
    }


def test_subscriber_gets_the_stored_events(world: World) -> None:
    received: list[Event] = []
    world.bus.subscribe(lambda events: received.extend(events) or [])
    emit(world, "one", "two")

    assert received == world.view.events.all()


def test_internal_event_is_delivered_and_stored_separately(world: World) -> None:
    recorder = SubjectRecorder(world)
    with world.transaction(ACTOR) as tx:
        tx.emit("inside", {}, project_id="p", internal=True)

    assert (recorder.subjects, world.view.events.all()) == (["inside"], [])
    assert [each["event"] for each in world.view.internal_events.find("project", "p")] == ["inside"]


def test_events_of_a_transaction_share_a_transaction_id(world: World) -> None:
    with world.transaction(ACTOR) as tx:
        tx.emit("public", {}, project_id="p")
        tx.emit("inside", {}, project_id="p", internal=True)
    emit(world, "later")
    first, later = world.view.events.all()
    (inside,) = world.view.internal_events.all()

    assert first["transactionId"] == inside["transactionId"] == first["id"]
    assert later["transactionId"] == later["id"]


def test_positions_are_ordered_across_tables_and_after_rolling_back(world: World) -> None:
    (scenario,) = added(world, "of the scenario")
    world.set_start("farm")
    emit(world, "one")
    (thing,) = added(world, "x")
    mark = world.mark()
    emit(world, "undone")
    world.roll_back(mark)
    with world.transaction(ACTOR) as tx:
        tx.emit("inside", {}, project_id="p", internal=True)
        tx.organizations.change(tx.organizations.require(thing["id"]), name="changed")

    view = world.view
    (one,), (inside,) = view.events.all(), view.internal_events.all()
    places = [
        view.organizations.position(scenario["id"]),
        world.start_position,
        view.events.position(one["id"]),
        view.organizations.position(thing["id"]),
        view.internal_events.position(inside["id"]),
    ]
    assert places == sorted(places)
    with pytest.raises(KeyError):
        view.events.position("nothing")


def emit(world: World, *subjects: str) -> Transaction:
    with world.transaction(ACTOR) as tx:
        for subject in subjects:
            tx.emit(subject, {}, project_id="p")
    return tx


def test_events_are_delivered_after_the_commit(world: World) -> None:
    seen: list[list[str]] = []
    world.bus.subscribe(lambda _: seen.append(names(world)) or [])
    with world.transaction(ACTOR) as tx:
        tx.emit("happened", {}, project_id="p")
        add(tx, "x")
        assert seen == []

    assert seen == [["x"]]


def test_events_of_a_transaction_are_delivered_together_in_order(world: World) -> None:
    batches: list[list[str]] = []
    world.bus.subscribe(lambda events: batches.append([each["event"] for each in events]) or [])
    emit(world, "one", "two")
    emit(world, "three")
    emit(world)

    assert batches == [["one", "two"], ["three"]]


def test_events_of_many_threads_are_delivered_in_the_order_of_their_commits(world: World) -> None:
    recorder = SubjectRecorder(world)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: emit(world, str(number)), range(80)))

    assert recorder.subjects == [each["event"] for each in world.view.events.all()]
    assert sorted(recorder.subjects, key=int) == [str(number) for number in range(80)]


def test_subscriber_may_change_the_world(world: World) -> None:
    recorder = SubjectRecorder(world)

    def follow(events: list[Event]) -> list[Delivery]:
        if events[0]["event"] == "cause":
            emit(world, "effect")
        return []

    world.bus.subscribe(follow)
    emit(world, "cause")

    assert recorder.subjects == ["cause", "effect"]
    assert [each["event"] for each in world.view.events.all()] == ["cause", "effect"]


def test_other_threads_can_commit_while_events_are_delivered(world: World) -> None:
    with ThreadPoolExecutor(1) as pool:

        def follow(_: list[Event]) -> list[Delivery]:
            pool.submit(added, world, "elsewhere").result(timeout=10)
            return []

        world.bus.subscribe(follow)
        emit(world, "cause")

    assert names(world) == ["elsewhere"]


def test_removed_subscriber_gets_no_more_events(world: World) -> None:
    first, second = SubjectRecorder(world), SubjectRecorder(world)
    emit(world, "one")
    world.bus.unsubscribe(first)
    emit(world, "two")

    assert (first.subjects, second.subjects) == (["one"], ["one", "two"])


def test_subscriber_may_unsubscribe_during_a_delivery(world: World) -> None:
    received: list[str] = []

    def once(events: list[Event]) -> list[Delivery]:
        received.extend(each["event"] for each in events)
        world.bus.unsubscribe(once)
        return []

    world.bus.subscribe(once)
    recorder = SubjectRecorder(world)
    emit(world, "one")
    emit(world, "two")

    assert (received, recorder.subjects) == (["one"], ["one", "two"])


def test_failing_subscriber_affects_neither_commit_nor_other_subscribers(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: list[Event]) -> Iterable[Delivery]:
        raise RuntimeError("subscriber is broken")

    world.bus.subscribe(fail)
    recorder = SubjectRecorder(world)
    with caplog.at_level(logging.ERROR):
        emit(world, "happened")

    assert recorder.subjects == ["happened"]
    assert len(world.view.events) == 1
    assert "a subscriber failed on ['happened']" in caplog.text
    assert "subscriber is broken" in caplog.text


def test_transaction_knows_the_deliveries_of_its_events(world: World) -> None:
    first, second = Delivery(), Delivery()
    world.bus.subscribe(lambda _: [first])
    world.bus.subscribe(lambda _: [second])

    assert emit(world, "happened").deliveries == [first, second]
    assert emit(world).deliveries == []


def test_transactions_of_two_threads_each_know_their_deliveries(world: World) -> None:
    """This holds even if one thread delivers the events that the other committed."""
    delivering, go_on = threading.Event(), threading.Event()
    started: dict[str, Delivery] = {}

    def follow(events: list[Event]) -> list[Delivery]:
        delivering.set()
        assert go_on.wait(10)
        started[events[0]["event"]] = Delivery()
        return [started[events[0]["event"]]]

    world.bus.subscribe(follow)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(emit, world, "one")
        assert delivering.wait(10)
        two = pool.submit(emit, world, "two")
        go_on.set()

        assert one.result(10).deliveries == [started["one"]]
        assert two.result(10).deliveries == [started["two"]]


# Marks


def disturb(world: World) -> list[str]:
    """Change, delete and add documents; return the new ids."""
    documents = world.view.organizations.all()
    with world.transaction(ACTOR) as tx:
        tx.organizations.change(documents[0], name="changed")
        tx.organizations.delete(documents[1])
        tx.emit("happened", {}, project_id="p")
    return [each["id"] for each in added(world, "new", "newer")]


def test_rolling_back_restores_everything(world: World) -> None:
    added(world, "x", "y", "z")
    mark, before = world.mark(), world.export()
    disturb(world)
    assert world.export() != before
    world.roll_back(mark)

    assert world.export() == before


def test_ids_and_random_draws_repeat_after_rolling_back(world: World) -> None:
    with freeze_time("2024-01-01"):
        added(world, "x", "y")
        mark = world.mark()
        first = [*disturb(world), world.ids.draw(), world.ids.run_seed()]
        world.roll_back(mark)

        assert [*disturb(world), world.ids.draw(), world.ids.run_seed()] == first


def test_ids_repeat_after_rolling_back_without_a_seed() -> None:
    world = World("w")
    with freeze_time("2024-01-01"):
        mark = world.mark()
        first = added(world, "x", "y")
        world.roll_back(mark)

        assert added(world, "x", "y") == first
    world.close()


def test_rolling_back_restores_the_clock(world: World) -> None:
    advance(world, timedelta(hours=1))
    mark, before = world.mark(), world.clock.state
    advance(world, timedelta(days=9))
    world.roll_back(mark)

    assert world.clock.state == before


def test_run_with_revoked_key_cannot_change_the_world(
    world: World,
) -> None:
    world.run_keys["kili-run-1"] = RUN
    with world.transaction(RUN) as tx:
        add(tx, "before")
    world.revoke("kili-run-1")

    with pytest.raises(KiliError, match="has ended"), world.transaction(RUN) as tx:
        add(tx, "after")
    assert names(world) == ["before"]


def test_revoking_a_run_key_waits_for_the_delivery_of_its_events(world: World) -> None:
    world.run_keys["kili-run-1"] = RUN
    entered, go_on = threading.Event(), threading.Event()
    received: list[str] = []

    def listen(events: list[Event]) -> list[Delivery]:
        entered.set()
        assert go_on.wait(10)
        received.extend(each["event"] for each in events)
        return []

    def change() -> None:
        with world.transaction(RUN) as tx:
            tx.emit("happened", {}, project_id="p")

    def revoke() -> list[str]:
        world.revoke("kili-run-1")
        return list(received)

    world.bus.subscribe(listen)
    with ThreadPoolExecutor(2) as pool:
        changing = pool.submit(change)
        assert entered.wait(10)
        revoking = pool.submit(revoke)
        assert wait([revoking], 0.05).not_done
        go_on.set()
        assert revoking.result(10) == ["happened"]
        changing.result(10)


def test_rolling_back_revokes_all_run_keys(world: World) -> None:
    mark = world.mark()
    world.run_keys["kili-run-1"] = RUN
    world.roll_back(mark)

    assert world.run_keys == {}


def test_rolling_back_delivers_nothing(world: World) -> None:
    mark = world.mark()
    emit(world, "happened")
    recorder = SubjectRecorder(world)
    world.roll_back(mark)

    assert recorder.subjects == []


def test_undone_mark_is_refused_even_after_equally_many_new_commits(
    world: World,
) -> None:
    added(world, "x", "y")
    early = world.mark()
    disturb(world)
    late = world.mark()
    for _ in range(2):
        world.roll_back(early)
        for _ in range(2):
            with pytest.raises(ValueError, match="the mark is no longer valid"):
                world.roll_back(late)
            disturb(world)


def test_mark_is_valid_until_its_moment_is_undone(world: World) -> None:
    """The marks are compared with a model: the list of all moments before the present."""
    added(world, "0")
    history = [(world.mark(), world.export())]
    gone: list[Mark] = []
    chance = random.Random(1)
    for number in range(200):
        if chance.random() < 0.6:
            added(world, str(number))
            history.append((world.mark(), world.export()))
            continue
        kept = chance.randrange(len(history))
        mark, content = history[kept]
        world.roll_back(mark)
        gone += [each for each, _ in history[kept + 1 :]]
        del history[kept + 1 :]
        assert world.export() == content
        for each in chance.sample(gone, min(5, len(gone))):
            with pytest.raises(ValueError, match="the mark is no longer valid"):
                world.roll_back(each)
    assert len(world.documents.meta["returns"]) <= len(history)


def test_failed_rollback_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = world.mark()
    added(world, "x")
    advance(world, timedelta(hours=1))
    world.run_keys["kili-run-1"] = ACTOR
    called: list[str] = []
    world.after_roll_back.append(lambda: called.append("called"))

    def everything() -> tuple[Any, ...]:
        keys, meta = dict(world.run_keys), dict(world.documents.meta)
        return (*state(world), world.clock.state, keys, meta, world.epoch, called[:])

    def undo(*_: Any) -> None:
        raise sqlite3.OperationalError("disk is full")

    before = everything()
    with monkeypatch.context() as patch:
        patch.setattr(type(world.documents.storage._file), "undo", undo)
        with pytest.raises(sqlite3.OperationalError):
            world.roll_back(mark)

    assert everything() == before
    world.roll_back(mark)
    assert (names(world), called) == ([], ["called"])


def test_actor_of_an_ended_epoch_is_refused(world: World) -> None:
    mark = world.mark()
    actor = replace(ACTOR, epoch=world.epoch)
    with world.transaction(actor) as tx:
        add(tx, "x")
    world.roll_back(mark)
    with (
        pytest.raises(EpochOverError, match="only during the run"),
        world.transaction(actor) as tx,
    ):
        add(tx, "y")

    assert names(world) == []


def test_epochs_continue_after_reopening(tmp_path: Path) -> None:
    world = World("w", tmp_path)
    mark = world.mark()
    added(world, "x")
    late = world.mark()
    world.roll_back(mark)
    epoch = world.epoch
    world.close()
    again = World("w", tmp_path)
    added(again, "x")

    assert again.epoch == epoch
    with pytest.raises(ValueError, match="the mark is no longer valid"):
        again.roll_back(late)
    again.close()


def test_events_undone_before_their_delivery_are_not_delivered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = world.mark()
    received: list[str] = []
    others: list[threading.Thread] = []
    committed = threading.Event()
    deliver = world._deliver

    def tell_and_deliver() -> None:
        if others:
            committed.set()
        deliver()

    monkeypatch.setattr(world, "_deliver", tell_and_deliver)

    def slow(events: list[Event]) -> list[Delivery]:
        received.extend(each["event"] for each in events)
        if received == ["one"]:
            others.append(threading.Thread(target=emit, args=(world, "two"), daemon=True))
            others[0].start()
            assert committed.wait(10)  # the other now waits for its delivery
            world.roll_back(mark)
        return []

    world.bus.subscribe(slow)
    emit(world, "one")
    others[0].join(10)
    emit(world, "three")

    assert received == ["one", "three"]


def test_start_is_the_state_after_the_scenario(world: World) -> None:
    assert world.start is None
    added(world, "x", "y")
    world.set_start("farm")
    before = world.export()
    disturb(world)
    start = world.start
    assert start is not None
    world.roll_back(start)

    assert (world.scenario, world.export()) == ("farm", before)
    assert world.start == start


# Reopening


def test_reopened_world_continues_with_the_same_content_and_ids(tmp_path: Path) -> None:
    with freeze_time("2024-01-01"):
        world = World("w", tmp_path, seed=1)
        added(world, "x", "y")
        world.set_start("farm")
        mark = world.mark()
        expected = added(world, "z")
        world.roll_back(mark)
        start, content = (world.start, world.start_position), world.export()
        world.close()
        again = World("w", tmp_path)

        assert ((again.start, again.start_position), again.export()) == (start, content)
        assert again.scenario == "farm"
        assert added(again, "z") == expected
    again.close()


def test_mark_is_valid_after_reopening(tmp_path: Path) -> None:
    world = World("w", tmp_path)
    added(world, "x", "y")
    mark, before = world.mark(), world.export()
    disturb(world)
    world.close()
    again = World("w", tmp_path)
    again.roll_back(mark)

    assert again.export() == before
    again.close()


def test_clock_survives_reopening(tmp_path: Path) -> None:
    world = World("w", tmp_path)
    advance(world, timedelta(hours=1))
    before = world.clock.state
    world.close()
    again = World("w", tmp_path)

    assert again.clock.state == before
    again.close()


def test_after_roll_back_callback_may_remove_itself(world: World) -> None:
    mark, called = world.mark(), []

    def once() -> None:
        called.append("once")
        world.after_roll_back.remove(once)

    world.after_roll_back += [once, lambda: called.append("always")]
    for _ in range(2):
        world.roll_back(mark)

    assert called == ["once", "always", "always"]
