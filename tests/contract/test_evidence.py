"""The recorded evidence of the SDKs that only ``make contract`` runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract import evidence


@pytest.mark.parametrize("version", evidence.RECORDED)
def test_evidence_names_existing_cases(version: str) -> None:
    known = set(map(str, evidence.cases_of(version)))
    assert evidence.proven(version) <= known, "run: make contract"


def test_evidence_reflects_the_last_run_of_each_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "FOLDER", tmp_path)
    version = evidence.RECORDED[0]
    first, second, third = evidence.cases_of(version)[:3]

    def run(**passed: bool) -> frozenset[str]:
        recorder = evidence.Recorder()
        for name, tried in (("first", first), ("second", second), ("third", third)):
            if name in passed:
                recorder.note(version, tried, passed=passed[name])
        recorder.write()
        return evidence.proven(version)

    assert run(first=True, second=False) == {str(first)}
    assert run(third=True) == {str(first), str(third)}
    assert run(first=False, second=True) == {str(second), str(third)}
    assert not evidence.proven(evidence.RECORDED[1])
