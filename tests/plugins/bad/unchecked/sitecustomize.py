"""Leaves out the SDK's checks of types, which take a second to set up in each process.

Loaded by each Python that has this folder on its path.
"""

from typing import Any

import typeguard


def _unchecked(target: Any = None, **_: Any) -> Any:
    return target if target is not None else _unchecked


typeguard.typechecked = _unchecked
