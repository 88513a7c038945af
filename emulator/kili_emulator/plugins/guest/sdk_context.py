"""The headers of a plugin client's requests that name the current method of the SDK.

From 2.129 on, the SDK keeps these headers in one dictionary for the whole process
(``kili.utils.logcontext.LogContext``). Each call overwrites it, and each request reads it, so that
a request may name the method of another thread. The call stack of a request, however, has the
decorator of its own method (``log_call``). So the requests of plugin clients take the method from
the stack. They name no method if there is none on the stack, as when a generator fetches its next
page.

Workers under other interpreters load this module, so it imports only the standard library.
"""

from __future__ import annotations

import importlib
import sys
import uuid
from datetime import datetime, timezone
from types import CodeType, FrameType
from typing import Any, Callable, Dict  # noqa: UP035  (loaded by old interpreters, too)

# The emulator's own header, which is recorded with the run: only requests of ``self.kili`` have it.
# Any client sends the SDK's own header, also a client that the plugin has made.
RUN_METHOD_HEADER = "kili-emulator-method"

_METHOD = "kili-client-method-name"
_TIME = "kili-client-call-time"
_ID = "kili-client-call-uuid"

# The key, in the locals of a call's frame, of the time and id for all requests of the call.
_CALL_VARIABLE = "kili-emulator-call"


def make_context_factory() -> Callable[[], Any]:
    """Return a function that a client calls instead of the SDK's ``LogContext``.

    Each call makes a ``LogContext`` from the headers that hold for the whole process and those of
    the current method in the calling thread.

    Raises:
        RuntimeError: the decorator of the SDK's methods is unknown.
    """
    module = importlib.import_module("kili.utils.logcontext")
    decorators = {
        each
        for each in module.log_call.__code__.co_consts
        if isinstance(each, CodeType) and each.co_name == "wrapper"
    }
    if not decorators:
        raise RuntimeError("this version of the kili SDK marks its methods in an unknown way")

    def make() -> Any:
        context = module.LogContext.__new__(module.LogContext)  # LogContext() is a singleton
        context.update(module.LogContext())
        for name in (_METHOD, _TIME, _ID):
            context.pop(name, None)
        frame = sys._getframe(1)  # noqa: SLF001
        context.update(_find_sdk_call(frame, decorators))
        return context

    return make


def _find_sdk_call(start: FrameType, decorators: set[CodeType]) -> Dict[str, str]:  # noqa: UP006
    """Return the headers of the innermost SDK method on a call stack; empty without one."""
    frame: FrameType | None = start
    while frame is not None:
        if frame.f_code in decorators:
            local_variables = frame.f_locals
            headers = local_variables.setdefault(_CALL_VARIABLE, _new_call_headers())
            method: str = local_variables["func"].__name__
            return {_METHOD: method, RUN_METHOD_HEADER: method, **headers}
        frame = frame.f_back
    return {}


def _new_call_headers() -> Dict[str, str]:  # noqa: UP006
    """Return the headers of a new call: the time and id of the client, not those of a world."""
    now = datetime.now(timezone.utc)  # noqa: TID251
    return {_TIME: now.isoformat().replace("+00:00", "Z"), _ID: str(uuid.uuid4())}  # noqa: TID251
