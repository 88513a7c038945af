"""The part of ``docs/coverage.md`` that is about SDKs: their documents, selections and methods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.contract.methods import Case, all_cases, outside, pending
from tests.contract.served import is_served
from tests.contract.surface import VERSIONS, Document, Surface, stored

_INTRODUCTION = """\
## SDKs

Read out of eight generations of the SDK: each document that it can send, what each method selects
when its caller gives no `fields`, and each public method. A method is tested if a case calls it as
a user would, looks at what came back, and the server received the method's own operations.
`make test` does all this with the newest SDK, `make contract` with all of them.
"""


def sections() -> Iterable[str]:
    """The lines of these sections."""
    surfaces = [stored(version) for version in VERSIONS]
    cases = all_cases()
    yield _INTRODUCTION
    yield "| SDK | documents served | default selections served | methods tested |"
    yield "| --- | --- | --- | --- |"
    for each in surfaces:
        tested = sum(state == "yes" for state in _states(each, cases).values())
        documents = _served(each.documents)
        selections = _served(each.selections.values())
        yield f"| {each.version} | {documents} | {selections} | {tested} of {len(each.methods)} |"
    yield ""
    yield from _methods(surfaces, cases)


def _served(documents: Iterable[Document]) -> str:
    served = [is_served(each) for each in documents]
    return f"{sum(served)} of {len(served)}"


def _states(surface: Surface, cases: list[Case]) -> dict[str, str]:
    """Each method of an SDK: ``yes``, ``pending``, or ``no`` where nothing of it is emulated."""
    tried = {each.method for each in cases if each.fits(surface.version)}
    unserved = outside()
    return {
        method: "yes" if method in tried else "no" if method in unserved else "pending"
        for method in surface.methods
    }


def _methods(surfaces: list[Surface], cases: list[Case]) -> Iterator[str]:
    states = {each.version: _states(each, cases) for each in surfaces}
    names = sorted({method for surface in surfaces for method in surface.methods})
    reasons = {**pending(), **outside()}
    yield "## Methods of the SDK\n"
    yield "Tested with a generation: yes, pending (no case yet), no (not emulated, or nothing to"
    yield "ask the server), or – (this generation has no such method).\n"
    yield f"| method | {' | '.join(VERSIONS)} | |"
    yield f"| --- |{' --- |' * (len(VERSIONS) + 1)}"
    for name in names:
        cells = " | ".join(states[version].get(name, "–") for version in VERSIONS)
        yield f"| `{name}` | {cells} | {reasons.get(name, '')} |"
    yield ""
