"""Errors about arguments of any operation (ours: the platform's own wording is not public)."""

from __future__ import annotations

from collections.abc import Mapping

from kili_emulator.errors.kili_error import KiliError, invalid_argument


def id_missing(operation: str) -> KiliError:
    """The ``where`` of a mutation has no id."""
    return invalid_argument(operation, "where.id is missing: give the id of the target")


def where_takes_only_id(operation: str, others: list[str]) -> KiliError:
    """The ``where`` of a mutation has other conditions besides the id, its only one."""
    return invalid_argument(operation, f"where takes only id: leave out {', '.join(others)}")


def where_empty(operation: str) -> KiliError:
    """A mutation on assets has an empty ``where``."""
    return invalid_argument(operation, "where is empty: give id, idIn or project.id")


def several_assets_selected(operation: str) -> KiliError:
    """The ``where`` of a mutation on one asset selects several."""
    return invalid_argument(operation, "where selects several assets: give the id of one")


def lengths_differ(operation: str, lengths: Mapping[str, int]) -> KiliError:
    """Parallel arrays have different lengths.

    Args:
        lengths: the number of elements by the name that clients use for the array.
    """
    parts = ", ".join(f"{name} has {length}" for name, length in lengths.items())
    return invalid_argument(
        operation, f"parallel arrays must have the same number of elements: {parts}"
    )


def arrays_missing(operation: str) -> KiliError:
    """A mutation that adds assets has none of its parallel arrays."""
    return invalid_argument(
        operation, "there is nothing to add: give contentArray, or another of the arrays"
    )


def negative_argument(name: str) -> KiliError:
    """The ``skip`` of a page is negative."""
    return invalid_argument("The query", f"{name} must be 0 or more")


def page_argument_out_of_range(name: str, limit: int) -> KiliError:
    """The size of a page is negative or over the limit."""
    return invalid_argument("The query", f"{name} must be between 0 and {limit}")


def search_too_long(name: str, length: int, limit: int) -> KiliError:
    """A search text is longer than the limit."""
    return invalid_argument("The query", f"{name} has {length} characters: give at most {limit}")


def not_an_object(operation: str, name: str) -> KiliError:
    """A JSON value is not an object."""
    return invalid_argument(operation, f"{name} must be a JSON object: {{name: value}}")


def document_id_exists(operation: str, document_id: str) -> KiliError:
    """A document has this id already."""
    return invalid_argument(operation, f'the id "{document_id}" exists already')
