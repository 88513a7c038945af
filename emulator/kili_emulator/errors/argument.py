"""Arguments that no operation takes (ours: the platform's own wording is not public)."""

from __future__ import annotations

from collections.abc import Mapping

from kili_emulator.errors.kili_error import KiliError, invalid_argument


def id_missing(operation: str) -> KiliError:
    """A mutation's ``where`` names no target."""
    return invalid_argument(operation, "where.id is missing: give the id of the target")


def where_takes_only_id(operation: str, others: list[str]) -> KiliError:
    """A mutation that finds its target by id is given further conditions."""
    return invalid_argument(operation, f"where takes id only: leave out {', '.join(others)}")


def where_empty(operation: str) -> KiliError:
    """A mutation on assets selects them by nothing."""
    return invalid_argument(operation, "where is empty: give id, idIn or project.id")


def several_assets_selected(operation: str) -> KiliError:
    """A mutation on one asset selects several."""
    return invalid_argument(operation, "where selects several assets: give the id of one")


def lengths_differ(operation: str, lengths: Mapping[str, int]) -> KiliError:
    """Parallel arrays are not parallel.

    Args:
        lengths: by the names that clients know the arrays by.
    """
    parts = ", ".join(f"{name} has {length}" for name, length in lengths.items())
    return invalid_argument(
        operation, f"parallel arrays must have the same number of elements: {parts}"
    )


def arrays_missing(operation: str) -> KiliError:
    """Of the parallel arrays that say what to add, none is given."""
    return invalid_argument(
        operation, "there is nothing to add: give contentArray, or another of the arrays"
    )


def negative_argument(name: str) -> KiliError:
    """A page begins before the list."""
    return invalid_argument("The query", f"{name} must be 0 or more")


def page_argument_out_of_range(name: str, limit: int) -> KiliError:
    """A page has no such size."""
    return invalid_argument("The query", f"{name} must be between 0 and {limit}")


def search_too_long(name: str, length: int, limit: int) -> KiliError:
    """A text to search by is longer than any sensible one."""
    return invalid_argument("The query", f"{name} has {length} characters: give at most {limit}")


def not_an_object(operation: str, name: str) -> KiliError:
    """A JSON value must be an object."""
    return invalid_argument(operation, f"{name} must be an object: {{name: value}}")


def document_id_exists(operation: str, document_id: str) -> KiliError:
    """Something has this id already."""
    return invalid_argument(operation, f'the id "{document_id}" exists already')
