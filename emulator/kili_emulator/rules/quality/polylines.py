"""The distance between two lines, sampled at 32 points of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kili_emulator.rules.quality.areas import Vertex

_SAMPLES = 32


def mean_distance(one: Sequence[Vertex], other: Sequence[Vertex]) -> float:
    """Return the mean distance of the points of each line to the nearest point of the other."""
    mine, theirs = _sample_points(one), _sample_points(other)
    distances = np.linalg.norm(mine[:, None, :] - theirs[None, :, :], axis=2)
    return float(distances.min(axis=1).mean() + distances.min(axis=0).mean()) / 2


def _sample_points(line: Sequence[Vertex]) -> Any:
    """Return points on a line at even distances, as an array with a row x, y for each."""
    vertices = np.asarray(line, dtype=float)
    steps = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(vertices, axis=0), axis=1))])
    places = np.linspace(0.0, steps[-1], _SAMPLES)
    return np.stack([np.interp(places, steps, vertices[:, axis]) for axis in (0, 1)], axis=1)
