"""The part ``emulator.users``: the actions of labelers and reviewers in the app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kili_emulator.client.control_requests import ControlRequests

if TYPE_CHECKING:
    from kili_emulator.domain.simulated_user.examples import Example
    from kili_emulator.services.users import ActionView


class Users:
    """The actions of simulated users: ``emulator.users``.

    Args:
        requests: sends the requests.
    """

    def __init__(self, requests: ControlRequests) -> None:
        self._requests = requests

    def submit(
        self,
        project: str,
        asset: str | None = None,
        label: dict[str, Any] | None = None,
        *,
        user: str = "labeler",
        seconds: float = 0,
        correct: bool = False,
        example: Example | None = None,
    ) -> ActionView:
        """Submit a label.

        Args:
            project: the project's id or title.
            asset: the asset's id or external id; ``None`` for the next asset of the user's queue.
            label: the json response; ``None`` for the response that the app shows: the user's
                last one, else the newest prediction, else an empty one.
            user: the user's e-mail address, or the name of their API key.
            seconds: the time that the user spent on the label.
            correct: the user changes a label that they submitted before.
            example: instead of ``label``, make a response that fits the interface: with the
                ``first`` choices, or with ``random`` ones, which a seed of the world repeats.

        Raises:
            KiliError: user, project or asset is unknown, or the action is not possible now.
        """
        members: dict[str, Any] = {"label": label, "seconds": seconds, "correct": correct}
        if example is not None:
            members["example"] = example
        return self._act("submit", project, asset, user, members)

    def review(
        self,
        project: str,
        asset: str | None = None,
        label: dict[str, Any] | None = None,
        *,
        user: str = "reviewer",
        seconds: float = 0,
        correct: bool = False,
    ) -> ActionView:
        """Review the latest label of an asset: approve it, or correct it with ``label``.

        Otherwise as :meth:`submit`.

        Args:
            correct: the user changes a review that they submitted before.
        """
        members = {"label": label, "seconds": seconds, "correct": correct}
        return self._act("review", project, asset, user, members)

    def save(
        self,
        project: str,
        asset: str | None,
        label: dict[str, Any],
        *,
        user: str = "labeler",
        seconds: float = 0,
    ) -> ActionView:
        """Save a label, and keep the asset open and locked. Otherwise as :meth:`submit`."""
        return self._act("save", project, asset, user, {"label": label, "seconds": seconds})

    def send_back(
        self, project: str, asset: str, *, issue: str | None = None, user: str = "reviewer"
    ) -> ActionView:
        """Send an asset back to be labeled again. Otherwise as :meth:`submit`.

        Args:
            issue: the text of an issue about the asset's latest label.
        """
        return self._act("send-back", project, asset, user, {"issue": issue})

    def skip(
        self, project: str, asset: str | None = None, *, reason: str = "", user: str = "labeler"
    ) -> ActionView:
        """Skip an asset. Otherwise as :meth:`submit`."""
        return self._act("skip", project, asset, user, {"reason": reason})

    def unskip(self, project: str, asset: str, *, user: str = "labeler") -> ActionView:
        """Bring a skipped asset back into the queue. Otherwise as :meth:`submit`."""
        return self._act("unskip", project, asset, user, {})

    def click(
        self,
        project: str,
        asset: str,
        label: dict[str, Any] | None = None,
        *,
        user: str = "labeler",
    ) -> ActionView:
        """Click on the button of the custom interface. Otherwise as :meth:`submit`."""
        return self._act("click", project, asset, user, {"label": label})

    def _act(
        self, verb: str, project: str, asset: str | None, user: str, members: dict[str, Any]
    ) -> ActionView:
        data = {"project": project, "user": user, "asset": asset, **members}
        view: ActionView = self._requests.post(f"/people/{verb}", data)
        return view
