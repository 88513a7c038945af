"""The part ``emulator.state``: the world, or one of its projects, as a file."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from kili_emulator.client.control_requests import ControlRequests
from kili_emulator.client.transport import ANSWER_SECONDS, Request

if TYPE_CHECKING:
    from kili_emulator.services.states import LoadedState
    from kili_emulator.transfer.state_diff import Difference

# How long saving and loading a large world may take in addition to other requests.
_SECONDS = 600.0


class States:
    """The state of a world: ``emulator.state``.

    Args:
        requests: sends the requests.
    """

    def __init__(self, requests: ControlRequests) -> None:
        self._requests = requests

    def save(self, path: str | PathLike[str], *, project: str | None = None) -> Path:
        """Save the whole world, or one project, as one file; the same state gives the same bytes.

        The file of a world has its API keys; that of a project has no secrets.

        Args:
            path: the file, which is replaced if it exists.
            project: the id or the title of a project; ``None`` for the whole world.

        Returns:
            the path of the file.

        Raises:
            KiliError: the project is unknown, or the file cannot be written.
        """
        from kili_emulator.transfer.state_file import write_state_file

        write_state_file(Path(path), self.save_bytes(project=project))
        return Path(path)

    def save_bytes(self, *, project: str | None = None) -> bytes:
        """Return the content of the file that :meth:`save` writes."""
        parameters = {} if project is None else {"project": project}
        path = self._requests.world_path("/state")
        request = Request("GET", path, parameters, None, ANSWER_SECONDS + _SECONDS)
        return self._requests.answer_to(request).content

    def load(self, path: str | PathLike[str], *, replace: bool = False) -> LoadedState:
        """Load a file: that of a world replaces the world, that of a project is added to it.

        It is loaded completely or not at all, and ``reset`` undoes it.

        Args:
            replace: replace a project that exists already.

        Returns:
            what was loaded.

        Raises:
            KiliError: the file cannot be read, is no state, or cannot be loaded into this world.
        """
        from kili_emulator import errors

        try:
            content = Path(path).read_bytes()
        except OSError as error:
            raise errors.state_not_readable(str(path), error.strerror) from None
        return self.load_bytes(content, replace=replace)

    def load_bytes(self, content: bytes, *, replace: bool = False) -> LoadedState:
        """Load the content of a file, as :meth:`load` does."""
        path = self._requests.world_path("/state")
        parameters = {"replace": "true" if replace else "false"}
        loaded: LoadedState = self._requests.json_answer(
            Request("POST", path, parameters, content, ANSWER_SECONDS + _SECONDS)
        )
        return loaded

    def diff(
        self, before: str | PathLike[str], after: str | PathLike[str] | None = None
    ) -> list[Difference]:
        """Return the documents that were added, changed and removed since a state was saved.

        Args:
            before: the file of the earlier state.
            after: the file of the later state; ``None`` for the present one. If ``before`` is of a
                project, the present state is that of the same project.

        Raises:
            KiliError: a file cannot be read or is no state, or the project does not exist any more.
        """
        from kili_emulator.transfer.state_diff import differences
        from kili_emulator.transfer.state_file import read_state_file, unpack_state

        former = read_state_file(Path(before))
        if after is not None:
            return differences(former, read_state_file(Path(after)))
        content = self.save_bytes(project=former.manifest["project"])
        return differences(former, unpack_state(content, "the present state"))
