"""Which tests stay together where several processes run them."""

from __future__ import annotations

import pytest

from tests.kit.xdist_groups import group_of, place_of

ROOT = "tests/contract/test_sdk_methods.py"


@pytest.mark.parametrize(
    ("node_id", "group"),
    [
        ("tests/test_ids.py::test_a", "tests/test_ids.py"),
        ("tests/test_ids.py::TestIds::test_a[1-2]", "tests/test_ids.py"),
        ("tests/test_lock.py::test_a[26.2.4]", "26.2.4"),
        (f"{ROOT}::test_method[26.2.4-assets.list]", "26.2.4"),
        (f"{ROOT}::test_method[assets.list-2.125.2]", "2.125.2"),
        ("tests/plugins/test_raised.py::test_a[2.125.2]", "tests/plugins/test_raised.py"),
        ("tests/test_docs.py::test_a[tutorial]", "tests/test_docs.py::test_a[tutorial]"),
        (
            "tests/plugins/bad/test_matrix.py::test_a[is re-imported-process]",
            "tests/plugins/bad/test_matrix.py process",
        ),
    ],
)
def test_tests_of_one_sdk_or_file_stay_together(node_id: str, group: str) -> None:
    assert group_of(node_id) == group


def test_groups_of_sdks_begin_first_then_slow_groups() -> None:
    ids = ["tests/test_ids.py::a", "tests/test_docs.py::a", "tests/test_lock.py::a[2.128.2]"]
    assert sorted(ids, key=place_of) == ids[::-1]


def test_conftest_provides_the_scheduler_of_groups(pytestconfig: pytest.Config) -> None:
    """Groups depend only on the node id: some versions of pytest-xdist append no group to it."""
    hook = pytestconfig.hook.pytest_xdist_make_scheduler
    assert any(each.function.__module__.endswith("conftest") for each in hook.get_hookimpls())
