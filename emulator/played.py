"""The verbs of people who are played, as methods."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import Any, NamedTuple

from emulator.domain import people
from emulator.domain.people import Deed
from emulator.domain.person import Work
from emulator.domain.world import World
from emulator.plugins.host import PluginHost


class Stage(NamedTuple):
    """Where people are played.

    Attributes:
        host: runs the plugins of the world.
        seconds: how long to wait for them at most.
    """

    world: World
    host: PluginHost
    seconds: float


class Played(ABC):
    """Something with a world in which people can be played."""

    @abstractmethod
    def played(self) -> Stage:
        """Where that is."""

    def submit(
        self,
        project: str,
        asset: str | None = None,
        label: dict[str, Any] | None = None,
        *,
        user: str = "labeler",
        seconds: float = 0,
        correct: bool = False,
    ) -> dict[str, Any]:
        """Have somebody label an asset in the app.

        Args:
            project: its id or title.
            asset: its id or external id; the next in the person's queue, if ``None``.
            label: the json response; what the person saved there, if ``None``.
            user: the person's address, or the name of their key.
            seconds: how long it took them.
            correct: they change a label that they have submitted already.

        Returns:
            what happened: see :func:`emulator.domain.people.act`.

        Raises:
            KiliError: something is unknown, or the person cannot do that now.
        """
        work = _work(label, seconds=seconds, correct=correct)
        return self._act("submit", project, asset, user, work)

    def review(
        self,
        project: str,
        asset: str | None = None,
        label: dict[str, Any] | None = None,
        *,
        user: str = "reviewer",
        seconds: float = 0,
        correct: bool = False,
    ) -> dict[str, Any]:
        """Have somebody review an asset's latest label; ``label`` corrects it. As :meth:`submit`.

        Args:
            correct: they change a review of their own.
        """
        work = _work(label, seconds=seconds, correct=correct)
        return self._act("review", project, asset, user, work)

    def save(
        self,
        project: str,
        asset: str | None,
        label: dict[str, Any],
        *,
        user: str = "labeler",
        seconds: float = 0,
    ) -> dict[str, Any]:
        """Have somebody begin to label an asset and leave it open, locked. As :meth:`submit`."""
        return self._act("save", project, asset, user, _work(label, seconds=seconds))

    def send_back(
        self, project: str, asset: str, *, issue: str | None = None, user: str = "reviewer"
    ) -> dict[str, Any]:
        """Have somebody send an asset back to be labeled again. As :meth:`submit`.

        Args:
            issue: what they have to say about its label.
        """
        return self._act("send-back", project, asset, user, Work(issue=issue))

    def skip(
        self, project: str, asset: str | None = None, *, reason: str = "", user: str = "labeler"
    ) -> dict[str, Any]:
        """Have somebody skip an asset. As :meth:`submit`."""
        return self._act("skip", project, asset, user, Work(reason=reason))

    def unskip(self, project: str, asset: str, *, user: str = "labeler") -> dict[str, Any]:
        """Have somebody bring a skipped asset back into the queue. As :meth:`submit`."""
        return self._act("unskip", project, asset, user, Work())

    def click(
        self,
        project: str,
        asset: str,
        label: dict[str, Any] | None = None,
        *,
        user: str = "labeler",
    ) -> dict[str, Any]:
        """Have somebody click on the custom interface's button. As :meth:`submit`."""
        return self._act("click", project, asset, user, _work(label))

    def _act(
        self, verb: str, project: str, asset: str | None, user: str, work: Work
    ) -> dict[str, Any]:
        stage = self.played()
        return people.act(stage.world, Deed(verb, project, user, asset, work), stage.seconds)

    def trigger(
        self, event: str, plugin: str, project: str, payload: dict[str, Any]
    ) -> dict[str, Any]:
        """Call a plugin for something that has not happened.

        Args:
            event: an event's subject, or the name of a handler.
            project: its id or title.
            payload: the event's, or the handler's arguments by name.

        Returns:
            the run: see :func:`emulator.domain.people.run_told`.

        Raises:
            KiliError: something is unknown, or the plugin is not called for that.
        """
        world, host, seconds = self.played()
        project_id = people.find_project(world.view, project)["id"]
        run_id = host.trigger(world, plugin, project_id, event, payload, seconds)
        return people.run_told(world.view, world.view.runs.the(run_id))


def _work(label: dict[str, Any] | None, **members: Any) -> Work:
    return Work(None if label is None else json.dumps(label), **members)
