"""``# noqa`` comments suppress findings on their lines."""

from __future__ import annotations

import pytest

from kili_emulator.lint.suppressions import read_suppressions
from tests.lint.marked_source import in_handler, lint_findings


@pytest.mark.parametrize(
    ("comment", "is_silent"),
    [
        ("# noqa", True),
        ("#noqa", True),
        ("# NOQA", True),
        ("# noqa: KP704", True),
        ("# noqa:KP704", True),
        ("# noqa : KP704", True),
        ("# noqa: kp704", True),
        ("# noqa: E501, KP704", True),
        ("# noqa: E501 KP704", True),
        ("# noqa: KP704 as the run is over then", True),
        ("# why  # noqa: KP704", True),
        ("# noqa: KP705", False),
        ("# noqa: E501", False),
        ("# noqaKP704", False),
        ("# no qa", False),
    ],
)
def test_comment_suppresses_the_codes_that_it_names(comment: str, is_silent: bool) -> None:
    source = in_handler(f"import sys\nsys.exit()  {comment}")
    assert [code for *_, code in lint_findings(source)] == ([] if is_silent else ["KP704"])


@pytest.mark.parametrize("line", [0, 1, 2, 3])
def test_comment_counts_for_all_lines_of_a_statement(line: int) -> None:
    lines = ["self.kili.nothing(", "    1,", "    input(),", ")"]
    lines[line] += "  # noqa: KP901, KP701"
    assert lint_findings(in_handler("\n".join(lines))) == []


def test_comment_does_not_count_for_the_next_statement() -> None:
    source = in_handler("input()  # noqa\ninput()\n# noqa\ninput()")
    assert [line for _, line, _ in lint_findings(source)] == [6, 8]


def test_comment_at_a_function_does_not_count_for_its_body() -> None:
    source = in_handler("input()").replace("asset_id):", "asset_id):  # noqa")
    assert [code for *_, code in lint_findings(source)] == ["KP701"]


def test_invalid_python_is_read_line_by_line() -> None:
    assert read_suppressions("requirements.txt", "a\nb  # noqa: KP303\n").covers(2, "KP303")
    assert read_suppressions("x.py", "f(\nb  # noqa: KP102\n").covers(2, "KP102")
    assert not read_suppressions("x.py", "f(\nb\n").covers(2, "KP102")


def test_comments_in_one_statement_add_up() -> None:
    silence = read_suppressions("x.py", "f(  # noqa: KP1\n  g(),  # noqa: KP2\n)\n")
    assert silence.covers(1, "KP2")
    assert silence.covers(3, "KP1")
    assert read_suppressions("x.py", "f(  # noqa\n  g(),  # noqa: KP2\n)\n").covers(1, "KP3")
