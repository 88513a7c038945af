"""Write ``docs/coverage.md``: the parts of the platform's API that the emulator serves.

``python -m tests.contract.coverage`` rewrites the page; a test fails while the page is outdated.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from tests.contract.schema import (
    OWN_ENUMS,
    OWN_TYPES,
    ROOTS,
    enums,
    not_known,
    operations,
    types,
)
from tests.contract.sdk_coverage import sections

PAGE = Path(__file__).resolve().parents[2] / "docs" / "coverage.md"

_INTRODUCTION = """\
# Coverage

The parts of the platform's GraphQL API that this version serves, and the methods of the SDK that
are tested with it. The page is generated from the schema and the tests (`make docs`); a test fails
while the page is out of date.

Parts that are not listed here are absent from the schema: the client gets the error
`Cannot query field …`, `Unknown type …` or the like, with a hint to this page. No part of a request
is silently ignored. Two features are in the schema, but are refused with `[notEmulated]`: cutting
videos into frames, and conversations as assets of `LLM_STATIC` and `LLM_INSTR_FOLLOWING` projects.
"""


def page() -> str:
    """Return the expected text of the page.

    Raises:
        ValueError: the emulator serves a member that the platform's schema does not have.
    """
    parts = [_INTRODUCTION, *_operations(), *_members(), *_values(), *sections()]
    return "\n".join(parts)


def _served(operation: str) -> bool:
    root, name = operation.split(".")
    return name in OWN_TYPES.get(root, {})


def _operations() -> Iterable[str]:
    known = operations()
    served = [name for name in known if _served(name)]
    yield f"## Operations: {len(served)} of {len(known)}\n"
    yield "| operation | served | SDK versions that send it |"
    yield "| --- | --- | --- |"
    for name, operation in sorted(known.items()):
        mark = "yes" if _served(name) else "no"
        yield f"| `{name}` | {mark} | {operation.get('sdkVersions', '')} |"
    yield ""


def _members() -> Iterable[str]:
    yield "## Fields, filters and arguments\n"
    yield "For each type that is served: how many of its known members, and which are absent.\n"
    yield "| type | served | absent |"
    yield "| --- | --- | --- |"
    for name, members in sorted(OWN_TYPES.items()):
        known = types().get(name)
        if known is None or name in ROOTS:
            continue
        unknown = sorted(members.keys() - known.keys())
        if unknown:
            raise ValueError("\n".join(not_known(f"{name}.{member}") for member in unknown))
        absent = ", ".join(f"`{member}`" for member in sorted(known) if member not in members)
        yield f"| `{name}` | {len(members)} of {len(known)} | {absent} |"
    yield ""


def _values() -> Iterable[str]:
    yield "## Enum values that are absent\n"
    yield "| enum | absent |"
    yield "| --- | --- |"
    for name, values in sorted(OWN_ENUMS.items()):
        absent = [value for value in enums()[name] if value not in values]
        if absent:
            yield f"| `{name}` | {', '.join(f'`{value}`' for value in absent)} |"
    yield ""


def main() -> None:
    try:
        text = page()
    except ValueError as error:
        sys.exit(str(error))
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {PAGE}")


if __name__ == "__main__":
    main()
