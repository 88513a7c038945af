"""Cases of the public methods of the SDK: each calls a method as a user does and checks its effect.

To add a case, write it in the module of its noun and delete the method from ``PENDING`` there::

    CASES = [
        case(
            "count_assets",                       # or "projects.users.list" of the domain client
            sends="Query.countAssets",            # what the method stands for; several: a tuple
            code='''
                assert kili.count_assets(project_id, status_in=["TODO"]) == 3
            ''',
        ),
    ]

The code runs in the SDK's own process, against a new world with the default scenario or with the
scenario of the case. These names are defined:

``kili``
    the client that has the method, with the key of the administrator.
``version``
    the SDK's version, as ``"26.2.4"``.
``project_id``, ``organization_id``, ``issue_id``
    the ids of the scenario's project, organization and issue (``None`` without an issue).
``asset``, ``label``, ``user``
    ids by name: ``asset["pond"]``, ``label["farm INFERENCE"]``, ``user["labeler"]``.
``email``
    ``email["labeler"]`` is ``labeler@example.com``.
``client``
    ``client("labeler")`` is another user's ``kili.client.Kili``.
``EASY``, ``HARD``
    two responses to the project's jobs.
``folder``
    an empty folder, as a ``Path``.
``fetched``
    ``fetched(url)`` is the response to a GET request of the administrator: a
    ``requests.Response``.
``graphql``
    ``graphql("{ data: me { id } }")["data"]`` is the answer to the administrator without the SDK,
    for a case whose SDK generation lacks a method that it needs.

The code must call the method and assert a result that a user would check; a case that only raises
no error is not enough. A case passes if, in addition, the server received the named operations
during the calls of the method and answered them without an error.

If generations differ, give a method several cases with ``since`` and ``until`` (both included).
Methods without a case are listed in ``PENDING`` of their noun with the reason, or, if nothing of
their noun is emulated, in ``OUTSIDE`` of ``not_emulated.py``. A method that an SDK cannot carry out
with any answer of the server is listed in ``BROKEN`` of its noun, as ``(method, version)``.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from textwrap import dedent
from types import ModuleType

Version = tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """A case of one SDK method.

    Attributes:
        sends: the operations that the server must receive from the method, as ``Query.assets``,
            or ``Mutation.deleteAssets or Mutation.deleteManyFromDataset``.
        since: the first SDK version of the case.
        until: the last SDK version.
        scenario: the name of a built-in scenario, or the path of a scenario.
    """

    method: str
    sends: tuple[str, ...]
    code: str
    since: str | None
    until: str | None
    scenario: str

    def fits(self, version: str) -> bool:
        """Return whether the case applies to the SDK."""
        number = _number(version)
        return (self.since is None or number >= _number(self.since)) and (
            self.until is None or number <= _number(self.until)
        )

    def __str__(self) -> str:
        return self.method + (f" until {self.until}" if self.until else "")


def case(
    method: str,
    *,
    sends: str | tuple[str, ...],
    code: str,
    since: str | None = None,
    until: str | None = None,
    scenario: str = "default",
) -> Case:
    """Create a case in the form that the modules of this package use."""
    operations = (sends,) if isinstance(sends, str) else sends
    return Case(method, operations, dedent(code), since, until, scenario)


def _number(version: str) -> Version:
    return tuple(map(int, version.split(".")))


def _modules() -> list[ModuleType]:
    names = [each.name for each in pkgutil.iter_modules(__path__)]
    return [importlib.import_module(f"{__name__}.{name}") for name in sorted(names)]


def all_cases() -> list[Case]:
    """Return the cases of all nouns."""
    return [each for module in _modules() for each in getattr(module, "CASES", ())]


def pending() -> dict[str, str]:
    """Return the methods of served nouns without a case → the reason."""
    return _merged("PENDING")


def outside() -> dict[str, str]:
    """Return the methods of nouns that are not emulated or that send no request → the reason."""
    return _merged("OUTSIDE")


def broken() -> dict[tuple[str, str], str]:
    """Return the methods that an SDK cannot carry out, as ``(method, version)`` → the failure."""
    return {
        key: reason
        for module in _modules()
        for key, reason in getattr(module, "BROKEN", {}).items()
    }


def _merged(name: str) -> dict[str, str]:
    merged: dict[str, str] = {}
    for module in _modules():
        table: dict[str, str] = getattr(module, name, {})
        twice = merged.keys() & table.keys()
        assert not twice, f"{name} of several nouns: {sorted(twice)}"
        merged |= table
    return merged
