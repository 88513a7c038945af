"""What several resolvers need to unwrap their arguments."""

from __future__ import annotations

from typing import Any

from emulator import errors
from emulator.domain.filters import Selection, Where
from emulator.domain.world import Transaction
from emulator.storage.snapshot import Document


def required_id(operation: str, where: Where) -> str:
    """The id that a mutation's ``where`` must have.

    Raises:
        KiliError: it has none.
    """
    if not where.get("id"):
        raise errors.invalid_input(operation, "where.id is missing: give the id of the target")
    return str(where["id"])


def targets(tx: Transaction, operation: str, where: Where) -> list[Document]:
    """The assets that a mutation's ``where`` selects.

    Raises:
        KiliError: it names an asset that does not exist or is not visible, or selects by nothing.
    """
    named = {where["id"]} if where.get("id") else set(where.get("idIn") or ())
    if not named and not where.get("project"):
        raise errors.invalid_input(operation, "where is empty: give id, idIn or project.id")
    assets = Selection(tx, tx.actor).assets(where)
    if named - {asset["id"] for asset in assets}:
        raise errors.access_denied()
    return assets


def rows(operation: str, arrays: dict[str, list[Any] | None]) -> list[dict[str, Any]]:
    """Parallel arrays as one dictionary per element; arrays that are not given leave no member.

    Raises:
        KiliError: the arrays differ in length, or none is given.
    """
    given = {name: array for name, array in arrays.items() if array is not None}
    lengths = {len(array) for array in given.values()}
    if len(lengths) != 1:
        raise errors.invalid_input(
            operation, f"the arrays {', '.join(arrays)} must have the same length, and one be given"
        )
    return [dict(zip(given, values, strict=True)) for values in zip(*given.values(), strict=True)]
