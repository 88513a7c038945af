"""Switch off the type checks of the SDK, which take a second to set up in each process.

Each Python process with this folder on its path loads this module.
"""

from typing import Any

import typeguard


def _unchecked(target: Any = None, **_: Any) -> Any:
    return target if target is not None else _unchecked


typeguard.typechecked = _unchecked
