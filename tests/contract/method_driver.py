"""The prelude of a method case, run in the process of an SDK: see ``methods/__init__.py``.

This file may use only the standard library, the SDK and Python 3.8.
"""

import contextlib
import functools
import inspect
import json
import os
from pathlib import Path

import requests


def keep_schemas():
    """Read the schema of the server once for all clients; each client would rebuild it slowly."""
    with contextlib.suppress(ImportError):  # the oldest do not use this library
        import gql.client as library

        if not hasattr(library.parse, "cache_info"):
            library.parse = functools.lru_cache(library.parse)
            library.build_ast_schema = functools.lru_cache(library.build_ast_schema)


def new_client(kind, key):
    """Create a client of the SDK: ``legacy`` or ``domain``."""
    if kind == "domain":
        from kili.client_domain import Kili
    else:
        from kili.client import Kili
    return Kili(api_key=key)


class RequestLog:
    """The requests that the server received during the calls of one method of a client."""

    def __init__(self, path, world):
        self._path = Path(path)
        self._world = world
        self.received = []
        self.calls = 0
        self.first = None

    def size(self):
        return self._path.stat().st_size

    def take_from(self, start):
        """Add the requests about this world that the log received since a given size."""
        with self._path.open("rb") as log:
            log.seek(start)
            lines = [json.loads(line) for line in log.read().splitlines()]
        self.received += [each for each in lines if each["world"] == self._world]

    def watched(self, method):
        """Wrap the method, and record the requests that the server receives during its calls."""

        def call(*args, **kwargs):
            self.calls += 1
            start = self.size()
            self.first = start if self.first is None else self.first
            try:
                result = method(*args, **kwargs)
            finally:
                self.take_from(start)
            return self.iterated(result) if inspect.isgenerator(result) else result

        return call

    def iterated(self, generator):
        """Iterate over a generator and record its requests, which it sends while it is iterated."""
        while True:
            start = self.size()
            try:
                element = next(generator)
            except StopIteration:
                return
            finally:
                self.take_from(start)
            yield element


class Watched:
    """A client, or a namespace of a client, with one watched method."""

    def __init__(self, owner, path, log):
        self._owner = owner
        self._path = path
        self._log = log

    def __getattr__(self, name):
        value = getattr(self._owner, name)
        if [name] == self._path:
            return self._log.watched(value)
        if name == self._path[0]:
            return Watched(value, self._path[1:], self._log)
        return value


def check(description):
    """Fail unless the watched method was called and the server received the expected operations."""
    assert log.calls, f"the case never calls {description['method']}"
    if any(names.startswith("Subscription.") for names in description["sends"]):
        log.take_from(log.first)  # the server may have received it after the call
    good = {name for each in log.received if not each["errors"] for name in each["operations"]}
    missing = [names for names in description["sends"] if not good & set(names.split(" or "))]
    received = [(each["operations"], each["errors"]) for each in log.received]
    assert not missing, f"the server did not receive {missing} but {received}"


def values():
    """Return the values of the names in a case, for the message of a failure."""
    made = {name: value for name, value in globals().items() if name not in before}
    return "\n".join(f"{name} = {repr(value)[:1000]}" for name, value in made.items())


keep_schemas()
description = json.loads(DESCRIPTION)  # noqa: F821  (set by the test)
log = RequestLog(description["log"], description["world"])
keys = description["keys"]
version = description["version"]
kili = Watched(
    new_client(description["client"], keys["admin"]), description["method"].split("."), log
)
project_id = description["project_id"]
organization_id = description["organization_id"]
issue_id = description["issue_id"]
asset, label, user = description["asset"], description["label"], description["user"]
email = {name: name + "@example.com" for name in keys}
folder = Path(description["folder"])
EASY = {"CLASSIFICATION_JOB": {"categories": [{"name": "EASY"}]}}
HARD = {"CLASSIFICATION_JOB": {"categories": [{"name": "HARD"}]}}


def client(name):
    """Create a client of another user, of the kind that all generations have."""
    return new_client("legacy", keys[name])


def graphql(query, **variables):
    """Send a query as the administrator without the SDK, where a generation lacks a method."""
    answer = requests.post(
        os.environ["KILI_API_ENDPOINT"],
        headers={"Authorization": "X-API-Key: " + keys["admin"]},
        json={"query": query, "variables": variables},
        timeout=30,
    )
    return answer.json()["data"]


def fetched(url):
    """Return the response to a GET request of the administrator."""
    headers = {"Authorization": "X-API-Key: " + keys["admin"]}
    return requests.get(url, headers=headers, timeout=30)


before = {*globals(), "before"}
