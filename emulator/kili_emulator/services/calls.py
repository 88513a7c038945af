"""The latest API requests of a world, to see and to assert what was called."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypedDict

from kili_emulator import errors
from kili_emulator.clock import format_time
from kili_emulator.domain.lookup import find_plugin, find_user
from kili_emulator.domain.world import View
from kili_emulator.observe.fault_rule import GRAPHQL_TARGETS
from kili_emulator.observe.requests import RequestKind, RequestOutcome, RequestRecord
from kili_emulator.rules.graphql_text import operation_name
from kili_emulator.rules.masking import masked, masked_query, masked_text, secret_names_of
from kili_emulator.services.session import WorldSession
from kili_emulator.spelling import closest

_FILE_ROUTES = ("upload", "download")


@dataclass(frozen=True)
class CallQuery:
    """A query for API requests; each attribute restricts the result.

    Attributes:
        operation: a root field, such as ``createIssues``; the name of an operation that a client
            sent; for all such requests, as for faults: ``graphql``, ``query``, ``mutation``,
            ``upload`` or ``download``.
        user: the e-mail address of the sender, the name of an API key of the sender, or the name
            of the plugin whose runs sent the request.
        failed: whether an error was answered.
        limit: the largest number of requests; the latest are listed.
    """

    operation: str | None = None
    user: str | None = None
    failed: bool | None = None
    limit: int | None = None


class ApiCallView(TypedDict):
    """An API request, with masked secrets.

    - ``id``: the id of the request, as in the header ``X-Request-Id`` of its answer.
    - ``kind``: ``graphql``, or ``file`` for an upload or a download.
    - ``createdAt``: the time at which the request arrived.
    - ``user``: the e-mail address of the sender; empty for a signed URL.
    - ``runId``, ``plugin``: the run that sent the request, and the name of its plugin; ``None`` if
      no run did.
    - ``name``: the name of the GraphQL operation, ``upload`` or ``download``; ``None`` without one.
    - ``operations``: the root fields, such as ``Mutation.createIssues``; empty for an invalid
      document. For a file, the method and the path.
    - ``query``: the GraphQL document; ``None`` if the request has variables.
    - ``variables``: the variables, or the arguments of a file route. Of a request with more than
      100 kB, only the beginning of its texts and lists.
    - ``outcome``: ``ok``, ``error`` (a mistake of the client) or ``failure`` (one of the emulator);
      ``None`` while the request is being answered.
    - ``errors``: the messages of the errors that were answered; at most 5.
    - ``fault``: the effect of the fault that the request met, such as ``status 503``; ``None``
      without a fault.
    - ``status``: the HTTP status; 0 while the request is being answered, and if a fault has ended
      the connection.
    - ``durationMs``: the milliseconds until the answer, with the runs that it waited for.
    """

    id: str | None
    kind: RequestKind
    createdAt: str
    user: str
    runId: str | None
    plugin: str | None
    name: str | None
    operations: list[str]
    query: str | None
    variables: Any
    outcome: RequestOutcome | None
    errors: list[str]
    fault: str | None
    status: int
    durationMs: float | None


def list_calls(
    session: WorldSession, query: CallQuery, root_fields: Collection[str]
) -> list[ApiCallView]:
    """Return the latest API requests of a query, in the order of their arrival.

    Args:
        root_fields: the root fields of GraphQL: a misspelt operation would never be found.

    Raises:
        KiliError: there is no such operation, user or plugin.
    """
    world = session.world
    view = world.view
    records = [each for each in world.requests.all() if each.kind in ("graphql", "file")]
    if query.operation is not None:
        records = _of_operation(records, query.operation, root_fields)
    if query.user is not None:
        senders = _sender_ids(view, query.user)
        records = [each for each in records if each.sender.user_id in senders]
    if query.failed is not None:
        records = [each for each in records if _has_failed(each) == query.failed]
    if query.limit is not None:
        records = records[max(0, len(records) - query.limit) :]
    return [_call_view(view, each) for each in records]


def _of_operation(
    records: list[RequestRecord], operation: str, root_fields: Collection[str]
) -> list[RequestRecord]:
    matching = [each for each in records if operation in _names(each)]
    if not matching:
        known = [*root_fields, *GRAPHQL_TARGETS, *_FILE_ROUTES]
        field = operation.removeprefix("Query.").removeprefix("Mutation.")
        if field not in known:
            raise errors.operation_unknown(operation, closest(field, known))
    return matching


def _names(record: RequestRecord) -> set[str | None]:
    parts = [each.partition(".") for each in record.operations]
    names = {_name(record), *record.operations, *(field for _, _, field in parts)}
    if record.kind == "graphql":
        names |= {"graphql", *(kind.lower() for kind, _, _ in parts)}
    return names


def _name(record: RequestRecord) -> str | None:
    return record.name or (operation_name(record.query) if record.query else None)


def _sender_ids(view: View, name: str) -> set[str]:
    """Return the ids of the users with this e-mail address, name of a key, or name of a plugin."""
    if any(each["name"] == name for each in view.plugins.all()):
        return {find_plugin(view, name)["userId"]}
    return {find_user(view, name)["id"]}


def _has_failed(record: RequestRecord) -> bool:
    return record.outcome in ("error", "failure")


def _call_view(view: View, record: RequestRecord) -> ApiCallView:
    names = secret_names_of(record.operations)
    run = view.runs.get(record.sender.run_id or "")
    plugin = view.plugins.get(run["pluginId"]) if run else None
    has_query = record.query is not None and not record.variables
    duration = record.duration
    return {
        "id": record.id,
        "kind": record.kind,
        "createdAt": format_time(record.moment),
        "user": record.sender.email,
        "runId": record.sender.run_id,
        "plugin": plugin["name"] if plugin else None,
        "name": _name(record),
        "operations": list(record.operations),
        "query": masked_query(record.query or "", names) if has_query else None,
        "variables": masked(record.variables or {}, names),
        "outcome": record.outcome,
        "errors": [masked_text(each) for each in record.errors],
        "fault": record.fault,
        "status": record.status,
        "durationMs": None if duration is None else round(duration * 1000, 3),
    }
