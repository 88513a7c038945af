"""The part ``emulator.users``: the actions of labelers and reviewers in the app."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from kili_emulator.domain.simulated_user.actions import ActionInput
from kili_emulator.services.session import WorldSession
from kili_emulator.services.users import Action, ActionView, perform_action


class Users:
    """The actions of simulated users: ``emulator.users``.

    Args:
        session: returns the context of a service call.
    """

    def __init__(self, session: Callable[[], WorldSession]) -> None:
        self._session = session

    def submit(
        self,
        project: str,
        asset: str | None = None,
        label: dict[str, Any] | None = None,
        *,
        user: str = "labeler",
        seconds: float = 0,
        correct: bool = False,
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

        Raises:
            KiliError: user, project or asset is unknown, or the action is not possible now.
        """
        action_input = _action_input(label, seconds=seconds, correct=correct)
        return self._act("submit", project, asset, user, action_input)

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
        action_input = _action_input(label, seconds=seconds, correct=correct)
        return self._act("review", project, asset, user, action_input)

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
        return self._act("save", project, asset, user, _action_input(label, seconds=seconds))

    def send_back(
        self, project: str, asset: str, *, issue: str | None = None, user: str = "reviewer"
    ) -> ActionView:
        """Send an asset back to be labeled again. Otherwise as :meth:`submit`.

        Args:
            issue: the text of an issue about the asset's latest label.
        """
        return self._act("send-back", project, asset, user, ActionInput(issue=issue))

    def skip(
        self, project: str, asset: str | None = None, *, reason: str = "", user: str = "labeler"
    ) -> ActionView:
        """Skip an asset. Otherwise as :meth:`submit`."""
        return self._act("skip", project, asset, user, ActionInput(reason=reason))

    def unskip(self, project: str, asset: str, *, user: str = "labeler") -> ActionView:
        """Bring a skipped asset back into the queue. Otherwise as :meth:`submit`."""
        return self._act("unskip", project, asset, user, ActionInput())

    def click(
        self,
        project: str,
        asset: str,
        label: dict[str, Any] | None = None,
        *,
        user: str = "labeler",
    ) -> ActionView:
        """Click on the button of the custom interface. Otherwise as :meth:`submit`."""
        return self._act("click", project, asset, user, _action_input(label))

    def _act(
        self, verb: str, project: str, asset: str | None, user: str, action_input: ActionInput
    ) -> ActionView:
        return perform_action(self._session(), Action(verb, project, user, asset, action_input))


def _action_input(label: dict[str, Any] | None, **members: Any) -> ActionInput:
    return ActionInput(None if label is None else json.dumps(label), **members)
