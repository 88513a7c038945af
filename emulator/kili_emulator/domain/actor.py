"""The actor of a request or a transaction."""

from __future__ import annotations

from dataclasses import dataclass

from kili_emulator.domain.call_buffer import CallBuffer
from kili_emulator.domain.documents import UserDoc


@dataclass(frozen=True)
class Actor:
    """The user who acts, and the plugin run that acts for the user, if there is one.

    Attributes:
        epoch: the epoch of the world in which the actor can change documents; ``None`` for any.
        calls: the buffer that records the API calls of the run.
    """

    user: UserDoc
    run_id: str | None = None
    epoch: int | None = None
    calls: CallBuffer | None = None

    @property
    def user_id(self) -> str:
        return str(self.user["id"])

    @classmethod
    def system(cls) -> Actor:
        """Return the actor for changes that the emulator makes by itself: a user without an id."""
        return cls(
            {
                "id": "",
                "email": "",
                "firstname": "",
                "lastname": "",
                "organizationId": "",
                "organizationRole": "ADMIN",
                "activated": True,
                "hasCompletedLabelingTour": False,
                "hubspotSubscriptionStatus": None,
                "isServiceAccount": False,
                "isInvited": False,
                "password": None,
                "createdAt": "",
                "updatedAt": "",
            }
        )
