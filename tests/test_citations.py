"""Every rule of ``docs/contract`` has a basis, and every citation and link leads to a heading.

Code cites a rule as ``contract/<page>.md#<heading>``; CONTRIBUTING.md describes the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = ROOT / "docs" / "contract"
INDEX = CONTRACT / "README.md"
PAGES = sorted(set(CONTRACT.glob("*.md")) - {INDEX})

CODE = [
    path
    for folder in ("emulator", "tests", "benchmarks", "examples")
    for ending in ("*.py", "*.graphql", "*.yaml", "*.toml")
    for path in sorted((ROOT / folder).rglob(ending))
]
MARKDOWN = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
]

BASES = ("recorded", "documented", "inferred", "chosen")
CITATION = re.compile(
    r"(?<![\w/])(?P<file>docs/)?contract/(?P<page>[\w-]+\.md)(?:#(?P<anchor>[\w-]+))?"
)
LINK = re.compile(r"\]\((?!https?:)(?P<page>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
FENCED = re.compile(r"^```.*?^```$", re.M | re.S)
SECTION_SIGN = "\N{SECTION SIGN}"
# References to a rule other than a citation: a section number, the former page, a private source.
FORMER = re.compile(
    rf"{SECTION_SIGN}|(?:docs/)?fidelity(?:\.md| page)|shared/contract|\bbehaviour\.md"
)
PRIVATE_SOURCE = re.compile(
    r"\[(?:[RDIC]|E2E|R-ish|R-doc)\]|\bE2E\b|\b(?:N|K|DOC|REF|OLD|API|EV):\w"
)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# Headings


def headings(text: str) -> list[str]:
    """Return the anchors of the headings of a page, derived as GitHub derives them."""
    titles = re.findall(r"^#+ (.+)$", FENCED.sub("", text), re.M)
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]


def anchors(path: Path) -> set[str]:
    return set(headings(path.read_text(encoding="utf-8")))


def test_anchors_follow_the_headings() -> None:
    text = "# Labels\n\n## Latest marks\n\n```\n# no heading\n```\n\n### `KP001`: a title\n"
    assert headings(text) == ["labels", "latest-marks", "kp001-a-title"]


@pytest.mark.parametrize("page", [INDEX, *PAGES], ids=named)
def test_headings_of_a_page_are_unique(page: Path) -> None:
    found = headings(page.read_text(encoding="utf-8"))
    assert len(found) == len(set(found))


# Rules and their basis


def missing_bases(text: str) -> list[str]:
    """Return the sections, rows and list items of a page that have no basis.

    A basis is the last cell of a row, in a table whose last column has this name, or a line that
    begins with ``Basis:`` and applies to its whole section.
    """
    return [
        f"{title}: {problem}"
        for title, body in _sections(text)
        if not re.search(rf"^Basis: (?:{'|'.join(BASES)})\b", body, re.M)
        for problem in _rules_without_basis(body)
    ]


def _sections(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^## ", text, flags=re.M)[1:]:
        title, _, body = part.partition("\n")
        yield title, body


def _rules_without_basis(body: str) -> Iterator[str]:
    tables = re.findall(r"(?:^\|.*\n)+", body, re.M)
    if not tables:
        yield "no rule"
    for table in tables:
        head, _, *rows = [_cells(line) for line in table.splitlines()]
        if head[-1] != "basis":
            yield f"no column for the basis beside {head[0]!r}"
            continue
        yield from (
            row[0]
            for row in rows
            if len(row) != len(head) or not re.match(rf"(?:{'|'.join(BASES)})\b", row[-1])
        )
    yield from re.findall(r"^[-*] (.+)$", body, re.M)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_each_rule_has_a_basis(page: Path) -> None:
    assert missing_bases(page.read_text(encoding="utf-8")) == []


HEAD = "## Locks\n\n| rule | basis |\n| --- | --- |\n"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (f"{HEAD}| One user at a time | chosen: for tests |\n", []),
        (f"{HEAD}| One user at a time | |\n", ["Locks: One user at a time"]),
        (f"{HEAD}| One user at a time | as everybody knows |\n", ["Locks: One user at a time"]),
        (f"{HEAD}| One \\| two | recorded |\n", []),
        (f"{HEAD}| A | B | recorded |\n", ["Locks: A"]),
        ("## Locks\n\nOnly prose.\n", ["Locks: no rule"]),
        (
            "## Locks\n\n| from | to |\n| --- | --- |\n| a | b |\n",
            ["Locks: no column for the basis beside 'from'"],
        ),
        ("## Locks\n\nBasis: inferred.\n\n| from | to |\n| --- | --- |\n| a | b |\n", []),
        (f"{HEAD}| A | recorded |\n\n- an item\n", ["Locks: an item"]),
        ("## Locks\n\nBasis: hearsay.\n\n- an item\n", ["Locks: no rule", "Locks: an item"]),
    ],
)
def test_a_rule_without_a_basis_is_found(text: str, missing: list[str]) -> None:
    assert missing_bases(text) == missing


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_names_public_sources_only(page: Path) -> None:
    assert PRIVATE_SOURCE.findall(page.read_text(encoding="utf-8")) == []


def test_the_index_lists_every_page() -> None:
    links = LINK.findall(INDEX.read_text(encoding="utf-8"))
    assert sorted(page for page, _ in links) == [page.name for page in PAGES]


# Links and citations


@pytest.mark.parametrize("page", MARKDOWN, ids=named)
def test_each_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in LINK.finditer(FENCED.sub("", page.read_text(encoding="utf-8"))):
        target = page.parent / link["page"] if link["page"] else page
        assert target.exists(), link[0]
        assert link["anchor"] is None or link["anchor"] in anchors(target), link[0]


def unresolved(text: str, known: dict[str, set[str]]) -> list[str]:
    """Return the citations that name no heading, and the paths that name no page.

    Args:
        text: code or Markdown. Markdown links are ignored; another test checks them.
        known: anchors by page.
    """
    return [
        citation[0]
        for citation in CITATION.finditer(LINK.sub("", text))
        if not _resolves(citation, known)
    ]


def _resolves(citation: re.Match[str], known: dict[str, set[str]]) -> bool:
    if citation["file"] and citation["anchor"] is None:
        return citation["page"] in known
    return citation["anchor"] in known.get(citation["page"], set())


def test_each_citation_leads_to_a_heading() -> None:
    known = {page.name: anchors(page) for page in (INDEX, *PAGES)}
    found = {
        named(file): unresolved(file.read_text(encoding="utf-8"), known)
        for file in (*CODE, *MARKDOWN)
        if file != Path(__file__)
    }
    assert {name: citations for name, citations in found.items() if citations} == {}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Locks (contract/lock.md#effect).", []),
        ("contract/lock.md#effect, contract/lock.md#cause", ["contract/lock.md#cause"]),
        ("See contract/lock.md.", ["contract/lock.md"]),
        ("See contract/door.md#effect.", ["contract/door.md#effect"]),
        ("``docs/contract/lock.md`` is a page, and tests/contract/page.md a file.", []),
        ("Read docs/contract/door.md first.", ["docs/contract/door.md"]),
        (
            "[The lock](contract/lock.md) has a `contract/lock.md#cause`.",
            ["contract/lock.md#cause"],
        ),
    ],
)
def test_citation_of_a_missing_heading_is_found(text: str, wrong: list[str]) -> None:
    assert unresolved(text, {"lock.md": {"effect"}}) == wrong


def test_rules_are_cited_only_as_page_and_heading() -> None:
    found = {
        named(file): FORMER.findall(file.read_text(encoding="utf-8"))
        for file in (*CODE, *MARKDOWN)
        if file not in (Path(__file__), ROOT / "CHANGELOG.md")
    }
    assert {name: references for name, references in found.items() if references} == {}


@pytest.mark.parametrize("text", ["(contract \N{SECTION SIGN}4.7)", "see docs/fidelity.md"])
def test_reference_to_a_rule_in_the_former_style_is_found(text: str) -> None:
    assert FORMER.search(text)
