"""What all versions of the inline isolation use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from kili_emulator.plugins.calls import Call

# Calls the method of a plugin for a call, with the arguments of the method by name.
CallMethod = Callable[[Call, Callable[..., Any], dict[str, Any]], Any]


class InlineTools(NamedTuple):
    """What all versions of the inline isolation use.

    Attributes:
        make_client: makes an SDK client from a run's key.
        megabytes: the memory that a run may take without a warning.
        call_method: calls the methods of plugins under a debugger; ``None`` without one.
    """

    make_client: Callable[[str], Any]
    megabytes: int
    call_method: CallMethod | None = None
