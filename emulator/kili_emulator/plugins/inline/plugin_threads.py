"""Assign the threads that plugins start in this process to the run that starts them."""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Callable

from kili_emulator import messages
from kili_emulator.plugins import logs
from kili_emulator.plugins.guest.exception_text import describe_exception
from kili_emulator.plugins.guest.process_state import module_attributes
from kili_emulator.plugins.inline import run_effects
from kili_emulator.plugins.inline.run_effects import RunEffects

logger = logging.getLogger(__name__)


def install() -> None:
    """Let threads inherit the context of the run that starts them.

    Python has an option for this only from 3.14 on.
    """
    start = threading.Thread.start

    def start_in_run(thread: threading.Thread) -> None:
        effects = run_effects.current.get()
        if effects is not None and thread.ident is None:
            thread.run = _in_context(thread, effects)  # type: ignore[method-assign]
            thread.daemon = True  # otherwise the emulator waits for the thread when it stops
            effects.threads.append(thread)
        start(thread)

    threading.Thread.start = start_in_run  # type: ignore[method-assign, assignment]


def _in_context(thread: threading.Thread, effects: RunEffects) -> Callable[[], None]:
    context, run = contextvars.copy_context(), thread.run

    def run_in_context() -> None:
        try:
            context.run(run)
        except SystemExit:
            pass  # as in any thread
        except BaseException as error:
            context.run(_report_failure, thread, error, effects)

    return run_in_context


def _report_failure(thread: threading.Thread, error: BaseException, effects: RunEffects) -> None:
    """Report the error of a thread in the run's log, unless the plugin has its own excepthook."""
    log = logs.current.get()
    if log is None or module_attributes.is_defined_by(
        threading.excepthook, run_effects.is_plugin_module
    ):
        details = (type(error), error, error.__traceback__, thread)
        threading.excepthook(threading.ExceptHookArgs(details))
        return
    text = messages.THREAD_FAILED.format(
        name=thread.name, error=describe_exception(error, effects.location).text
    )
    if not log.add_entry("error", text):
        logger.warning(messages.THREAD_FAILED_LATE.format(text=text))
