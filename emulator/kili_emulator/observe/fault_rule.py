"""The rule of a fault: which requests meet it, when, and what happens to them then.

Tests, commands and files write a rule as one flat mapping, a :class:`FaultOptions` with the member
``target``::

    {"target": "createIssues", "status": 503, "times": 2}

Targets are a root field of GraphQL; ``operation:NAME`` for the name that a document gives to its
operation; ``graphql``, ``query`` and ``mutation`` for all such requests; the routes ``version``,
``upload`` and ``download``; and ``webhook`` (a delivery), ``deploy`` (a deployment of a plugin) and
``run`` (a call of a handler).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, cast

from kili_emulator import errors
from kili_emulator.spelling import closest

OPERATION_PREFIX = "operation:"
GRAPHQL_TARGETS = ("graphql", "query", "mutation")
UPLOAD, DOWNLOAD, VERSION = "upload", "download", "version"
WEBHOOK, DEPLOY, RUN = "webhook", "deploy", "run"

Side = Literal["before", "after"]
Sender = Literal["plugins", "clients"]


class FaultOptions(TypedDict, total=False):
    """The members of a rule beside its target.

    When (all of them must hold; a call is a request that the target, ``user``, ``sender`` and
    ``plugin`` select):

    - ``nth``: only the call with this number, from 1 on.
    - ``times``: at most so many times.
    - ``every``: the calls whose number is a multiple.
    - ``probability``: by chance, above 0 up to 1; a world with a seed repeats its draws.
    - ``seconds``: as long after the fault was added, on the clock of the world.
    - ``user``: requests with an API key of this name, or of the user with this email address.
    - ``sender``: ``plugins`` for requests of plugin runs, ``clients`` for all others.
    - ``plugin``: requests of runs of the plugin with this name; for ``webhook``, ``deploy`` and
      ``run``: those of this plugin.

    Effect:

    - ``delay``: seconds to wait first; alone, or together with another effect.
    - ``status``: an HTTP status from 400 to 599; the request does not reach the platform.
      ``body`` is the text of the answer, ``retry_after`` its ``Retry-After`` in seconds.
    - ``error``: the message of a GraphQL error; ``code`` and further ``extensions`` of it. With
      ``partial``, the request is carried out, and the answer has its data beside the error.
      For ``deploy``: the reason why the deployment fails.
    - ``drop``: the connection ends ``before`` the request reaches the platform, or ``after`` it was
      carried out; for ``webhook``, the delivery or its answer is lost.
    - ``truncate``: the connection ends after so many bytes of the answer's body.
    - ``slow``: the body of the answer takes so many seconds.
    - ``timeout``: seconds after which a handler is stopped (``run``).
    """

    nth: int
    times: int
    every: int
    probability: float
    seconds: float
    user: str
    sender: Sender
    plugin: str
    delay: float
    status: int
    body: str
    retry_after: int
    error: str
    code: str
    extensions: dict[str, Any]
    partial: bool
    drop: Side
    truncate: int
    slow: float
    timeout: float


@dataclass(frozen=True)
class FaultRule:
    """A rule that was checked.

    Attributes:
        options: the members as they were given.
    """

    target: str
    options: FaultOptions

    @property
    def effect(self) -> str:
        """The effect as a text for logs."""
        names = (*_EFFECTS, "retry_after", "partial")
        members = cast("dict[str, Any]", self.options)
        return ", ".join(f"{name} {_shown(members[name])}" for name in names if name in members)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@dataclass(frozen=True)
class _Member:
    """A member of a rule: whether a value is valid, and which values are, for a message."""

    is_valid: Callable[[Any], bool]
    expected: str


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_MAX_SECONDS = 86_400
_COUNT = _Member(lambda value: _is_integer(value) and value >= 1, "a whole number from 1 on")
_BYTES = _Member(lambda value: _is_integer(value) and value >= 0, "a whole number from 0 on")
_PERIOD = _Member(
    lambda value: _is_number(value) and 0 < value <= _MAX_SECONDS,
    f"a number of seconds above 0, up to {_MAX_SECONDS}",
)
_TEXT = _Member(lambda value: isinstance(value, str) and value != "", "a text")

_MEMBERS: dict[str, _Member] = {
    "nth": _COUNT,
    "times": _COUNT,
    "every": _COUNT,
    "probability": _Member(
        lambda value: _is_number(value) and 0 < value <= 1, "a number above 0, up to 1"
    ),
    "seconds": _PERIOD,
    "user": _TEXT,
    "sender": _Member(lambda value: value in ("plugins", "clients"), "'plugins' or 'clients'"),
    "plugin": _TEXT,
    "delay": _PERIOD,
    "status": _Member(
        lambda value: _is_integer(value) and 400 <= value <= 599, "a status from 400 to 599"
    ),
    "body": _Member(lambda value: isinstance(value, str), "a text"),
    "retry_after": _BYTES,
    "error": _TEXT,
    "code": _TEXT,
    "extensions": _Member(lambda value: isinstance(value, dict), "an object"),
    "partial": _Member(lambda value: isinstance(value, bool), "true or false"),
    "drop": _Member(lambda value: value in ("before", "after"), "'before' or 'after'"),
    "truncate": _BYTES,
    "slow": _PERIOD,
    "timeout": _PERIOD,
}

# Effects that exclude one another.
_OUTCOMES = ("status", "error", "drop", "truncate", "timeout")
_EFFECTS = ("delay", *_OUTCOMES, "slow")
# Members that say more about another one.
_DETAILS = {
    "body": "status",
    "retry_after": "status",
    "code": "error",
    "extensions": "error",
    "partial": "error",
}
_COUNTS = ("nth", "times", "every", "probability", "seconds")
_SENDERS = ("user", "sender", "plugin")
_OF_ANSWERS = ("delay", "status", "body", "retry_after", "drop", "truncate", "slow")
_OF_GRAPHQL = (*_OF_ANSWERS, "error", "code", "extensions", "partial")
_ALLOWED: dict[str, tuple[str, ...]] = {
    VERSION: (*_SENDERS, *_OF_ANSWERS),
    DOWNLOAD: (*_SENDERS, *_OF_ANSWERS),
    UPLOAD: _OF_ANSWERS,  # its URL is signed: nobody's API key is sent
    WEBHOOK: ("plugin", "delay", "status", "body", "drop"),
    DEPLOY: ("plugin", "delay", "error"),
    RUN: ("plugin", "timeout"),
}


def parse_fault(data: Mapping[str, object], operations: Iterable[str]) -> FaultRule:
    """Parse a rule.

    Args:
        data: ``target`` and the members of :class:`FaultOptions`; a null counts as absent.
        operations: the root fields of GraphQL.

    Raises:
        KiliError: a member is unknown, missing, invalid, or has no meaning for the target.
    """
    options = {name: value for name, value in data.items() if value is not None}
    target = options.pop("target", None)
    if not isinstance(target, str) or not target:
        raise errors.fault_value_invalid("target", target, "the name of an operation or a route")
    _check_target(target, operations)
    for name, value in options.items():
        _check_member(name, value)
    _check_combination(target, options)
    return FaultRule(target, cast(FaultOptions, options))


def _check_target(target: str, operations: Iterable[str]) -> None:
    if target.startswith(OPERATION_PREFIX) and len(target) > len(OPERATION_PREFIX):
        return
    known = [*GRAPHQL_TARGETS, *_ALLOWED, *operations]
    if target not in known:
        by_plain_name = {_plain(name): name for name in known}
        nearest = closest(_plain(target), by_plain_name)
        raise errors.fault_target_unknown(target, nearest and by_plain_name[nearest])


def _plain(name: str) -> str:
    """Return a name by which ``append_labels`` of the SDK resembles ``appendManyLabels``."""
    return name.replace("_", "").lower().replace("many", "")


def _check_member(name: str, value: object) -> None:
    member = _MEMBERS.get(name)
    if member is None:
        raise errors.fault_member_unknown(name, closest(name, _MEMBERS), ", ".join(_MEMBERS))
    if not member.is_valid(value):
        raise errors.fault_value_invalid(name, value, member.expected)


def _check_combination(target: str, options: Mapping[str, object]) -> None:
    allowed = _ALLOWED.get(target, (*_SENDERS, *_OF_GRAPHQL))
    for name in options:
        if name not in (*_COUNTS, *allowed):
            raise errors.fault_member_not_for_target(name, target, ", ".join(allowed))
    for name, needed in _DETAILS.items():
        if name in options and needed not in options:
            raise errors.fault_member_needs(name, needed)
    effects = [name for name in _EFFECTS if name in allowed]
    if not any(name in options for name in effects):
        raise errors.fault_without_effect(", ".join(effects))
    _check_exclusive(options, _OUTCOMES)
    for name in ("times", "every", "probability"):
        _check_exclusive(options, ("nth", name))
    if options.get("sender") == "clients":
        _check_exclusive(options, ("sender", "plugin"))


def _check_exclusive(options: Mapping[str, object], names: tuple[str, ...]) -> None:
    given = [name for name in names if name in options]
    if len(given) > 1:
        raise errors.fault_members_exclusive(" and ".join(given))
