"""``kili.types``, which old plugins import and new SDKs do not have any more.

Loaded by workers under other interpreters, too: nothing but the standard library is needed.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

# The names that it had in the SDKs of 2.125 to 2.128.
_NAMES = (
    "ApiKey",
    "Asset",
    "Comment",
    "Issue",
    "Label",
    "License",
    "Lock",
    "Notification",
    "Organization",
    "Plugin",
    "Project",
    "ProjectUser",
    "ProjectVersion",
    "User",
)


def kili_types() -> ModuleType:
    """``kili.types`` of the installed SDK, or a stand-in where it has none that works."""
    try:
        return importlib.import_module("kili.types")
    except Exception:
        types = ModuleType("kili.types")
        typed_dict: Any = importlib.import_module("typing").TypedDict
        for each in _NAMES:
            setattr(types, each, typed_dict(each, {}, total=False))
        return types
