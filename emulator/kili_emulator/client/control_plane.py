"""All verbs of the control plane for one world."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kili_emulator.client.clock import WorldClock
from kili_emulator.client.content import Content
from kili_emulator.client.control_requests import ControlRequests
from kili_emulator.client.faults import Faults
from kili_emulator.client.imports import Imports
from kili_emulator.client.observations import Observations
from kili_emulator.client.plugins import Plugins
from kili_emulator.client.runs import Runs
from kili_emulator.client.states import States
from kili_emulator.client.transport import Request, Transport
from kili_emulator.client.users import Users
from kili_emulator.client.worlds import Worlds
from kili_emulator.config import DEFAULT_WORLD

if TYPE_CHECKING:
    from kili_emulator.domain.why.explanation import Explanation


class ControlPlane:
    """The control plane of an emulator, for one of its worlds.

    Args:
        transport: carries the requests.
        world: the name of the world.

    Attributes:
        users: the actions of simulated users.
        content: lists of projects, assets and labels.
        plugins: plugins and webhooks.
        runs: the runs of plugins.
        worlds: the worlds of the emulator.
        state: the state of the world as a file.
        imports: projects of other places.
        clock: the time of the world.
        faults: requests and plugins that fail on purpose.
        observations: what happened: requests, events, log lines, and the timeline.
    """

    def __init__(self, transport: Transport, world: str = DEFAULT_WORLD) -> None:
        self._requests = ControlRequests(transport, world)
        self.users = Users(self._requests)
        self.content = Content(self._requests)
        self.plugins = Plugins(self._requests)
        self.runs = Runs(self._requests)
        self.worlds = Worlds(self._requests)
        self.state = States(self._requests)
        self.imports = Imports(self.state)
        self.clock = WorldClock(self._requests)
        self.faults = Faults(self._requests)
        self.observations = Observations(self._requests)

    @property
    def world(self) -> str:
        """The name of the world."""
        return self._requests.world

    def why(
        self,
        *,
        label: str | None = None,
        asset: str | None = None,
        project: str | None = None,
        event: str | None = None,
        plugin: str | None = None,
    ) -> Explanation:
        """Explain why a plugin was called, or was not, for a label, an asset or an event.

        Args:
            label: the id of a label.
            asset: the id of an asset, or with ``project`` its external id.
            project: the project's id or title.
            event: the id of an event of the audit trail.
            plugin: the name or id of the plugin; ``None`` for all plugins of the organization.

        Raises:
            KiliError: an argument is unknown, or the number of label, asset and event is not one.
        """
        explanation: Explanation = self._requests.get(
            "/why", label=label, asset=asset, project=project, event=event, plugin=plugin
        )
        return explanation

    def shut_down(self) -> float:
        """Ask the emulator to stop; return how many seconds it waits for running work, at most.

        Raises:
            RequestRefusedError: the key is not one of an administrator of the default world.
            UnreachableError: no emulator answers.
        """
        answer = self._requests.answer_to(Request("POST", "/shutdown"))
        return float(answer.headers.get("retry-after", 0))
