"""The scalars of the schema (contract/values.md#json, contract/http.md#pages)."""

from __future__ import annotations

from typing import Any

from ariadne import ScalarType
from graphql import GraphQLError, ValueNode, value_from_ast_untyped

from kili_emulator import clock, errors
from kili_emulator.rules.json_text import JsonValueError, check_depth

date_time = ScalarType("DateTime")
json_value = ScalarType("JSON")
page_size = ScalarType("PageSize")

MAX_PAGE_SIZE = 1000

_KINDS = {dict: "object", list: "array", str: "string", float: "float", bool: "boolean"}


@date_time.value_parser
def parse_date_time(value: Any) -> str:
    """Accept the text of a date or an ISO-8601 time."""
    try:
        clock.parse_time(value)
    except (ValueError, TypeError, AttributeError):
        raise GraphQLError(errors.DATE_TIME_REFUSED.format(value=value)) from None
    return str(value)


@page_size.value_parser
def parse_page_size(value: Any) -> int:
    """Accept an integer from 0 to 1000."""
    if isinstance(value, bool) or not isinstance(value, int):
        kind = _KINDS.get(type(value), type(value).__name__)
        raise GraphQLError(errors.PAGE_SIZE_NOT_INTEGER.format(kind=kind))
    if not 0 <= value <= MAX_PAGE_SIZE:
        limit = MAX_PAGE_SIZE
        raise GraphQLError(errors.PAGE_SIZE_OUT_OF_RANGE.format(limit=limit, value=value))
    return value


@json_value.value_parser
def parse_json(value: Any) -> Any:
    """Accept any value."""
    return value


@json_value.literal_parser
def parse_json_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
    """Read a JSON value that is written in the document itself."""
    value = value_from_ast_untyped(node, variables)
    try:
        check_depth(value)
    except JsonValueError as error:
        raise GraphQLError(errors.JSON_REFUSED.format(reason=error)) from None
    return value


@date_time.serializer
@json_value.serializer
@page_size.serializer
def serialize(value: Any) -> Any:
    """Send the stored value unchanged."""
    return value


SCALARS = [date_time, json_value, page_size]
