"""Forked interpreters behave as newly started interpreters."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.kit import warm_interpreter

pytestmark = pytest.mark.skipif(
    not warm_interpreter.IS_AVAILABLE, reason="others start each interpreter"
)

ABOUT = """
import json, locale, os, resource, signal, sys, tempfile
print(json.dumps({
    "arguments": sys.argv,
    "main": sorted(vars(sys.modules["__main__"])),
    "name": __name__,
    "environment": dict(os.environ),
    "folder": os.getcwd(),
    "temporary": tempfile.gettempdir(),
    "path": sys.path,
    "locale": locale.setlocale(locale.LC_ALL),
    "umask": os.umask(0),
    "files": resource.getrlimit(resource.RLIMIT_NOFILE),
    "signals": {each.name: str(signal.getsignal(each)) for each in signal.Signals},
    "encodings": [each.encoding for each in (sys.stdin, sys.stdout, sys.stderr)],
    "errors": [each.errors for each in (sys.stdin, sys.stdout, sys.stderr)],
    "read": sys.stdin.read(),
    "open": sorted(os.readlink(f"/proc/self/fd/{each}").partition(":")[0]
                   for each in os.listdir("/proc/self/fd")
                   if os.path.exists(f"/proc/self/fd/{each}")),
}))
"""


def environment(**variables: str) -> dict[str, str]:
    return {**os.environ, **variables}


def started(arguments: list[str], folder: Path, **variables: str) -> str:
    """Return the output of a newly started interpreter."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    return done.stdout.decode()


def forked(
    arguments: list[str], folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    return warm_interpreter.run(
        arguments, environment=environment(**variables), folder=folder, timeout=60
    )


@pytest.mark.parametrize("kind", ["-c", "-m", "file"])
def test_forked_program_sees_the_same_environment(tmp_path: Path, kind: str) -> None:
    (tmp_path / "about.py").write_text(ABOUT, encoding="utf-8")
    arguments = {"-c": ["-c", ABOUT], "-m": ["-m", "about"], "file": ["about.py"]}[kind]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    variables = {"PYTHONPATH": str(tmp_path / "added"), "TMPDIR": str(temporary), "NEW": "x"}
    there = json.loads(forked([*arguments, "-x"], tmp_path, **variables).stdout)
    new = json.loads(started([*arguments, "-x"], tmp_path, **variables))
    assert _of_program(there) == _of_program(new)


def _of_program(found: dict[str, Any]) -> dict[str, Any]:
    """Leave out names that only the interpreter gives to a main module.

    Also what the event loop of the thread has open that the SDK starts when it is imported.
    """
    found["open"] = [each for each in found["open"] if each not in ("socket", "anon_inode")]
    hidden = ("__annotations__", "__cached__")
    found["main"] = [name for name in found["main"] if name not in hidden]
    return found


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("pass", 0),
        ("raise SystemExit(3)", 3),
        ("import os; os._exit(4)", 4),
        ("1 / 0", 1),
        ("import os; os.kill(os.getpid(), 9)", -signal.SIGKILL),
    ],
)
def test_exit_status_of_a_forked_program(tmp_path: Path, code: str, status: int) -> None:
    assert forked(["-c", code], tmp_path).returncode == status


def test_signal_ends_the_program_and_its_status_is_readable_twice(tmp_path: Path) -> None:
    code = "import time; print('begun', flush=True); time.sleep(60)"
    process = warm_interpreter.start(["-c", code], environment=environment(), folder=tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=30) == ("", None)
    assert (process.poll(), process.wait()) == (-signal.SIGTERM, -signal.SIGTERM)
    process.kill()  # of what has ended, nothing


def test_output_and_errors_are_one_stream_in_order(tmp_path: Path) -> None:
    code = "import sys; print('a'); print('b', file=sys.stderr); print('c')"
    assert forked(["-c", code], tmp_path, PYTHONUNBUFFERED="1").stdout == "a\nb\nc\n"


def test_program_is_killed_after_the_timeout(tmp_path: Path) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        warm_interpreter.run(
            ["-c", "import time; time.sleep(60)"],
            environment=environment(),
            folder=tmp_path,
            timeout=0.2,
        )


def test_shell_command_runs_a_forked_program(tmp_path: Path) -> None:
    done = subprocess.run(
        f"cat | {warm_interpreter.command(os.environ)} -c 'print(input()); raise SystemExit(5)'",
        shell=True,
        input=b"typed\n",
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        check=False,
    )
    assert (done.stdout, done.returncode) == (b"typed\n", 5)


@pytest.mark.parametrize("name", ["PYTHONUTF8", "PYTHONHASHSEED", "LC_ALL"])
def test_startup_only_settings_start_a_new_interpreter(name: str) -> None:
    assert warm_interpreter.can_fork(environment(PYTHONPATH="x"))
    assert not warm_interpreter.can_fork(environment(**{name: "1"}))
