"""Grouping and order of the tests for parallel runs with pytest-xdist.

pytest-xdist assigns a whole group of tests to one process. It knows only the node ids of the tests,
so the group of a test follows from its node id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.kit.sdk_environments import CONTRACT_RECIPES, RECIPES

if TYPE_CHECKING:
    import pytest
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

_SDKS = (*RECIPES, *CONTRACT_RECIPES)

# Some cases in this folder have the name of an SDK, but use no shared process of an SDK.
_WITHOUT_SDK_PROCESS = ("tests/plugins/",)

# Files whose tests are each a group, and files whose tests with the same last id part are a group.
_SPLIT_BY_TEST = ("tests/test_docs.py",)
_SPLIT_BY_LAST_PART = ("tests/plugins/bad/test_matrix.py",)

# The slowest groups begin first, so that no process still runs one alone at the end. The groups of
# SDKs begin before them.
_LONG = (
    "tests/plugins/",
    "tests/contract/test_what_calls_plugins.py",
    "tests/examples/",
    "tests/tutorial/",
    "tests/test_docs.py",
    "tests/test_cli.py",
    "tests/hostile/",
    "tests/security/",
    "tests/test_data_folder.py",
    "tests/test_embedding.py",
    "tests/test_server_log.py",
    "tests/test_full_disk.py",
)


def group_of(node_id: str) -> str:
    """Return the name of the group of a test.

    All tests of one SDK are a group, because its process is slow to start. The other tests of a
    file are a group, because they share fixtures, unless the file is slow and can be split.
    """
    path, _, name = node_id.partition("::")
    sdk = _sdk_of(path, name)
    if sdk is not None:
        return sdk
    if path in _SPLIT_BY_TEST:
        return node_id
    if path in _SPLIT_BY_LAST_PART:
        return f"{path} {_parts(name)[-1]}"
    return path


def place_of(node_id: str) -> int:
    """Return the start position of the group of a test; lower positions begin earlier."""
    path, _, name = node_id.partition("::")
    if _sdk_of(path, name) is not None:
        return 0
    long = (place for place, each in enumerate(_LONG, 1) if path.startswith(each))
    return next(long, len(_LONG) + 1)


def _sdk_of(path: str, name: str) -> str | None:
    if path.startswith(_WITHOUT_SDK_PROCESS):
        return None
    parts = _parts(name)
    return next((each for each in _SDKS if each in parts), None)


def _parts(name: str) -> list[str]:
    """Return the parts of the id of a case, ``test_name[part-part]``."""
    return name.partition("[")[2].removesuffix("]").split("-")


def make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Create the scheduler that assigns the groups to the processes."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return Scheduling(config, log)
