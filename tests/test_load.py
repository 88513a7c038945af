"""The load (``make load``) finds lost and doubled labels; a tiny form of it runs here."""

from __future__ import annotations

import pytest

from benchmarks.load.__main__ import main
from benchmarks.load.checks import find_faults


def test_two_clients_in_one_world_lose_and_double_no_label(
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = ["--seconds", "1", "--pause", "0.1", "--worlds", "0", "--plugins", "0"]
    assert main([*options, "--together", "2"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("one world: 2 clients, ")
    assert [each for each in printed if "fault" in each.lower()] == ["  0 faults"]
    assert any(each.strip().startswith("submit") for each in printed)


@pytest.mark.parametrize(
    ("submitted", "found", "faults"),
    [
        (["a", "b"], ["b", "a"], []),
        (["a", "b"], ["a"], ["labels lost: 1, such as b"]),
        (["a"], ["a", "a"], ["labels doubled: 1, such as a"]),
        (["a"], ["a", "c", "d"], ["labels unknown: 2, such as c"]),
        ([], [], []),
    ],
)
def test_each_difference_between_submitted_and_found_labels_is_a_fault(
    submitted: list[str], found: list[str], faults: list[str]
) -> None:
    assert find_faults(submitted, found, "labels") == faults
