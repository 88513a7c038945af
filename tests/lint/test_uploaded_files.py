"""KP101 to KP104 and KP109: files that can be uploaded."""

from __future__ import annotations

import pytest

from tests.lint.marked_source import expected_findings, in_handler, lint, lint_findings

GOOD = in_handler("pass")


def codes(files: dict[str, str | bytes]) -> list[str]:
    return [each.code for each in lint(files)]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_text_must_be_utf8_despite_its_encoding_declaration(encoding: str) -> None:
    text = f"# -*- coding: {encoding} -*-\n# ü\n" + GOOD

    assert codes({"main.py": text.encode(encoding)}) == ["KP101"]


def test_finding_has_the_line_of_the_first_byte_that_is_not_utf8() -> None:
    assert lint_findings({"main.py": GOOD.encode() + b"\n\n# \xfc"})[0][1] == GOOD.count("\n") + 3


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def f(:", 1),
        ("x = 1\n  y = 2", 2),
        ("\nreturn 1", 2),
        ("x = 1\nbreak", 2),
        ("def f(a, a): 0", 1),
        ("x = '\0'", 1),
        ("f(" * 3000, 1),
    ],
)
def test_source_must_be_valid_python(text: str, line: int) -> None:
    assert lint_findings({"main.py": GOOD, "helper.py": text}) == [("helper.py", line, "KP102")]


def test_invalid_main_py_is_the_only_finding() -> None:
    assert lint_findings("def f(") == [("main.py", 1, "KP102")]


def test_ignores_invalid_escape_sequences() -> None:
    assert lint_findings(GOOD + "\nPATTERN = '\\d'\n") == []


@pytest.mark.parametrize("term", ["label", "'text'", "f(1)"])
def test_reads_long_expressions_to_their_end(term: str) -> None:
    source = in_handler(f"x = {' + '.join([term] * 1500)}\ninput()  # KP701", "f = int")
    assert lint_findings(source) == expected_findings(source)


def test_reports_a_byte_order_mark() -> None:
    assert lint_findings({"main.py": b"\xef\xbb\xbf" + GOOD.encode()}) == [("main.py", 1, "KP103")]


def test_folder_needs_a_main_py_at_its_top() -> None:
    assert lint_findings({"plugin/main.py": GOOD}) == [("main.py", 1, "KP104")]
    assert lint_findings({}) == [("main.py", 1, "KP104")]


def test_reports_python_environments_in_the_folder() -> None:
    (one, other) = lint(GOOD, environments=("env", "tools/venv"))

    assert (one.code, other.code) == ("KP109", "KP109")
    assert {one.reason.split()[0], other.reason.split()[0]} == {"env", "tools/venv"}


def test_finding_has_a_reason_and_a_remedy() -> None:
    (finding,) = lint("")

    assert finding.severity == "error"
    assert finding.reason == "there is no class PluginHandler at the top level"
    assert finding.remedy == "write `class PluginHandler(PluginCore):` at the top level"
