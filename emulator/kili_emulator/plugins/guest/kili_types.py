"""A stand-in for ``kili.types``, which old plugins import and new SDKs lack.

Workers under other interpreters load this module, so it imports only the standard library.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

# The names in ``kili.types`` of the SDKs 2.125 to 2.128.
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
    """Return ``kili.types`` of the installed SDK, or a stand-in if it cannot be imported."""
    try:
        return importlib.import_module("kili.types")
    except Exception:
        types = ModuleType("kili.types")
        typed_dict: Any = importlib.import_module("typing").TypedDict
        for each in _NAMES:
            setattr(types, each, typed_dict(each, {}, total=False))
        return types
