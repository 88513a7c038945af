"""The content of a requirements.txt, and the requirements that an environment does not meet."""

from __future__ import annotations

import pytest

from kili_emulator.rules.requirements import (
    InstalledDistribution,
    Requirement,
    Requirements,
    collect_dependencies,
    explain_unmet,
    is_same_url,
    read_requirements,
)


def read(text: str) -> Requirements:
    found = read_requirements(text)
    assert found.faults == []
    return found


def only(text: str) -> Requirement:
    (requirement,) = read(text).requirements
    return requirement


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n\n# a comment\n   # another\n", []),
        ("pandas", [(1, "pandas", "pandas")]),
        ("pandas==1.5.1", [(1, "pandas==1.5.1", "pandas")]),
        ("pandas == 1.5.1  # why", [(1, "pandas == 1.5.1", "pandas")]),
        ("a\n\nb>=1,<2\r\nc", [(1, "a", "a"), (3, "b>=1,<2", "b"), (4, "c", "c")]),
        ("a>=1,\\\n  <2\nb", [(1, "a>=1,  <2", "a"), (3, "b", "b")]),
        ("# comment \\\na", [(2, "a", "a")]),
        ("a \\", [(1, "a", "a")]),
        ("a==1 --hash=sha256:00 \\\n --hash=sha256:11", [(1, "a==1", "a")]),
        ("a[x,y]>1 ; python_version > '3'", [(1, "a[x,y]>1 ; python_version > '3'", "a")]),
        ("a @ https://e.org/a.zip", [(1, "a @ https://e.org/a.zip", "a")]),
        ("git+https://e.org/r.git", [(1, "git+https://e.org/r.git", None)]),
        (
            "git+https://e.org/r.git@v1#egg=our-r",
            [(1, "git+https://e.org/r.git@v1#egg=our-r", "our-r")],
        ),
        ("git+ssh://git@e.org/r.git#egg=r[x]", [(1, "git+ssh://git@e.org/r.git#egg=r[x]", "r")]),
        (
            "https://e.org/w_x-1.0-py3-none-any.whl",
            [(1, "https://e.org/w_x-1.0-py3-none-any.whl", "w-x")],
        ),
        ("https://e.org/s-1.0.tar.gz", [(1, "https://e.org/s-1.0.tar.gz", "s")]),
        ("-e git+https://e.org/r#egg=r", [(1, "git+https://e.org/r#egg=r", "r")]),
        ("--editable=git+https://e.org/r#egg=r", [(1, "git+https://e.org/r#egg=r", "r")]),
    ],
)
def test_requirements_are_read_as_pip_reads_them(
    text: str, expected: list[tuple[int, str, str | None]]
) -> None:
    found = [(each.line, each.text, each.name) for each in read(text).requirements]

    assert found == expected


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("-i https://e.org/simple", ["--index-url", "https://e.org/simple"]),
        ("--index-url=https://e.org/simple # ours", ["--index-url", "https://e.org/simple"]),
        ("--extra-index-url https://e.org", ["--extra-index-url", "https://e.org"]),
        ("--no-index -f 'a folder'", ["--no-index", "--find-links", "a folder"]),
        ("--pre\n--prefer-binary", ["--pre", "--prefer-binary"]),
        ("--only-binary :all:", ["--only-binary", ":all:"]),
    ],
)
def test_options_are_kept_for_pip(text: str, options: list[str]) -> None:
    assert read(text).options == options


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("-r other.txt", "other.txt is not uploaded with the plugin"),
        ("--constraint=c.txt", "c.txt is not uploaded with the plugin"),
        ("./wheels/a-1-py3-none-any.whl", "is not uploaded with the plugin"),
        ("-e .", "is not uploaded with the plugin"),
        ("--frobnicate", "pip has no option --frobnicate"),
        ("-i", "the option -i has no value"),
        ("pandas=1.5", "this is no requirement"),
        ("pandas --user", "this is no requirement"),
        ("import pandas", "this is no requirement"),
        ("a ; python > '3'", "this is no requirement"),
        ("-f 'unended", "No closing quotation"),
        ("git+https://e.org/r#egg=!!", "this is no requirement"),
    ],
)
def test_unsupported_line_is_reported_with_its_number(text: str, detail: str) -> None:
    found = read_requirements(f"fine\n{text}\nfine")
    (fault,) = found.faults

    assert (fault.line, fault.text) == (2, text)
    assert detail in fault.reason
    assert found.names == ["fine", "fine"]


HERE = {
    each.name: each
    for each in (
        InstalledDistribution(
            "pandas", "1.5.1", ("numpy>=1", "odf-tools; extra == 'ods'", "nope; os_name=='x'")
        ),
        InstalledDistribution("numpy", "2.0.0rc1"),
        InstalledDistribution("our-r", "1", url="https://e.org/r.git"),
        InstalledDistribution("hungry", "1", ("pandas[ods]; extra == 'all'", "!!")),
    )
}


def find(name: str) -> InstalledDistribution | None:
    return HERE.get(name.lower())


def find_distribution_by_url(url: str) -> InstalledDistribution | None:
    return next((each for each in HERE.values() if each.url and is_same_url(each.url, url)), None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("pandas", None),
        ("Pandas", None),
        ("pandas==1.5.1", None),
        ("pandas==1.5.*", None),
        ("pandas~=1.5", None),
        ("pandas!=1.5.1", "version 1.5.1 is installed here"),
        ("pandas>=2", "version 1.5.1 is installed here"),
        ("numpy>=1", None),
        ("numpy>=2", "version 2.0.0rc1 is installed here"),
        ("scipy", "scipy is not installed here"),
        ("scipy; python_version < '3'", None),
        ("scipy; extra == 'x'", None),
        ("scipy; python_version >= '3'", "scipy is not installed here"),
        ("pandas[ods]", "of its extras, odf-tools is not installed here"),
        ("pandas[unheard-of]", None),
        ("hungry[all]", "of its extras, of its extras, odf-tools is not installed here"),
        ("pandas @ https://e.org/p.zip", None),
        ("scipy @ https://e.org/p.zip", "scipy is not installed here"),
        ("git+https://e.org/r.git@v2", None),
        ("git+ssh://git@e.org/r", None),
        ("git+https://e.org/other.git", "it is not installed here"),
        ("git+https://e.org/other.git ; python_version < '3'", None),
    ],
)
def test_unmet_requirement_is_explained(text: str, reason: str | None) -> None:
    assert explain_unmet(only(text), find, find_distribution_by_url) == reason


@pytest.mark.parametrize(
    ("text", "brought"),
    [
        ("", set()),
        ("pandas", {"pandas", "numpy"}),
        ("pandas[ods]\nPandas", {"pandas", "numpy", "odf-tools"}),
        ("hungry", {"hungry"}),
        ("hungry[all]", {"hungry", "pandas", "numpy", "odf-tools"}),
        ("git+https://e.org/r.git", set()),
    ],
)
def test_dependencies_of_requirements_are_collected(text: str, brought: set[str]) -> None:
    assert collect_dependencies(read(text).requirements, find) == brought
