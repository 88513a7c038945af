"""Names that a user of the commands or of Python gives, and that fit nothing or several things."""

from __future__ import annotations

from collections.abc import Iterable

from kili_emulator.errors.kili_error import KiliError


def user_unknown(name: str, known: Iterable[str]) -> KiliError:
    """Nobody has this address, and no key this name."""
    return KiliError(f'there is no user "{name}": give one of {", ".join(sorted(known))}')


def user_ambiguous(name: str, emails: Iterable[str]) -> KiliError:
    """Keys of several users have this name."""
    return KiliError(f'"{name}" names keys of several users: give one of {", ".join(emails)}')


def user_deactivated(email: str) -> KiliError:
    """The user cannot sign in any more."""
    return KiliError(f"{email} is deactivated: activate the user, or act as another")


def project_name_not_found(name: str, known: Iterable[str]) -> KiliError:
    """No project has this id or title."""
    return KiliError(f'there is no project "{name}": there are {_listed(known)}')


def project_ambiguous(name: str, candidates: Iterable[str]) -> KiliError:
    """Several projects have this title."""
    return KiliError(f'several projects are titled "{name}": give the id, of {_listed(candidates)}')


def asset_name_not_found(name: str, title: str) -> KiliError:
    """No asset of the project has this id or external id."""
    return KiliError(f'project "{title}" has no asset with the id or external id "{name}"')


def asset_ambiguous(name: str, ids: Iterable[str]) -> KiliError:
    """Several assets of the project have this external id."""
    return KiliError(
        f'several assets have the external id "{name}": give the id, of {_listed(ids)}'
    )


def plugin_name_not_found(name: str, known: list[str]) -> KiliError:
    """No plugin has this name or id."""
    available = ", ".join(known) or "none"
    return KiliError(f'there is no plugin "{name}" (there are: {available})')


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
