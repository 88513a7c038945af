"""Import a version of a plugin into this process, and find its ``PluginHandler``."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from kili_emulator import messages
from kili_emulator.plugins import failure_text
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.guest.process_state.left_running import in_this_process
from kili_emulator.plugins.guest.tracebacks import Place, where
from kili_emulator.plugins.inline import sandbox
from kili_emulator.plugins.time_limit import Stopped, call_limited


def load(
    version_id: str, place: Place, seconds: float, enter: Callable[[], None] = lambda: None
) -> type:
    """Import an unpacked version and return its ``PluginHandler``.

    Args:
        enter: called in the thread that imports it, before it does.

    Raises:
        BuildError: importing fails or takes too long, or there is no such class.
    """

    def work() -> ModuleType:
        enter()
        with in_this_process():
            return sandbox.import_main(version_id, place)

    ended = call_limited(work, seconds)
    if isinstance(ended.error, Stopped):
        limit = messages.BUILD_TIMEOUT.format(seconds=seconds)
        raise BuildError(f"{limit}\n{where(ended.stack, place)}" if ended.stack else limit)
    if isinstance(ended.error, SystemExit):
        raise BuildError(messages.BUILD_EXIT.format(error=repr(ended.error)))
    if ended.error is not None:
        found = failure_text.described(ended.error, place)
        raise BuildError(found.text, headline=found.headline)
    handler = getattr(ended.value, "PluginHandler", None)
    if handler is None:
        raise BuildError(messages.BUILD_NO_HANDLER)
    if not isinstance(handler, type):
        raise BuildError(messages.BUILD_NOT_A_CLASS)
    return handler
