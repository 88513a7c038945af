"""What a plugin's client says of itself in its headers: which method of the SDK is at work.

From 2.129 on, the SDK keeps that in one dictionary for the whole process
(``kili.utils.logcontext.LogContext``). Each call overwrites it, and each request reads it: of calls
in several threads, a request may name another thread's method. The call stack is the request's own,
and holds the decorator of the method (``log_call``). So the requests of plugin clients take the
method from there, and name none where there is none, as when a generator fetches its next page.

Loaded by workers under other interpreters, too: nothing but the standard library is needed.
"""

from __future__ import annotations

import importlib
import sys
import uuid
from datetime import datetime, timezone
from types import CodeType, FrameType
from typing import Any, Callable, Dict  # noqa: UP035  (loaded by old interpreters, too)

# The emulator's own header: requests of ``self.kili`` alone have it, and it is recorded of the run.
# The SDK's own is what any client says of itself, such as one that the plugin made.
RUN_METHOD_HEADER = "kili-emulator-method"

_METHOD = "kili-client-method-name"
_TIME = "kili-client-call-time"
_ID = "kili-client-call-uuid"

# Under this name the time and id of a call are kept with its frame, for all requests that it makes.
_CALL_VARIABLE = "kili-emulator-call"


def make_context_factory() -> Callable[[], Any]:
    """What a client calls instead of the SDK's ``LogContext``.

    Each time, it makes a ``LogContext`` of what holds for the whole process and of the method that
    is at work in the calling thread.
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
        context = module.LogContext.__new__(module.LogContext)  # not the only one that there is
        context.update(module.LogContext())
        for name in (_METHOD, _TIME, _ID):
            context.pop(name, None)
        frame = sys._getframe(1)  # noqa: SLF001
        context.update(_find_sdk_call(frame, decorators))
        return context

    return make


def _find_sdk_call(start: FrameType, decorators: set[CodeType]) -> Dict[str, str]:  # noqa: UP006
    """The headers of the innermost method on a call stack; empty where there is none."""
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
    """The headers of a call that begins: the client's own time and id, nothing of the world."""
    now = datetime.now(timezone.utc)  # noqa: TID251
    return {_TIME: now.isoformat().replace("+00:00", "Z"), _ID: str(uuid.uuid4())}  # noqa: TID251
