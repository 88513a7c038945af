"""The content of a cassette."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypedDict

FORMAT = 1
"""The version of the format that this module reads and writes."""

GRAPHQL_PREFIX = "POST "
_SET_UP = frozenset({"IntrospectionQuery", "GET /api/label/v2/version"})


class ContentDigest(TypedDict):
    """The description of an uploaded file.

    Attributes:
        type: its media type.
        size: in bytes; of a zip archive, the sum of its entries.
        sha256: of a zip archive, the digest of the names and contents of its entries.
    """

    type: str
    size: int
    sha256: str


class _Named(TypedDict):
    request: str


class RequestEntry(_Named, total=False):
    """A request.

    Attributes:
        request: the name of the GraphQL operation, or method and path, such as ``GET /files``.
        key: which API key was sent, such as ``${key-2}``.
        document: the GraphQL document; in a cassette file, its name.
        variables: the variables of a GraphQL operation.
        query: the parameters in the URL.
        range: the header ``Range``.
        body: the JSON body of another request than a GraphQL one.
        content: any other body.
    """

    key: str
    document: str
    variables: Any
    query: dict[str, str]
    range: str
    body: Any
    content: ContentDigest


class AnswerEntry(TypedDict, total=False):
    """An answer, with one of ``json``, ``text`` and ``media``, or without a body.

    Attributes:
        status: the HTTP status, if it is not 200.
        headers: those that clients read.
        json: the JSON body.
        text: the body, if it is a text.
        media: the SHA-256 digest of the body, which :attr:`Cassette.media` has.
    """

    status: int
    headers: dict[str, str]
    json: Any
    text: str
    media: str


@dataclass(frozen=True)
class Exchange:
    """A request and its answer."""

    request: RequestEntry
    answer: AnswerEntry


@dataclass
class Cassette:
    """Recorded traffic, in the order of the requests.

    Attributes:
        exchanges: the requests with their answers.
        media: the bodies of answers that are no texts, by their SHA-256 digests.
    """

    exchanges: list[Exchange] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)


def is_set_up(request: RequestEntry) -> bool:
    """Return whether a client sends a request or not depending on its cache of the schema.

    A replay answers such a request any number of times, and does not miss it.
    """
    return request["request"] in _SET_UP
