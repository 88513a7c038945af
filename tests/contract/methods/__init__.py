"""One case for each public method of the SDK: what a user does with it, and what comes back.

To add one, write it into the module of its noun and delete the method from ``PENDING`` there::

    CASES = [
        case(
            "count_assets",                       # or "projects.users.list" of the domain client
            sends="Query.countAssets",            # what the method stands for; several: a tuple
            code='''
                assert kili.count_assets(project_id, status_in=["TODO"]) == 3
            ''',
        ),
    ]

The code runs in the SDK's own process, against a new world with the default scenario, or with the
one that the case names. It finds:

``kili``
    the client that has the method, as the administrator.
``version``
    the SDK's version, as ``"26.2.4"``.
``project_id``, ``organization_id``, ``issue_id``
    what the scenario has one of (``issue_id`` is ``None`` where it has no issue).
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
    ``fetched(url)`` is what the administrator gets at an address: a ``requests.Response``.
``graphql``
    ``graphql("{ data: me { id } }")["data"]`` is what the administrator is answered without the
    SDK: for what a case needs and its generation has no method for.

It must call the method and assert what a user would look at: never only that nothing was raised.
The case counts if, beyond that, the server received the named operations during the calls of the
method, and answered them without an error.

Where generations differ, give a method several cases with ``since`` and ``until`` (both included).
Methods that no case covers stand in ``PENDING`` of their noun with the reason, or, where nothing of
their noun is emulated, in ``OUTSIDE`` of ``not_emulated.py``. A method that an SDK cannot carry out
whatever the server answers stands in ``BROKEN`` of its noun, as ``(method, version)``.
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
    """How one method is tried.

    Attributes:
        sends: the operations that the server must receive from the method, as ``Query.assets``,
            or ``Mutation.deleteAssets or Mutation.deleteManyFromDataset``.
        since: the first SDK that it fits.
        until: the last one.
        scenario: what its world holds: a built-in scenario, or the path of one.
    """

    method: str
    sends: tuple[str, ...]
    code: str
    since: str | None
    until: str | None
    scenario: str

    def fits(self, version: str) -> bool:
        """Whether the case is meant for an SDK."""
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
    """A case, as the modules of this package write it."""
    operations = (sends,) if isinstance(sends, str) else sends
    return Case(method, operations, dedent(code), since, until, scenario)


def _number(version: str) -> Version:
    return tuple(map(int, version.split(".")))


def _modules() -> list[ModuleType]:
    names = [each.name for each in pkgutil.iter_modules(__path__)]
    return [importlib.import_module(f"{__name__}.{name}") for name in sorted(names)]


def all_cases() -> list[Case]:
    """The cases of all nouns."""
    return [each for module in _modules() for each in getattr(module, "CASES", ())]


def pending() -> dict[str, str]:
    """Methods of served nouns that have no case yet → why."""
    return _merged("PENDING")


def outside() -> dict[str, str]:
    """Methods of nouns that are not emulated, and those that ask the server nothing → why."""
    return _merged("OUTSIDE")


def broken() -> dict[tuple[str, str], str]:
    """Methods that fail in an SDK by themselves, as ``(method, version)`` → how."""
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
