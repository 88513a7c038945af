"""Source of plugins that define all handlers of :data:`kili_emulator.rules.handlers.HANDLERS`."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from kili_emulator.rules.handlers import HANDLERS, Handler


def define_handlers(body: Callable[[Handler], str]) -> str:
    """Return the definitions of all handlers, indented as the methods of a class.

    Args:
        body: returns the body of a handler.
    """
    return "\n".join(
        f"    def {each.method}(self, {', '.join(each.arguments)}):\n"
        f"{textwrap.indent(body(each), ' ' * 8)}\n"
        for each in HANDLERS
    )
