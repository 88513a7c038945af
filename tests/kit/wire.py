"""GraphQL over HTTP without an SDK: what the server itself takes and answers."""

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
    """Sends requests to an emulator as one user or another.

    Args:
        emulator: a running one.

    Attributes:
        client_version: the version of the SDK that is played; ``None`` says nothing about it.
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
        """POST to the GraphQL endpoint: JSON, or bytes as they are.

        Args:
            key: the name of a key of the scenario, a key itself, or none.
        """
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **self.authorization(key), **(headers or {})}
        if self.client_version:
            sent["apollographql-client-version"] = self.client_version
        return self._http.post(self.emulator.endpoint, data=data, headers=sent, timeout=30)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Any other request; a path is one of the emulator."""
        address = url if url.startswith("http") else self.emulator.url + url
        return self._http.request(method, address, timeout=30, **options)

    def authorization(self, key: str | None) -> dict[str, str]:
        """The header that a key, or the key of this name, is sent in."""
        if key is None:
            return {}
        names = {each["name"]: each["key"] for each in self.emulator.world.view.api_keys.all()}
        return {"Authorization": f"X-API-Key: {names.get(key, key)}"}

    def send(
        self, operation: str, key: str = "admin", selection: str | None = None, **arguments: Any
    ) -> requests.Response:
        """Ask for one operation, its root field aliased to ``data`` as the SDK does."""
        query = document(operation, list(arguments), selection)
        return self.post({"query": query, "variables": arguments}, key=key)

    def call(
        self, operation: str, key: str = "admin", selection: str | None = None, **arguments: Any
    ) -> Any:
        """What an operation answers, which must not be an error."""
        answer = self.send(operation, key, selection, **arguments).json()
        assert "errors" not in answer, answer
        return answer["data"]["data"]

    def list(
        self, operation: str, where: dict[str, Any], key: str = "admin", selection: str = "id"
    ) -> Any:
        """All elements that a list query answers."""
        return self.call(operation, key, selection, where=where, first=1000, skip=0)

    def ids(self, operation: str, where: dict[str, Any], key: str = "admin") -> list[str]:
        """The ids of what a list query answers."""
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
        """The message with which an operation is refused."""
        answer = self.send(operation, key, **arguments).json()
        assert "errors" in answer, answer
        return str(answer["errors"][0]["message"])


def root_of(operation: str) -> GraphQLObjectType:
    """The root type that has the operation."""
    for root in (SCHEMA.query_type, SCHEMA.mutation_type):
        if root and operation in root.fields:
            return root
    raise KeyError(operation)


def document(operation: str, arguments: list[str], selection: str | None = None) -> str:
    """The document for one operation with these arguments as variables."""
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
    """All fields of a type, those of its members down to a depth."""
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
