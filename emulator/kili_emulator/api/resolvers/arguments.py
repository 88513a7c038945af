"""Checks and unwrapping of arguments, for several resolvers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kili_emulator import errors
from kili_emulator.domain.documents import AssetDoc, OrganizationDoc, UserDoc
from kili_emulator.domain.filters import Selection, Where, is_empty
from kili_emulator.domain.world import Transaction


def required_id(operation: str, where: Where) -> str:
    """Return the id that the ``where`` of a mutation must have.

    Raises:
        KiliError: ``where`` has no id, or has other conditions too.
    """
    if not where.get("id"):
        raise errors.id_missing(operation)
    others = [name for name, value in where.items() if name != "id" and not is_empty(name, value)]
    if others:
        raise errors.where_takes_only_id(operation, others)
    return str(where["id"])


def one_user(tx: Transaction, operation: str, where: Where) -> UserDoc:
    """Return the user that the ``where`` of a mutation names by e-mail or id.

    Raises:
        KiliError: it names no user, or one that does not exist or is not visible.
    """
    if not where.get("id") and not where.get("email"):
        raise errors.user_not_identified(operation)
    found = list(Selection(tx.access).users(where))
    if len(found) != 1:
        raise errors.access_denied()
    return found[0]


def one_organization(tx: Transaction, operation: str, where: Where) -> OrganizationDoc:
    """Return the organization that the ``where`` of a mutation names.

    Raises:
        KiliError: it names no organization, or one that does not exist or is not visible.
    """
    if is_empty("where", where):
        raise errors.id_missing(operation)
    found = list(Selection(tx.access).organizations(where))
    if len(found) != 1:
        raise errors.access_denied()
    return found[0]


def named_ids(where: Where) -> list[str]:
    """Return the ids of the assets that a ``where`` names."""
    return [where["id"]] if where.get("id") else list(where.get("idIn") or ())


def selected_assets(
    tx: Transaction, operation: str, where: Where, *, besides: Iterable[str] = ()
) -> list[AssetDoc]:
    """Return the assets that the ``where`` of a mutation selects, in the order of its ids.

    Args:
        besides: ids of assets that may be missing.

    Raises:
        KiliError: it names an asset or project that does not exist or is not visible, or has no
            condition.
    """
    named = named_ids(where)
    project_id = (where.get("project") or {}).get("id")
    if not named and not project_id:
        raise errors.where_empty(operation)
    if project_id and not tx.access.can_see(project_id):
        raise errors.access_denied()
    assets = list(Selection(tx.access).assets(where))
    if set(named) - {asset["id"] for asset in assets} - set(besides):
        raise errors.access_denied()
    places = {each: place for place, each in enumerate(named)}
    return sorted(assets, key=lambda asset: places.get(asset["id"], 0))


def selected_asset(tx: Transaction, operation: str, where: Where) -> AssetDoc:
    """Return the one asset that the ``where`` of a mutation selects.

    Raises:
        KiliError: it selects no asset, or several.
    """
    found = selected_assets(tx, operation, where)
    if not found:
        raise errors.access_denied()
    if len(found) > 1:
        raise errors.several_assets_selected(operation)
    return found[0]


def in_named_order(assets: list[AssetDoc], where: Where) -> list[AssetDoc]:
    """Return the assets in the order of a ``where``, repeated if it repeats a name.

    Raises:
        KiliError: ``where`` names an id or external id that none of the assets has.
    """
    if where.get("externalIdStrictlyIn"):
        names = where["externalIdStrictlyIn"]
        found = {asset["externalId"]: asset for asset in assets}
    else:
        names = named_ids(where) or [asset["id"] for asset in assets]
        found = {asset["id"]: asset for asset in assets}
    if set(names) - found.keys():
        raise errors.access_denied()
    return [found[name] for name in names]


def check_selected(tx: Transaction, where: Where, asset_ids: list[str]) -> None:
    """Check that the ``where`` of a mutation selects all assets that its data name.

    Raises:
        KiliError: it excludes an asset, or an asset does not exist or is not visible.
    """
    if not asset_ids:
        return
    complete = where if named_ids(where) else {**where, "idIn": asset_ids}
    selected = Selection(tx.access).assets(complete)
    if set(asset_ids) - {asset["id"] for asset in selected}:
        raise errors.access_denied()


def rows(operation: str, names: dict[str, str], data: dict[str, Any]) -> list[dict[str, Any]]:
    """Convert parallel arrays to one dictionary per element, without members of missing arrays.

    Args:
        names: the member of the dictionaries → the name of its array in ``data``.

    Raises:
        KiliError: the arrays differ in length, or all are missing.
    """
    given = {name: data[array] for name, array in names.items() if data.get(array) is not None}
    if not given:
        raise errors.arrays_missing(operation)
    lengths = {names[name]: len(array) for name, array in given.items()}
    if len(set(lengths.values())) != 1:
        raise errors.lengths_differ(operation, lengths)
    return [dict(zip(given, values, strict=True)) for values in zip(*given.values(), strict=True)]
