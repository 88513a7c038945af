"""Errors about names given to a command or the Python API: unknown or ambiguous ones."""

from __future__ import annotations

from collections.abc import Iterable

from kili_emulator.errors.kili_error import KiliError


def user_unknown(name: str, known: Iterable[str]) -> KiliError:
    """No user has this e-mail address, and no API key has this name."""
    return KiliError(f'there is no user "{name}": give one of {", ".join(sorted(known))}')


def user_ambiguous(name: str, emails: Iterable[str]) -> KiliError:
    """Keys of several users have this name."""
    return KiliError(
        f'several users have an API key named "{name}": give one of {", ".join(emails)}'
    )


def user_deactivated(email: str) -> KiliError:
    """The user is deactivated and cannot sign in."""
    return KiliError(f"{email} is deactivated: activate this user, or act as another one")


def project_name_not_found(name: str, known: Iterable[str]) -> KiliError:
    """No project has this id or title."""
    return KiliError(f'there is no project "{name}" (there are: {_listed(known)})')


def project_ambiguous(name: str, candidates: Iterable[str]) -> KiliError:
    """Several projects have this title."""
    return KiliError(
        f'several projects have the title "{name}": give one of the ids {_listed(candidates)}'
    )


def asset_name_not_found(name: str, title: str) -> KiliError:
    """No asset of the project has this id or external id."""
    return KiliError(f'project "{title}" has no asset with the id or external id "{name}"')


def asset_ambiguous(name: str, ids: Iterable[str]) -> KiliError:
    """Several assets of the project have this external id."""
    return KiliError(
        f'several assets have the external id "{name}": give one of the ids {_listed(ids)}'
    )


def plugin_name_not_found(name: str, known: list[str]) -> KiliError:
    """No plugin has this name or id."""
    available = ", ".join(known) or "none"
    return KiliError(f'there is no plugin "{name}" (there are: {available})')


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
