"""The policies: the places on the platform that plugins are written for."""

from __future__ import annotations

from typing import Literal, get_args

Policy = Literal["saas", "on-premise", "tutorial"]
POLICIES: tuple[Policy, ...] = get_args(Policy)


def reads_requirements(policy: Policy) -> bool:
    """Return whether the platform installs the packages that ``requirements.txt`` names.

    Source: contract/plugin.md#requirements.
    """
    return policy == "saas"


def records_print(policy: Policy) -> bool:
    """Return whether the log of a run has what the plugin prints (contract/plugin.md#logs)."""
    return policy != "on-premise"
