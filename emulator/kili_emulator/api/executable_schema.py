"""The executable schema: the files of ``schema``, bound to their resolvers.

The schema has a prepared form, an introspection answer: the library builds the types from it five
times faster than from the files.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, cast

from graphql import (
    GraphQLSchema,
    IntrospectionQuery,
    build_client_schema,
    build_schema,
    introspection_from_schema,
    specified_directives,
)

from kili_emulator import prepared_forms
from kili_emulator.api.resolvers import BINDABLES

FOLDER = Path(__file__).parent / "schema"
PREPARED = FOLDER / f"schema{prepared_forms.SUFFIX}"


@cache
def executable_schema() -> GraphQLSchema:
    """Build the executable schema.

    All emulators of a process share one, as it never changes and takes long to build.
    """
    text = read_files()
    prepared = prepared_forms.read_form(PREPARED, text)
    schema = build_schema(text) if prepared is None else _build_prepared(prepared)
    for bindable in BINDABLES:
        bindable.bind_to_schema(schema)
    return schema


@cache
def schema_hash() -> str:
    """Return a value that changes whenever the schema changes."""
    return hashlib.sha256(read_files().encode()).hexdigest()[:12]


def read_files() -> str:
    """Return the text of all files of the schema."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.rglob("*.graphql")))


def make_body(text: str) -> str:
    """Return the body of the prepared form of a schema, with a line for each type."""
    answer: dict[str, Any] = introspection_from_schema(  # type: ignore[assignment]
        build_schema(text), input_value_deprecation=True
    )["__schema"]
    types = [_compact(each) for each in answer.pop("types") if not each["name"].startswith("__")]
    del answer["directives"]  # those of the library
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in types)
    return f'{json.dumps(_compact(answer))[:-1]}, "types": [\n{lines}\n]}}\n'


def _build_prepared(prepared: dict[str, Any]) -> GraphQLSchema:
    answer = {"__schema": {**prepared, "directives": []}}
    schema = build_client_schema(cast(IntrospectionQuery, answer), assume_valid=True)
    schema.directives = specified_directives
    return schema


def _compact(value: Any) -> Any:
    """Return a part of an introspection answer without the members that have no content."""
    if isinstance(value, dict):
        return {
            name: _compact(each)
            for name, each in value.items()
            if each is not None and each is not False
        }
    return [_compact(each) for each in value] if isinstance(value, list) else value
