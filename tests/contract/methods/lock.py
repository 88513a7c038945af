"""Cases of locks."""

from __future__ import annotations

from tests.contract.methods import case

_LOCKED = """
labeler = client("labeler")
labeler.append_to_labels(HARD, label_asset_id=asset["aquarium"], label_type="AUTOSAVE")
"""

CASES = [
    case(
        "locks",
        sends="Query.locks",
        code=_LOCKED
        + """
(found,) = kili.locks()
assert found["id"]
assert found["lockType"] == "DEFAULT"
""",
    ),
    case(
        "count_locks",
        sends="Query.countLocks",
        code="assert kili.count_locks() == 0\n" + _LOCKED + "assert kili.count_locks() == 1\n",
    ),
]
