"""A GraphQL client without an SDK, which shows the requests and answers of the server."""

from __future__ import annotations

import json
from typing import Any

import requests
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from kili_emulator.app import Emulator
from tests.contract.schema import SCHEMA


class Wire:
    """Client that sends requests to an emulator as different users.

    Args:
        emulator: a running emulator.

    Attributes:
        client_version: the SDK version in the headers; ``None`` sends no version.
    """

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.client_version: str | None = None
        self._http = requests.Session()
        self._http.trust_env = False

    def close(self) -> None:
        self._http.close()

    def post(
        self, body: Any, *, key: str | None = "admin", headers: dict[str, str] | None = None
    ) -> requests.Response:
        """Send a POST request with JSON or raw bytes to the GraphQL endpoint.

        Args:
            key: the name of a key in the scenario, an API key, or ``None``.
        """
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **self.authorization(key), **(headers or {})}
        if self.client_version:
            sent["apollographql-client-version"] = self.client_version
        return self._http.post(self.emulator.endpoint, data=data, headers=sent, timeout=30)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send an HTTP request to a URL, or to a path of the emulator."""
        address = url if url.startswith("http") else self.emulator.url + url
        return self._http.request(method, address, timeout=30, **options)

    def authorization(self, key: str | None) -> dict[str, str]:
        """Return the header for an API key, or for the key with this name."""
        if key is None:
            return {}
        names = {each["name"]: each["key"] for each in self.emulator.world.view.api_keys.all()}
        return {"Authorization": f"X-API-Key: {names.get(key, key)}"}

    def send(
        self, operation: str, key: str = "admin", selection: str | None = None, **arguments: Any
    ) -> requests.Response:
        """Send one operation, with its root field aliased to ``data`` as in the SDK."""
        query = document(operation, list(arguments), selection)
        return self.post({"query": query, "variables": arguments}, key=key)

    def call(
        self, operation: str, key: str = "admin", selection: str | None = None, **arguments: Any
    ) -> Any:
        """Send an operation, and return its result; an error fails the test."""
        answer = self.send(operation, key, selection, **arguments).json()
        assert "errors" not in answer, answer
        return answer["data"]["data"]

    def list(
        self, operation: str, where: dict[str, Any], key: str = "admin", selection: str = "id"
    ) -> Any:
        """Return all elements of a list query."""
        return self.call(operation, key, selection, where=where, first=1000, skip=0)

    def ids(self, operation: str, where: dict[str, Any], key: str = "admin") -> list[str]:
        """Return the ids of all elements of a list query."""
        return [each["id"] for each in self.list(operation, where, key)]

    def append_label(
        self,
        asset: str,
        response: str = "{}",
        kind: str = "DEFAULT",
        key: str = "admin",
        **row: Any,
    ) -> str:
        """Append a label to an asset; return the id of the label.

        Args:
            row: further members of the ``labelsData``.
        """
        rows = [{"assetID": asset, "jsonResponse": response, **row}]
        data = {"labelType": kind, "labelsData": rows}
        (label,) = self.call("appendManyLabels", key, "id", data=data, where={})
        return str(label["id"])

    def refusal(self, operation: str, key: str = "admin", **arguments: Any) -> str:
        """Send an operation that must be refused, and return the error message."""
        answer = self.send(operation, key, **arguments).json()
        assert "errors" in answer, answer
        return str(answer["errors"][0]["message"])


def root_of(operation: str) -> GraphQLObjectType:
    """Return the root type that has the operation."""
    for root in (SCHEMA.query_type, SCHEMA.mutation_type):
        if root and operation in root.fields:
            return root
    raise KeyError(operation)


def document(operation: str, arguments: list[str], selection: str | None = None) -> str:
    """Return the document of one operation with these arguments as variables."""
    root = root_of(operation)
    field = root.fields[operation]
    missing = [
        name
        for name, each in field.args.items()
        if is_required_argument(each) and name not in arguments
    ]
    assert not missing, f"{operation} needs {missing}"
    kind = "mutation" if root is SCHEMA.mutation_type else "query"
    variables = ", ".join(f"${name}: {field.args[name].type}" for name in arguments)
    passed = ", ".join(f"{name}: ${name}" for name in arguments)
    fields = selection_of(field.type, 1) if selection is None else f"{{ {selection} }}"
    if is_leaf_type(get_named_type(field.type)):
        fields = ""
    variables, passed = (f"({each})" if each else "" for each in (variables, passed))
    return f"{kind}{variables} {{ data: {operation}{passed} {fields} }}"


def selection_of(type_: GraphQLOutputType, depth: int) -> str:
    """Return a selection of all fields of a type, with nested objects down to a depth."""
    named = get_named_type(type_)
    if isinstance(named, GraphQLInterfaceType):
        types = SCHEMA.get_possible_types(named)
        fragments = (f"... on {each.name} {selection_of(each, depth)}" for each in types)
        return "{ __typename " + " ".join(fragments) + " }"
    if not isinstance(named, GraphQLObjectType):
        return ""
    chosen = []
    for name, field in named.fields.items():
        if is_leaf_type(get_named_type(field.type)):
            chosen.append(name)
        elif depth and (below := selection_of(field.type, depth - 1)):
            chosen.append(f"{name} {below}")
    return "{ " + " ".join(chosen) + " }" if chosen else ""
