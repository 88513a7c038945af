"""Parsing and evaluation of ``label.search`` (contract/label.md#search)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kili_emulator.errors import KiliError
from kili_emulator.rules.label_search import LONGEST_SEARCH, parse_label_search

COUNTS = {"JOB.A": 1, "JOB.B": 2, "NER.C": 10}
DOCUMENTED = (
    "(JOB_CLASSIF.CATEGORY_A.count == 1 OR JOB_NER.CATEGORY_B.count > 0)"
    " AND JOB_BBOX.CATEGORY_C.count > 10"
)
TRUE, FALSE = "JOB.A.count == 1", "JOB.A.count == 2"


def holds(text: str, counts: dict[str, int] = COUNTS) -> bool:
    return parse_label_search(text).holds(counts)


def refusal(text: str) -> str:
    with pytest.raises(KiliError) as caught:
        parse_label_search(text)
    return caught.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("JOB.A.count == 1", True),
        ("JOB.A.count == 2", False),
        ("JOB.B.count >= 2", True),
        ("JOB.B.count >= 3", False),
        ("JOB.B.count <= 2", True),
        ("JOB.B.count <= 1", False),
        ("JOB.B.count < 3", True),
        ("JOB.B.count < 2", False),
        ("JOB.B.count > 1", True),
        ("JOB.B.count > 2", False),
        ("JOB.B.count > 1.5", True),
        ("JOB.B.count > 2.", False),
        ("JOB.B.count > -1", True),
        ("JOB.B.count < +1e1", True),
        ("NER.C.count == 10", True),
        ("NER.C.count==10", True),
        ("\n NER . C . count == 10 \t", True),
        ("(((NER.C.count == 10)))", True),
    ],
)
def test_a_condition_compares_a_count(text: str, expected: bool) -> None:
    assert holds(text) is expected


def test_category_without_annotations_counts_zero() -> None:
    assert holds("JOB.Z.count == 0")
    assert not holds("Z.A.count > 0")
    assert holds("A.B.count < 1", {})


def test_name_may_contain_digits_and_symbols() -> None:
    assert holds("Job-0_x.CAT*_1.count > 2", {"Job-0_x.CAT*_1": 3})
    assert holds("AND.OR.count > 2 AND OR.count.count == 1", {"AND.OR": 3, "OR.count": 1})


def test_star_is_no_wildcard() -> None:
    assert not holds("J*.A.count > 0")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{TRUE} AND {TRUE}", True),
        (f"{TRUE} AND {FALSE}", False),
        (f"{FALSE} OR {TRUE}", True),
        (f"{FALSE} OR {FALSE}", False),
        (f"{TRUE} OR {TRUE} AND {FALSE}", True),
        (f"({TRUE} OR {TRUE}) AND {FALSE}", False),
        (f"{FALSE} AND {TRUE} OR {TRUE}", True),
        (f"{FALSE} AND ({TRUE} OR {TRUE})", False),
        (f"{TRUE} AND {TRUE} AND {FALSE} OR {FALSE} OR {TRUE}", True),
        (f"({FALSE})OR({TRUE})AND({TRUE})", True),
    ],
)
def test_and_binds_tighter_than_or(text: str, expected: bool) -> None:
    assert holds(text) is expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"JOB_CLASSIF.CATEGORY_A": 1, "JOB_BBOX.CATEGORY_C": 11}, True),
        ({"JOB_NER.CATEGORY_B": 4, "JOB_BBOX.CATEGORY_C": 11}, True),
        ({"JOB_CLASSIF.CATEGORY_A": 2, "JOB_BBOX.CATEGORY_C": 11}, False),
        ({"JOB_CLASSIF.CATEGORY_A": 1, "JOB_BBOX.CATEGORY_C": 10}, False),
        ({}, False),
    ],
)
def test_documented_example_has_the_documented_result(
    counts: dict[str, int], expected: bool
) -> None:
    assert holds(DOCUMENTED, counts) is expected


@pytest.mark.parametrize(
    ("text", "position", "expected", "found"),
    [
        ("", 1, '"(" or a condition', "its end"),
        ("   ", 4, '"(" or a condition', "its end"),
        ("1 > JOB.A.count", 1, '"(" or a condition', '"1"'),
        ("_JOB.A.count > 1", 1, '"(" or a condition', '"_JOB.A.count"'),
        ("JOB A.count > 1", 5, '"." after the name of the job', '"A.count"'),
        ("JOB.1.count > 1", 5, "the name of a category", '"1.count"'),
        ("JOB.A > 1", 7, '"." after the name of the category', '">"'),
        ("JOB.A.counts > 1", 7, '"count"', '"counts"'),
        ("JOB.A.count = 1", 13, "==, >=, <=, < or >", '"="'),
        ("JOB.A.count != 1", 13, "==, >=, <=, < or >", '"!="'),
        ("JOB.A.count >", 14, "a number", "its end"),
        ("JOB.A.count > x", 15, "a number", '"x"'),
        ("JOB.A.count > ١", 15, "a number", '"١"'),
        ("JOB.A.count > 1 ANDY.A.count > 1", 17, "AND, OR or the end", '"ANDY.A.count"'),
        ("JOB.A.count > 1 and JOB.A.count > 1", 17, "AND, OR or the end", '"and"'),
        ("JOB.A.count > 1 AND", 20, '"(" or a condition', "its end"),
        ("JOB.A.count > 1 AND OR JOB.A.count > 1", 24, '"." after', '"JOB.A.count"'),
        ("(JOB.A.count > 1", 17, 'AND, OR or ")"', "its end"),
        ("JOB.A.count > 1)", 16, "AND, OR or the end", '")"'),
        ("((JOB.A.count > 1)) )", 21, "AND, OR or the end", '")"'),
        ("()", 2, '"(" or a condition', '")"'),
        ("(JOB.A.count > 1)(JOB.A.count > 1)", 18, "AND, OR or the end", '"(JOB.A.count"'),
    ],
)
def test_malformed_search_is_refused_with_the_position(
    text: str, position: int, expected: str, found: str
) -> None:
    message = refusal(text)
    assert message.startswith("[invalidInput] The query was not carried out. -- ")
    assert f"label.search is malformed at character {position}: expected {expected}" in message
    assert message.endswith(f"found {found} | trace : false")


def test_nesting_is_limited_only_by_the_length_of_the_search() -> None:
    deep = "(" * 4_900 + TRUE + ")" * 4_900
    assert holds(deep)
    assert holds(" OR ".join([FALSE] * 300 + [TRUE]))
    assert "at character 10001: " in refusal("(" * LONGEST_SEARCH)


def test_too_long_search_is_refused_and_the_message_gives_the_limit() -> None:
    longest = TRUE.ljust(LONGEST_SEARCH)
    assert holds(longest)
    assert "label.search has 10001 characters: give at most 10000" in refusal(f"{longest} ")


@st.composite
def searches(draw: st.DrawFn, depth: int = 4) -> str:
    """A search, and its result as a Python expression."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from([TRUE, FALSE]))
    left, right = draw(searches(depth - 1)), draw(searches(depth - 1))
    joined = f"{left} {draw(st.sampled_from(['AND', 'OR']))} {right}"
    return f"({joined})" if draw(st.booleans()) else joined


@given(searches())
def test_search_agrees_with_the_equivalent_python_expression(text: str) -> None:
    python = text.replace(TRUE, "True").replace(FALSE, "False")
    assert holds(text) is eval(python.replace("AND", "and").replace("OR", "or"))


@given(st.text(alphabet="JA.count01 ()<>=ANDOR", max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        search = parse_label_search(text)
    except KiliError as error:
        refused = error.message
    else:
        assert search.holds(COUNTS) in (True, False)
        return
    assert "label.search is malformed at character" in refused
