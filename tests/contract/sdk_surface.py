"""The surface of an SDK: facts about its documents, methods and default selections.

``sdk_probe.py`` reads the facts from an installed SDK. ``surfaces/<version>.json`` stores them,
names only, so that the schema can be compared with all generations where they are not installed.
``python -m tests.contract.sdk_surface`` rewrites the files.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    ValueNode,
    VariableNode,
    parse,
    print_ast,
    validate,
)

from tests.contract.schema import SCHEMA
from tests.kit.sdk_environments import CONTRACT_RECIPES, RECIPES, SdkEnvironmentError
from tests.kit.sdk_process import SdkProcess
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest

NEWEST = max(RECIPES, key=lambda each: tuple(map(int, each.split("."))))
VERSIONS = ("2.125.2", *CONTRACT_RECIPES, NEWEST)
FOLDER = Path(__file__).with_name("surfaces")
PROBE = Path(__file__).with_name("sdk_probe.py")


@dataclass(frozen=True)
class Document:
    """The names in one GraphQL document.

    Attributes:
        operation: the root field, as ``Query.assets``.
        fields: the paths of the selected leaves, as ``labels.author.id``.
        arguments: the path of an argument, or of a member → the type of its variable; ``""`` for
            a constant.
    """

    operation: str
    fields: tuple[str, ...]
    arguments: dict[str, str]


@dataclass(frozen=True)
class Surface:
    """The surface of one SDK.

    Attributes:
        documents: all documents that the SDK can send.
        methods: the public methods, as ``assets`` or ``projects.users.list`` → the client that
            has the method, ``legacy`` or ``domain``.
        selections: ``assets.fields`` → the document sent if the caller gives no ``fields``.
    """

    version: str
    documents: tuple[Document, ...]
    methods: dict[str, str]
    selections: dict[str, Document]


@dataclass(frozen=True)
class Probed:
    """The surface of an installed SDK, with the texts of its documents."""

    surface: Surface
    texts: dict[str, Document]


def facts(text: str) -> Document:
    """Return the names in a document of one operation with one root field."""
    operation = _operation(parse(text))
    (root,) = operation.selection_set.selections
    assert isinstance(root, FieldNode)
    variables = {
        each.variable.name.value: print_ast(each.type) for each in operation.variable_definitions
    }
    arguments = {
        path: variables[value.name.value] if isinstance(value, VariableNode) else ""
        for each in root.arguments
        for path, value in _given(each.name.value, each.value)
    }
    name = f"{operation.operation.value.capitalize()}.{root.name.value}"
    return Document(name, tuple(sorted(_leaves(root, ""))), dict(sorted(arguments.items())))


def _operation(document: DocumentNode) -> OperationDefinitionNode:
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def _given(path: str, value: ValueNode) -> Iterator[tuple[str, ValueNode]]:
    if not isinstance(value, ObjectValueNode):
        yield path, value
        return
    for each in value.fields:
        yield from _given(f"{path}.{each.name.value}", each.value)


def _leaves(field: FieldNode, path: str) -> Iterator[str]:
    for each in field.selection_set.selections if field.selection_set else ():
        assert isinstance(each, FieldNode), "fragments are not expected"
        here = f"{path}{each.name.value}"
        if each.selection_set:
            yield from _leaves(each, f"{here}.")
        else:
            yield here


def faults_of_text(text: str) -> list[str]:
    """Return why the served schema does not accept a document."""
    document = parse(text)
    kind = _operation(document).operation
    if SCHEMA.get_root_type(kind) is None:  # graphql-core finds that only when it executes
        return [f"there is no {kind.value}"]
    return [each.message for each in validate(SCHEMA, document)]


def stored(version: str) -> Surface:
    """Return the stored surface of an SDK, which need not be installed."""
    return _surface(json.loads((FOLDER / f"{version}.json").read_text(encoding="utf-8")))


def probe(world: RemoteWorld, process: SdkProcess) -> Probed:
    """Read an installed SDK."""
    notebook = process.session(env=world.environment())
    organization = world.export()["organizations"][0]["id"]
    call = f"\nprobe({world.project_id!r}, {organization!r})\n"
    found: Any = notebook.run(PROBE.read_text(encoding="utf-8") + call).checked().value
    selections: dict[str, str | None] = found["selections"]
    unknown = [name for name, text in selections.items() if text is None]
    assert not unknown, f"these methods sent nothing: {unknown}"
    sent = {name: text for name, text in selections.items() if text is not None}
    texts = {text: facts(text) for text in sorted({*found["documents"], *sent.values()})}
    documents = sorted((texts[text] for text in found["documents"]), key=_order)
    chosen = {name: texts[text] for name, text in sorted(sent.items())}
    methods = dict(sorted(found["methods"].items()))
    return Probed(Surface(process.version, tuple(documents), methods, chosen), texts)


def _order(document: Document) -> str:
    return json.dumps(asdict(document))


def text_of(surface: Surface) -> str:
    """Return the file of an SDK: one line per fact, so that differences are readable."""
    described = asdict(surface)
    lists = [f"    {json.dumps(each)}" for each in described["documents"]]
    tables = [
        f'  "{name}": {{\n'
        + ",\n".join(f"    {json.dumps(key)}: {json.dumps(each)}" for key, each in table.items())
        + "\n  }"
        for name, table in described.items()
        if name in ("methods", "selections")
    ]
    head = f'{{\n  "version": {json.dumps(surface.version)},\n  "documents": [\n'
    return head + ",\n".join(lists) + "\n  ],\n" + ",\n".join(tables) + "\n}\n"


def _surface(value: dict[str, Any]) -> Surface:
    return Surface(
        value["version"],
        tuple(_document(each) for each in value["documents"]),
        value["methods"],
        {name: _document(each) for name, each in value["selections"].items()},
    )


def _document(value: dict[str, Any]) -> Document:
    return Document(value["operation"], tuple(value["fields"]), value["arguments"])


def main() -> None:
    """Write the files of all installed SDKs."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ServerUnderTest(Path(folder), "--ephemeral") as server,
    ):
        for version in VERSIONS:
            try:
                with SdkProcess(version, fast=True) as process:
                    surface = probe(server.new_world(), process).surface
            except SdkEnvironmentError:
                print(f"kili {version} is not installed: its file stays as it is")
                continue
            (FOLDER / f"{version}.json").write_text(text_of(surface), encoding="utf-8")
            print(f"kili {version}: {len(surface.documents)} documents")


if __name__ == "__main__":
    main()
