"""The timeline: what requests changed, and which events, runs and requests followed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from kili_emulator import errors
from kili_emulator.domain.lookup import find_asset, find_project
from kili_emulator.domain.timeline.requests import Requests
from kili_emulator.domain.timeline.topic import WHOLE_WORLD, Topic
from kili_emulator.domain.timeline.tree import TimelineQuery, build_timeline, build_trees
from kili_emulator.domain.world import View, World
from kili_emulator.observe.requests import RequestRecord
from kili_emulator.observe.timeline import EventNode, RequestNode, RunNode
from kili_emulator.services.session import WorldSession


@dataclass(frozen=True)
class TimelineSelection:
    """The part of the timeline to show.

    Attributes:
        run: the id of a run: only what led to this run, and its effects.
        asset: the id of an asset, or with ``project`` its external id.
        project: the id or title of a project.
        limit: the largest number of requests that no run sent; the latest are listed.
    """

    run: str | None = None
    asset: str | None = None
    project: str | None = None
    limit: int | None = None


class Position(NamedTuple):
    """A position in the order in which requests were answered.

    Attributes:
        ended: the place of the last answer.
        pending: the numbers of answered requests that have an unfinished run.
    """

    ended: int
    pending: Collection[int] = ()


class TimelinePage(NamedTuple):
    """A part of the timeline, and the position after it."""

    requests: list[RequestNode]
    position: Position


def show_timeline(session: WorldSession, selection: TimelineSelection) -> list[RequestNode]:
    """Return the requests that no run sent, oldest first, each with its effects.

    Raises:
        KiliError: the run, the asset or the project is unknown, or a run and an asset or a project
            were given.
    """
    world = session.deploy_saved().world
    topic = _find_topic(world.view, selection)
    query = TimelineQuery(selection.run, topic, selection.limit)
    return build_timeline(world.view, world.requests.all(), query)


def follow_timeline(
    session: WorldSession, selection: TimelineSelection, position: Position | None
) -> TimelinePage:
    """Return the requests that were answered since a position, and whose runs have ended.

    The function waits for one, at most the seconds of the session.

    Args:
        position: ``None`` for the present position, with no request.

    Raises:
        KiliError: as :func:`show_timeline`.
    """
    world = session.world
    topic = _find_topic(world.view, selection)
    if position is None:
        return TimelinePage([], Position(world.requests.ended))
    start = position

    def read() -> TimelinePage:
        return _read_page(world, topic, start)

    if session.seconds:
        session.host.wait_until(world, lambda: bool(read().requests), session.seconds)
    return read()


def _read_page(world: World, topic: Topic, position: Position) -> TimelinePage:
    records, view = world.requests.all(), world.view
    ended = max((each.ended for each in records), default=0)
    new = [each for each in records if _is_new(each, position)]
    if not new:
        return TimelinePage([], Position(max(ended, position.ended), ()))
    requests = Requests(view, records)
    nodes, pending = [], []
    for record in new:
        root = requests.recorded(record)
        (whole,) = build_trees(view, requests, [root], WHOLE_WORLD)
        if _is_unfinished(whole):
            pending.append(record.number)
        else:
            nodes += build_trees(view, requests, [root], topic) if topic != WHOLE_WORLD else [whole]
    return TimelinePage(nodes, Position(max(ended, position.ended), pending))


def _is_new(record: RequestRecord, position: Position) -> bool:
    is_root = record.sender.run_id is None
    return is_root and (record.ended > position.ended or record.number in position.pending)


def _is_unfinished(request: RequestNode) -> bool:
    """Return whether a run below a request is unfinished."""
    return any(map(_has_unfinished_run, request["events"])) or any(
        map(_is_running, request["runs"])
    )


def _has_unfinished_run(event: EventNode) -> bool:
    return any(each["run"] and _is_running(each["run"]) for each in event["decisions"])


def _is_running(run: RunNode) -> bool:
    return run["outcome"] == "RUNNING" or any(map(_is_unfinished, run["requests"]))


def _find_topic(view: View, selection: TimelineSelection) -> Topic:
    run, asset, project = selection.run, selection.asset, selection.project
    if run is not None:
        if asset is not None or project is not None:
            raise errors.timeline_topic()
        if view.runs.get(run) is None:
            raise errors.run_not_found(run)
        return Topic(run=run)
    project_doc = find_project(view, project) if project is not None else None
    if asset is None:
        return Topic(project=project_doc["id"] if project_doc else None)
    if project_doc is not None:
        return Topic(asset=find_asset(view, project_doc, asset)["id"])
    if view.assets.get(asset) is None and not _was_deleted(view, asset):
        raise errors.asset_not_known(asset)
    return Topic(asset=asset)


def _was_deleted(view: View, asset_id: str) -> bool:
    return any(each["payload"].get("assetId") == asset_id for each in view.events.newest_first())
