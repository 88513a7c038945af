"""A capsule: a recorded run, and the state in which its handler was called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from kili_emulator import errors
from kili_emulator.domain.plugin import is_webhook
from kili_emulator.domain.run_view import RunDetails, run_details
from kili_emulator.domain.world import World
from kili_emulator.domain.world_copy import PastState, WorldCopy, state_before
from kili_emulator.storage.blobs import BlobStore


class CapsuleSettings(TypedDict):
    """The settings of the emulator that a handler can notice, as :class:`Settings` has them."""

    workflow: str
    dispatch: str
    sync_wait: float
    plugin_policy: str
    plugin_timeout: float
    plugin_isolation: str
    plugin_memory: int


@dataclass(frozen=True)
class Capsule:
    """A recorded run, and what is needed to repeat it.

    Attributes:
        run_id: the run.
        state: the state of the world before the handler was called.
        blobs: the files of the world.
        record: the run with its log lines and API calls; secrets are masked.
        notes: what limits the repetition, in sentences for the user.
    """

    run_id: str
    state: PastState
    blobs: BlobStore
    record: RunDetails
    notes: tuple[str, ...] = ()

    def make_copy(self) -> WorldCopy:
        """Return a new copy of the world, in which the run can be repeated once."""
        return WorldCopy("replay", self.state, self.blobs)

    @property
    def version_id(self) -> str:
        """The version of the plugin that the run called."""
        return str(self.state.view.runs.require(self.run_id)["versionId"])


def take_capsule(world: World, run_id: str) -> Capsule:
    """Return the capsule of a run; the world does not change.

    Raises:
        KiliError: the run is unknown, has not called its handler or not ended, is that of a
            webhook, or the state before it is no longer known.
    """
    view = world.view
    run = view.runs.get(run_id)
    if run is None:
        raise errors.run_not_found(run_id)
    if is_webhook(view, view.plugins.require(run["pluginId"])):
        raise errors.run_of_webhook(run_id)
    state = state_before(world, run)
    return Capsule(run_id, state, world.blobs, run_details(view, run_id))
