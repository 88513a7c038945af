"""Which tests stay together where several processes run them, and which groups begin first.

A group is what pytest-xdist gives to a process at once. It knows tests by their node ids only, so
that a group follows from the id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.kit.sdk_environments import CONTRACT_RECIPES, RECIPES

if TYPE_CHECKING:
    import pytest
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

_SDKS = (*RECIPES, *CONTRACT_RECIPES)

# Their cases share no process of an SDK, though some are named after one.
_WITHOUT_SDK_PROCESS = ("tests/plugins/",)

# Each test here is a group, or all tests here whose ids have the same last part.
_SPLIT_BY_TEST = ("tests/test_docs.py",)
_SPLIT_BY_LAST_PART = ("tests/plugins/bad/test_matrix.py",)

# What takes longest begins first, so that no process is left alone with it at the end. Those of
# an SDK begin before these.
_LONG = (
    "tests/plugins/",
    "tests/contract/test_what_calls_plugins.py",
    "tests/examples/",
    "tests/tutorial/",
    "tests/test_docs.py",
    "tests/test_cli.py",
    "tests/hostile/",
    "tests/test_data_folder.py",
    "tests/test_embedding.py",
    "tests/test_server_log.py",
    "tests/test_full_disk.py",
)


def group_of(node_id: str) -> str:
    """Name the group of a test.

    All tests of one SDK are a group, as its process takes long to start; of the others, those of
    one file, as they share fixtures, unless the file is long and can be split.
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
    """Tell where the group of a test begins: the smaller, the earlier."""
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
    """The parts of the id of a case, ``test_name[part-part]``."""
    return name.partition("[")[2].removesuffix("]").split("-")


def make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Make what gives the groups to the processes."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return Scheduling(config, log)
