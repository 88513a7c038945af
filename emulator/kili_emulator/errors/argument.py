"""Arguments that no operation takes (ours: the platform's own wording is not public)."""

from __future__ import annotations

from collections.abc import Mapping

from kili_emulator.errors.kili_error import KiliError, wrong


def id_missing(operation: str) -> KiliError:
    """A mutation's ``where`` names no target."""
    return wrong(operation, "where.id is missing: give the id of the target")


def only_id_taken(operation: str, others: list[str]) -> KiliError:
    """A mutation that finds its target by id is given further conditions."""
    return wrong(operation, f"where takes id only: leave out {', '.join(others)}")


def where_empty(operation: str) -> KiliError:
    """A mutation on assets selects them by nothing."""
    return wrong(operation, "where is empty: give id, idIn or project.id")


def several_selected(operation: str) -> KiliError:
    """A mutation on one asset selects several."""
    return wrong(operation, "where selects several assets: give the id of one")


def lengths_differ(operation: str, lengths: Mapping[str, int]) -> KiliError:
    """Parallel arrays are not parallel.

    Args:
        lengths: by the names that clients know the arrays by.
    """
    told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
    return wrong(operation, f"parallel arrays must have the same number of elements: {told}")


def arrays_missing(operation: str) -> KiliError:
    """Of the parallel arrays that say what to add, none is given."""
    return wrong(operation, "there is nothing to add: give contentArray, or another of the arrays")


def negative(name: str) -> KiliError:
    """A page begins before the list."""
    return wrong("The query", f"{name} must be 0 or more")


def page_refused(name: str, limit: int) -> KiliError:
    """A page has no such size."""
    return wrong("The query", f"{name} must be between 0 and {limit}")


def search_too_long(name: str, length: int, limit: int) -> KiliError:
    """A text to search by is longer than any sensible one."""
    return wrong("The query", f"{name} has {length} characters: give at most {limit}")


def not_an_object(operation: str, name: str) -> KiliError:
    """A JSON value must be an object."""
    return wrong(operation, f"{name} must be an object: {{name: value}}")


def id_taken(operation: str, document_id: str) -> KiliError:
    """Something has this id already."""
    return wrong(operation, f'the id "{document_id}" exists already')
