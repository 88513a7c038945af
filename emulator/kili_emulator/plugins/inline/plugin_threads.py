"""Threads that plugins start in this process belong to the run that starts them."""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Callable

from kili_emulator import messages
from kili_emulator.plugins import logs
from kili_emulator.plugins.guest.exception_text import raised
from kili_emulator.plugins.guest.process_state import module_attributes
from kili_emulator.plugins.inline import run_effects
from kili_emulator.plugins.inline.run_effects import Footprint

logger = logging.getLogger(__name__)


def install() -> None:
    """Have threads know the run that starts them (Python does so only from 3.14 on)."""
    start = threading.Thread.start

    def start_in_run(thread: threading.Thread) -> None:
        made = run_effects.current.get()
        if made is not None and thread.ident is None:
            thread.run = _in_context(thread, made)  # type: ignore[method-assign]
            thread.daemon = True  # or the emulator would wait for it at its end
            made.threads.append(thread)
        start(thread)

    threading.Thread.start = start_in_run  # type: ignore[method-assign, assignment]


def _in_context(thread: threading.Thread, made: Footprint) -> Callable[[], None]:
    context, run = contextvars.copy_context(), thread.run

    def run_in_context() -> None:
        try:
            context.run(run)
        except SystemExit:
            pass  # as threads do
        except BaseException as error:
            context.run(_failed, thread, error, made)

    return run_in_context


def _failed(thread: threading.Thread, error: BaseException, made: Footprint) -> None:
    """Say in the run's log how a thread ended, unless the plugin has a hook that is to be told."""
    log = logs.current.get()
    if log is None or module_attributes.is_of(threading.excepthook, run_effects.is_plugins):
        details = (type(error), error, error.__traceback__, thread)
        threading.excepthook(threading.ExceptHookArgs(details))
        return
    text = messages.THREAD_FAILED.format(name=thread.name, error=raised(error, made.place).text)
    if not log.entry("error", text):
        logger.warning(messages.THREAD_FAILED_LATE.format(text=text))
