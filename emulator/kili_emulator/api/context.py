"""The context of a GraphQL request, which its resolvers get."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from graphql import GraphQLResolveInfo

from kili_emulator.domain import anonymity, file
from kili_emulator.domain.access import Access
from kili_emulator.domain.documents import UserDoc
from kili_emulator.domain.event_bus import Delivery
from kili_emulator.domain.file import Upload
from kili_emulator.domain.filters import Selection
from kili_emulator.domain.world import Actor, Transaction, View, World


@dataclass
class RequestContext:
    """The context of one GraphQL request.

    Attributes:
        world: the world of the API key.
        actor: the user of the API key.
        file_url: makes the URL of a file id for this client.
        upload_url: makes the signed URL of an upload for this client.
        workflow_version: the workflow of projects that this request creates.
        client_version: the version in the headers of the client, if any.
        deliveries: the deliveries of the events of this request; its answer waits for them.
    """

    world: World
    actor: Actor
    file_url: Callable[[str], str]
    upload_url: Callable[[Upload], str]
    workflow_version: str
    client_version: str | None = None
    deliveries: list[Delivery] = field(default_factory=list)
    _access: Access | None = field(default=None, init=False)
    _users: dict[tuple[str, str], UserDoc] = field(default_factory=dict, init=False)

    @cached_property
    def view(self) -> View:
        """The snapshot that this request reads; renewed after its own changes."""
        return self.world.view

    @property
    def access(self) -> Access:
        """The access of the actor in the view."""
        if self._access is None or self._access.view is not self.view:
            self._access = Access(self.view, self.actor)
            self._users.clear()
        return self._access

    @property
    def selection(self) -> Selection:
        """The documents that the actor can select in the view."""
        return Selection(self.access)

    @contextmanager
    def change(self) -> Iterator[Transaction]:
        """Change the world in a transaction; afterwards the request reads its changes."""
        with self.world.transaction(self.actor) as tx:
            yield tx
        self.deliveries += tx.deliveries
        self.__dict__.pop("view", None)

    def anonymized_user(self, user_id: str, project_id: str) -> UserDoc:
        """Return a user as the actor sees the user in a project. Find it once per view."""
        access, key = self.access, (user_id, project_id)
        if key not in self._users:
            self._users[key] = anonymity.anonymized_user(access, user_id, project_id)
        return self._users[key]

    def client_url(self, content: str) -> str:
        """Return a content for clients: references to files become URLs of this server."""
        return file.url_of(content, self.file_url)


class Info(GraphQLResolveInfo):
    """The second argument of a resolver, with the type of its context."""

    context: RequestContext
