"""Process isolation gives the same results as inline, and enforces its limits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from kili.services.plugins.exceptions import PluginCreationError

from kili_emulator import Emulator
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.plugin_project import PluginProject
from tests.kit.processes import is_alive
from tests.kit.responses import EASY

# The same as inline


def test_a_handler_runs_in_another_process_and_uses_its_client(
    plugin_project: PluginProject,
) -> None:
    run = plugin_project.run_once(
        "print(os.getpid())\n"
        "self.kili.update_properties_in_assets([asset_id], json_metadatas=[{'seen': 1}])\n"
        "self.logger.warning('%s', self.project_id)\n"
        "print(label['jsonResponse'])"
    )
    assert (run["outcome"], run["error"]) == ("SUCCEEDED", None)
    (pid, warning, response) = plugin_project.log_lines("P")
    assert int(pid[1]) != os.getpid()
    assert (warning, response) == (("warning", plugin_project.project), ("info", str(EASY)))
    assets = plugin_project.kili.assets(
        plugin_project.project, fields=["jsonMetadata"], disable_tqdm=True
    )
    assert {"seen": 1} in [asset["jsonMetadata"] for asset in assets]
    assert 20 < run["memoryMb"] < 512


def test_output_of_every_kind_is_recorded_in_order(plugin_project: PluginProject) -> None:
    plugin_project.run_once(
        "import subprocess\n"
        "print('print')\n"
        "self.logger.info('logger')\n"
        "os.write(1, b'descriptor\\n')\n"
        "sys.stderr.write('stderr\\n')\n"
        "self.logger.error('a\\nb')\n"
        "subprocess.run([sys.executable, '-c', 'print(\"child\")'], check=True)\n"
        "os.write(2, b'caf\\xe9\\n')\n"
        "print('no newline', end='')"
    )
    assert plugin_project.log_lines("P") == [
        ("info", "print"),
        ("info", "logger"),
        ("info", "descriptor"),
        ("info", "stderr"),
        ("error", "a\nb"),
        ("info", "child"),
        ("info", "caf\N{REPLACEMENT CHARACTER}"),
        ("info", "no newline"),
    ]


def test_a_traceback_begins_in_the_plugin(plugin_project: PluginProject) -> None:
    run = plugin_project.run_once("import helper\nhelper.fail()", helper="def fail():\n    1 / 0\n")
    assert run["outcome"] == "FAILED"
    lines = run["error"].splitlines()
    assert lines[1].strip() == 'File "main.py", line 7, in on_submit'
    assert 'File "helper.py", line 2, in fail' in run["error"]
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert plugin_project.log_lines("P") == [("error", run["error"])]


@pytest.mark.parametrize(
    ("top", "problem"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("sys.exit(3)", "SystemExit(3)"),
        ("os._exit(3)", "exit code 3"),
        ("os.abort()", "SIGABRT"),
        ("import json.nowhere", "No module named 'json.nowhere'"),
    ],
)
def test_a_plugin_that_cannot_be_imported_is_a_build_error(
    plugin_project: PluginProject, top: str, problem: str
) -> None:
    with pytest.raises(PluginCreationError):
        plugin_project.install_handler("pass", top)
    assert problem in plugin_project.build_error("P")


def test_plugins_with_equal_module_names_do_not_share_modules(
    plugin_project: PluginProject,
) -> None:
    plugin_project.install_handler("print(helper.NAME)", "import helper", "A", helper="NAME = 'a'")
    plugin_project.install_handler("print(helper.NAME)", "import helper", "B", helper="NAME = 'b'")
    plugin_project.submit()
    assert (plugin_project.log_texts("A"), plugin_project.log_texts("B")) == (["a"], ["b"])


def test_runs_of_a_version_share_one_process(
    plugin_project: PluginProject,
) -> None:
    plugin_project.install_handler("global n\nn += 1\nprint(os.getpid(), n)", "n = 0")
    plugin_project.submit()
    plugin_project.submit()
    (first, second) = plugin_project.log_texts("P")
    assert (first.split()[0], first.split()[1], second.split()[1]) == (second.split()[0], "1", "2")


def test_plugin_process_has_no_api_key_and_an_empty_working_directory(
    plugin_project: PluginProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin_project.run_once(
        "print(os.listdir(), [name for name in os.environ if name.startswith('KILI')])\n"
        "print(os.environ['OMP_NUM_THREADS'], 'kili_emulator' in sys.modules)"
    )
    assert plugin_project.log_texts("P") == ["[] []", "1 False"]


# Ends of processes


@pytest.mark.parametrize(
    ("code", "outcome", "error"),
    [
        ("os._exit(7)", "EXITED", "exit code 7"),
        ("os.abort()", "CRASHED", "SIGABRT"),
        ("import ctypes\nctypes.string_at(0)", "CRASHED", "SIGSEGV"),
        ("os.kill(os.getpid(), 9)", "CRASHED", "SIGKILL"),
        ("sys.exit('x')", "EXITED", "SystemExit('x')"),
        ("breakpoint()", "FAILED", "no terminal"),
        ("input()", "FAILED", "EOFError"),
        ("def f(): f()\nf()", "FAILED", "RecursionError"),
    ],
)
def test_next_run_succeeds_after_a_failed_run(
    plugin_project: PluginProject, code: str, outcome: str, error: str
) -> None:
    plugin_project.install_handler(
        "print('before', flush=False, end='')\nif not os.path.exists(FLAG):\n"
        + "\n".join(f"    {line}" for line in ["open(FLAG, 'w').close()", *code.splitlines()])
        + "\nprint('after')",
        f"FLAG = {str(plugin_project.folder / 'flag')!r}",
    )
    plugin_project.submit()
    plugin_project.submit()
    (first, second) = plugin_project.runs()
    assert (first["outcome"], second["outcome"]) == (outcome, "SUCCEEDED")
    assert error in first["error"]
    printed_lines = plugin_project.log_texts("P")
    assert (printed_lines[0][:6], printed_lines[-1]) == ("before", "beforeafter")


@pytest.mark.parametrize("close", ["sys.stdout.close()", "os.close(1); os.close(2)"])
def test_closing_stdout_fails_neither_the_run_nor_the_next_run(
    plugin_project: PluginProject, close: str
) -> None:
    plugin_project.install_handler(f"print('x')\n{close}\nself.logger.info('y')")
    plugin_project.submit()
    plugin_project.submit()
    assert [run["outcome"] for run in plugin_project.runs()] == ["SUCCEEDED"] * 2
    assert plugin_project.log_texts("P") == ["x", "y"] * 2


# What a run leaves


def test_process_state_is_restored_before_the_next_run(
    plugin_project: PluginProject,
) -> None:
    plugin_project.install_handler(
        "print(os.getpid(), os.getcwd(), os.environ.get('NEW'), requests.get is fail)\n"
        "os.chdir('/')\nos.environ['NEW'] = 'x'\nrequests.get = fail",
        "import requests\ndef fail(): pass",
    )
    plugin_project.submit()
    plugin_project.submit()
    (first, warning, second, _) = plugin_project.log_lines("P")
    assert first == second
    assert warning[0] == "warning"
    assert "the working directory (/), the environment (NEW)" in warning[1]


def test_process_with_running_threads_is_not_reused(plugin_project: PluginProject) -> None:
    body = "print(os.getpid())\nthreading.Thread(target=time.sleep, args=(99,)).start()"
    plugin_project.install_handler(body, "import threading")
    plugin_project.submit()
    plugin_project.submit()
    first, second = [int(text) for kind, text in plugin_project.log_lines("P") if kind == "info"]
    assert first != second
    assert not is_alive(first)
    assert not is_alive(second)


def test_forked_child_that_returns_from_the_handler_sends_no_answer(
    plugin_project: PluginProject,
) -> None:
    plugin_project.install_handler(
        "child = os.fork()\nif child: os.waitpid(child, 0)\nprint(bool(child))"
    )
    for _ in range(3):
        plugin_project.submit()
    assert [run["outcome"] for run in plugin_project.runs()] == ["SUCCEEDED"] * 3
    assert plugin_project.log_texts("P") == ["False", "True"] * 3


def test_memory_peak_between_two_measurements_counts(plugin_project: PluginProject) -> None:
    run = plugin_project.run_once("x = b'x' * (600 * 1024 ** 2)\ndel x\nprint('after')")
    assert run["outcome"] == "OUT_OF_MEMORY"
    assert run["error"].startswith("The plugin used more memory than its limit of 512 MB")


# Limits


def test_hundred_megabytes_of_output_are_truncated_with_a_warning(
    plugin_project: PluginProject,
) -> None:
    run = plugin_project.run_once("for _ in range(100): os.write(1, b'x' * 999_999 + b'\\n')")
    assert run["outcome"] == "SUCCEEDED"
    lines = plugin_project.log_lines("P")
    assert lines[-1][0] == "warning"
    assert "truncated" in lines[-1][1]
    assert sum(len(text) for _, text in lines) < 1_100_000


def test_memory_far_above_the_limit_is_refused(plugin_project: PluginProject) -> None:
    run = plugin_project.run_once("x = bytearray(2 * 1024 ** 3)")
    assert run["outcome"] == "OUT_OF_MEMORY"
    assert run["error"].startswith("The plugin used more memory than its limit of 512 MB")
    assert "line 6, in on_submit" in run["error"]


def test_memory_above_the_limit_ends_the_plugin(plugin_project: PluginProject) -> None:
    run = plugin_project.run_once("x = b'x' * (600 * 1024 ** 2)\nwhile True: pass")
    assert run["outcome"] == "OUT_OF_MEMORY"
    assert "in on_submit" in run["error"]


def test_memory_of_child_processes_counts_towards_the_limit(plugin_project: PluginProject) -> None:
    run = plugin_project.run_once(
        "import subprocess\n"
        "code = \"x = b'x' * (350 * 1024 ** 2); import time; time.sleep(60)\"\n"
        "children = [subprocess.Popen([sys.executable, '-c', code]) for _ in range(2)]\n"
        "[child.wait() for child in children]"
    )
    assert run["outcome"] == "OUT_OF_MEMORY"


@pytest.mark.parametrize("wait", ["while True: pass", "time.sleep(99)"])
def test_timed_out_run_is_ended_and_its_error_shows_the_line(
    short_timeout_project: PluginProject, wait: str
) -> None:
    run = short_timeout_project.run_once(f"print('begun')\n{wait}")
    assert run["outcome"] == "TIMED_OUT"
    assert run["error"].startswith("Plugin timed out after 5 seconds\n")
    assert 'File "main.py", line 7, in on_submit' in run["error"]
    assert short_timeout_project.log_lines("P") == [("info", "begun"), ("error", run["error"])]


def test_child_processes_of_a_timed_out_run_are_ended(
    short_timeout_project: PluginProject,
) -> None:
    short_timeout_project.run_once(
        "import subprocess\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)'])\n"
        "print(child.pid)\nchild.wait()"
    )
    pid = int(short_timeout_project.log_texts("P")[0])
    assert not is_alive(pid)


def test_an_import_that_takes_too_long_is_a_build_error(
    short_timeout_project: PluginProject,
) -> None:
    with pytest.raises(PluginCreationError):
        short_timeout_project.install_handler("pass", "time.sleep(99)")
    assert "took longer than 5 s" in short_timeout_project.build_error("P")
    assert 'File "main.py", line 3, in <module>' in short_timeout_project.build_error("P")


# Other interpreters


def test_plugins_run_with_an_sdk_of_another_generation(tmp_path: Path) -> None:
    python = Path(".venvs/kili-2.125.2/bin/python")
    with fast_sdk(), Emulator(plugin_isolation="process", plugin_python=python) as emulator:
        plugin_project = PluginProject(emulator, tmp_path)
        run = plugin_project.run_once(
            "import kili\nfrom kili.types import Label\n"
            "print(kili.__version__, self.kili.count_projects())"
        )
        assert run["outcome"] == "SUCCEEDED", run["error"]
        assert plugin_project.log_texts("P") == ["2.125.2 1"]


def test_child_processes_end_with_their_run_without_a_supervisor(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("kili_emulator.plugins.process.worker_process._IS_SUPERVISED", False)
    with fast_sdk(), Emulator(plugin_isolation="process", plugin_timeout=5.0) as emulator:
        plugin_project = PluginProject(emulator, tmp_path)
        run = plugin_project.run_once(
            "import subprocess\n"
            "print(subprocess.Popen(['sleep', '600']).pid, flush=True)\n"
            "os._exit(3)"
        )
        assert (run["outcome"], run["error"].endswith("code 3")) == ("EXITED", True)
        assert not is_alive(int(plugin_project.log_texts("P")[0]))
        plugin_project.submit()
        assert plugin_project.runs()[-1]["outcome"] == "EXITED"
