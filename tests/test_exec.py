"""``kili-emulator exec`` runs a command with an emulator that lives as long as the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from kili_emulator.domain.api_key import scenario_key

Execute = Callable[..., "subprocess.CompletedProcess[str]"]

ROOT = Path(__file__).resolve().parent.parent
EXEC = [sys.executable, "-m", "kili_emulator", "exec"]
PRINT_ENVIRONMENT = (
    "import json, os; "
    "print(json.dumps([os.environ['KILI_API_ENDPOINT'], os.environ['KILI_API_KEY']]))"
)
COUNT_PROJECTS = """
import os, requests
answer = requests.post(
    os.environ["KILI_API_ENDPOINT"],
    json={"query": "{ countProjects(where: {}) }"},
    headers={"Authorization": "X-API-Key: " + os.environ["KILI_API_KEY"]},
)
print(answer.json()["data"]["countProjects"])
"""
WAIT = """
import signal, sys
def end(number, _):
    print("got", signal.Signals(number).name, flush=True)
    sys.exit(5)
signal.signal(signal.{name}, end)
print("ready", flush=True)
signal.pause()
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KILI_")}
    return {**kept, "PYTHONPATH": str(ROOT / "emulator"), "TMPDIR": str(tmp_path)}


@pytest.fixture
def execute(tmp_path: Path, environment: dict[str, str]) -> Execute:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*EXEC, *arguments],
            check=False,
            cwd=tmp_path,
            env=environment,
            text=True,
            capture_output=True,
            timeout=60,
        )

    return run


def test_command_uses_the_emulator_which_ends_with_it(execute: Execute, tmp_path: Path) -> None:
    done = execute("--", sys.executable, "-c", PRINT_ENVIRONMENT)
    endpoint, key = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert key == scenario_key("admin", "default")
    with pytest.raises(requests.ConnectionError):
        requests.get(endpoint, timeout=5, proxies={"http": ""})
    assert list(tmp_path.iterdir()) == []


def test_options_of_start_hold_and_options_of_the_command_are_left_to_it(execute: Execute) -> None:
    options = ("--scenario", "empty", "--user", "labeler")
    done = execute(*options, sys.executable, "-c", COUNT_PROJECTS)
    assert (done.returncode, done.stdout) == (0, "0\n"), done.stderr


def test_exit_status_of_the_command_is_passed_on(execute: Execute) -> None:
    done = execute("--", sys.executable, "-c", "import sys; sys.exit(7)")
    assert done.returncode == 7


def test_status_of_a_command_that_a_signal_ended_is_that_of_a_shell(execute: Execute) -> None:
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    done = execute("--", sys.executable, "-c", program)
    assert done.returncode == 128 + signal.SIGKILL


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_signals_are_passed_on(name: str, environment: dict[str, str], tmp_path: Path) -> None:
    program = WAIT.replace("{name}", name)
    process = subprocess.Popen(
        [*EXEC, "--", sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(getattr(signal, name))
        assert process.stdout.read() == f"got {name}\n"
        assert process.wait(30) == 5


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("--", "no-such-command"), 127, "there is no command 'no-such-command'"),
        (("--", str(ROOT)), 126, "cannot be run"),
        (("--scenario", "nothing", "--", "true"), 1, "nothing"),
        (("--user", "nobody", "--", "true"), 2, "no key is named 'nobody'"),
        ((), 2, "COMMAND"),
    ],
)
def test_problems_are_explained(
    execute: Execute, arguments: tuple[str, ...], status: int, says: str
) -> None:
    done = execute(*arguments)
    assert done.returncode == status
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_data_folder_keeps_the_data(execute: Execute, tmp_path: Path) -> None:
    create = COUNT_PROJECTS.replace(
        "{ countProjects(where: {}) }",
        'mutation { data: createProject(data: {title: \\"New\\", inputType: IMAGE, '
        'jsonInterface: \\"{}\\", description: \\"\\"}) { id } }',
    ).replace('["countProjects"]', "")
    options = ("--data-dir", str(tmp_path / "data"), "--scenario", "empty", "--")
    done = execute(*options, sys.executable, "-c", create)
    assert "id" in done.stdout, done.stderr
    done = execute(*options, sys.executable, "-c", COUNT_PROJECTS)
    assert done.stdout == "1\n"
