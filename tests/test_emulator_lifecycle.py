"""The start and the end of emulators without a ``with`` block, and their effect on the process."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from typing import Any

import pytest

from kili_emulator import Emulator
from kili_emulator.scenario import ScenarioError


def test_emulator_is_started_and_stopped_without_a_block() -> None:
    emulator = Emulator("empty").start()
    try:
        url = emulator.url
        assert emulator.start() is emulator
        assert emulator.url == url
        with emulator as entered:
            assert entered.url == url
    finally:
        emulator.stop()
        emulator.stop()
    assert not emulator.is_running
    assert repr(emulator) == "<Emulator not running>"
    assert "not running" in emulator._repr_html_()


def test_emulators_end_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet")
    graphql_client = import_sdk()

    limiter = graphql_client._limiter
    first, second = Emulator("empty").start(), Emulator("empty").start()
    fast = graphql_client._limiter
    first.stop()
    assert fast is not limiter
    assert graphql_client._limiter is fast
    assert "127.0.0.1" in os.environ["NO_PROXY"]
    second.stop()
    assert graphql_client._limiter is limiter
    assert os.environ["NO_PROXY"] == "intranet"


def test_sdk_keeps_its_pauses_if_wished() -> None:
    graphql_client = import_sdk()

    limiter = graphql_client._limiter
    with Emulator("empty", fast_sdk=False):
        assert graphql_client._limiter is limiter
    with pytest.raises(ScenarioError), Emulator("no-such"):
        pass
    assert graphql_client._limiter is limiter


def test_sdk_that_is_imported_later_is_fast_until_the_end() -> None:
    code = (
        "import sys; from kili_emulator import Emulator\n"
        "with Emulator('empty') as emulator:\n"
        "    assert 'kili' not in sys.modules\n"
        "    from kili.client import Kili\n"
        "    from kili.core.graphql import graphql_client as module\n"
        "    print(type(module._limiter).__name__)\n"
        "    print(type(sys.modules['kili.client'].__loader__).__name__)\n"
        "print(type(module._limiter).__name__)\n"
        "print('FastSdk' in str(sys.meta_path))\n"
    )
    printed = run_python(code).splitlines()
    assert printed[0] == "_NoLimiter"
    assert printed[1] == "SourceFileLoader"
    assert printed[2] == "Limiter"
    assert printed[3] == "False"


def import_sdk() -> Any:
    """Import the SDK, and return the module with its limit of calls."""
    importlib.import_module("kili.client")
    return importlib.import_module("kili.core.graphql.graphql_client")


def run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        encoding="utf-8",
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
