"""Ready-made sets of faults, by name."""

from __future__ import annotations

from collections.abc import Mapping

from kili_emulator import errors
from kili_emulator.spelling import closest

_PRESETS: dict[str, list[dict[str, object]]] = {
    "rate-limit": [{"target": "graphql", "status": 429, "retry_after": 1, "every": 5}],
    "flaky-network": [
        {"target": "graphql", "drop": "before", "probability": 0.1},
        {"target": "graphql", "drop": "after", "probability": 0.1},
        {"target": "upload", "status": 503, "probability": 0.2},
    ],
}
PRESET_NAMES = tuple(_PRESETS)


def faults_of_preset(name: str) -> list[Mapping[str, object]]:
    """Return the rules of a ready-made set, as :func:`parse_fault` takes them.

    Raises:
        KiliError: there is no such set.
    """
    if name not in _PRESETS:
        known = ", ".join(PRESET_NAMES)
        raise errors.fault_preset_unknown(name, closest(name, PRESET_NAMES), known)
    return list(_PRESETS[name])
