"""The part of ``docs/coverage.md`` about SDKs: their documents, selections and methods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.contract.evidence import cases_of, proven
from tests.contract.methods import broken, outside, pending
from tests.contract.schema_check import is_served
from tests.contract.sdk_surface import VERSIONS, Document, Surface, stored

_INTRODUCTION = """\
## SDKs

Read out of eight generations of the SDK: each document that it can send, what each method selects
when its caller gives no `fields`, and each public method. A method is tested if a case has passed
that calls it as a user would, looks at what came back, and knows that the server received the
method's own operations. `make test` does all this with the newest SDK, `make contract` with all of
them; what passed there is kept in `tests/contract/evidence`.
"""


def sections() -> Iterable[str]:
    """Return the lines of these sections."""
    surfaces = [stored(version) for version in VERSIONS]
    yield _INTRODUCTION
    yield "| SDK | documents served | default selections served | methods tested |"
    yield "| --- | --- | --- | --- |"
    for each in surfaces:
        tested = sum(state == "yes" for state in _states(each).values())
        documents = _served(each.documents)
        selections = _served(each.selections.values())
        yield f"| {each.version} | {documents} | {selections} | {tested} of {len(each.methods)} |"
    yield ""
    yield from _methods(surfaces)


def _served(documents: Iterable[Document]) -> str:
    served = [is_served(each) for each in documents]
    return f"{sum(served)} of {len(served)}"


def _states(surface: Surface) -> dict[str, str]:
    """Return the state of each method of an SDK: see the text above the table."""
    version = surface.version
    cases, good = cases_of(version), proven(version)
    states = dict.fromkeys(surface.methods, "pending")
    states |= {method: "no" for method in outside() if method in states}
    states |= {method: "broken" for method, failing in broken() if failing == version}
    states |= {each.method: "untried" for each in cases}
    states |= {each.method: "yes" for each in cases if str(each) in good}
    return states


def _methods(surfaces: list[Surface]) -> Iterator[str]:
    states = {each.version: _states(each) for each in surfaces}
    names = sorted({method for surface in surfaces for method in surface.methods})
    yield "## Methods of the SDK\n"
    yield "Tested with a generation: yes, untried (its case has not passed yet), pending (no case"
    yield "yet), no (not emulated, or nothing to ask the server), broken (the SDK fails by itself),"
    yield "or – (this generation has no such method).\n"
    yield f"| method | {' | '.join(VERSIONS)} | |"
    yield f"| --- |{' --- |' * (len(VERSIONS) + 1)}"
    for name in names:
        cells = " | ".join(states[version].get(name, "–") for version in VERSIONS)
        yield f"| `{name}` | {cells} | {_reason(name)} |"
    yield ""


def _reason(method: str) -> str:
    whole = {**pending(), **outside()}.get(method)
    failing = [f"{version}: {how}" for (name, version), how in broken().items() if name == method]
    return "; ".join([whole, *failing] if whole else failing)
