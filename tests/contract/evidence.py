"""Recorded evidence: the passed SDK method cases, for each SDK that ``make contract`` runs.

``evidence/<version>.json`` has the names of the cases that passed in their last run. The newest SDK
needs no evidence: its cases run in every ``make test``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from tests.contract.methods import Case, all_cases
from tests.contract.sdk_surface import NEWEST, VERSIONS, stored

FOLDER = Path(__file__).with_name("evidence")
RECORDED = tuple(version for version in VERSIONS if version != NEWEST)


def cases_of(version: str) -> list[Case]:
    """Return the cases for an SDK that has their method."""
    methods = stored(version).methods
    return [each for each in all_cases() if each.fits(version) and each.method in methods]


def proven(version: str) -> frozenset[str]:
    """Return the names of the cases of an SDK that have passed."""
    if version == NEWEST:
        return frozenset(map(str, cases_of(version)))
    path = _path(version)
    return frozenset(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else frozenset()


class Recorder:
    """The outcomes of the cases in one test run."""

    def __init__(self) -> None:
        self._outcomes: defaultdict[str, dict[str, bool]] = defaultdict(dict)

    def note(self, version: str, tried: Case, *, passed: bool) -> None:
        """Record the outcome of a finished case."""
        self._outcomes[version][str(tried)] = passed

    def write(self) -> None:
        """Add the cases that passed; remove those that failed or no longer exist."""
        for version in RECORDED:
            outcomes = self._outcomes[version]
            if outcomes:
                known = map(str, cases_of(version))
                before = dict.fromkeys(proven(version), True)
                good = {name for name, passed in (before | outcomes).items() if passed}
                text = json.dumps(sorted(good & set(known)), indent=2)
                FOLDER.mkdir(exist_ok=True)
                _path(version).write_text(text + "\n", encoding="utf-8")


def _path(version: str) -> Path:
    return FOLDER / f"{version}.json"
