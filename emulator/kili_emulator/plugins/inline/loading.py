"""Import a version of a plugin into this process, and find its ``PluginHandler``."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from kili_emulator import messages
from kili_emulator.plugins import failure_text
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.guest.process_state.left_running import end_forked_children
from kili_emulator.plugins.guest.tracebacks import CodeLocation, format_stack
from kili_emulator.plugins.inline import sandbox
from kili_emulator.plugins.time_limit import Stopped, call_limited


def load(
    version_id: str,
    location: CodeLocation,
    seconds: float,
    on_thread_start: Callable[[], None] = lambda: None,
) -> type:
    """Import an unpacked version and return its ``PluginHandler``.

    Args:
        on_thread_start: called in the thread that imports the version, before the import.

    Raises:
        BuildError: importing fails or takes too long, or there is no such class.
    """

    def work() -> ModuleType:
        on_thread_start()
        with end_forked_children():
            return sandbox.import_main(version_id, location)

    call_end = call_limited(work, seconds)
    if isinstance(call_end.error, Stopped):
        limit = messages.BUILD_TIMED_OUT.format(seconds=seconds)
        raise BuildError(
            f"{limit}\n{format_stack(call_end.stack, location)}" if call_end.stack else limit
        )
    if isinstance(call_end.error, SystemExit):
        raise BuildError(messages.BUILD_SYSTEM_EXIT.format(error=repr(call_end.error)))
    if call_end.error is not None:
        failure = failure_text.describe(call_end.error, location)
        raise BuildError(failure.text, headline=failure.headline)
    handler = getattr(call_end.value, "PluginHandler", None)
    if handler is None:
        raise BuildError(messages.BUILD_NO_HANDLER_CLASS)
    if not isinstance(handler, type):
        raise BuildError(messages.BUILD_NOT_A_CLASS)
    return handler
