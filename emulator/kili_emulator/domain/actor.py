"""The actor of a request or a transaction."""

from __future__ import annotations

from dataclasses import dataclass

from kili_emulator.domain.call_buffer import CallBuffer
from kili_emulator.domain.documents import UserDoc


@dataclass(frozen=True)
class Actor:
    """Who acts: a user, and the plugin run that speaks for it, if one does.

    Attributes:
        epoch: the only epoch of the world in which the actor can change anything; any, if not set.
        calls: takes the API calls of the run.
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
        """The emulator itself: what it does is nobody's doing."""
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
