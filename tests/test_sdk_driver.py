"""The process in which tests run SDKs, checked with code that needs no SDK."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit import sdk_environments
from tests.kit import sdk_process as sdk_module
from tests.kit.sdk_process import SdkProcess, SdkProcessError, SdkTimeoutError


def plain_process(**options: object) -> SdkProcess:
    return SdkProcess("(none)", python=sys.executable, **options)


@pytest.fixture(scope="module")
def sdk() -> Iterator[SdkProcess]:
    with plain_process() as process:
        yield process


def test_last_expression_is_the_value(sdk: SdkProcess) -> None:
    outcome = sdk.run("numbers = [1, 2]\n{'sum': sum(numbers)}")

    assert outcome.checked().value == {"sum": 3}
    assert outcome.repr == "{'sum': 3}"


def test_value_outside_of_json_is_returned_as_repr(sdk: SdkProcess) -> None:
    outcome = sdk.run("{1, 2}")

    assert (outcome.value, outcome.repr) == (None, "{1, 2}")


def test_statement_has_no_value(sdk: SdkProcess) -> None:
    outcome = sdk.run("x = 1")

    assert (outcome.value, outcome.repr, outcome.error) == (None, None, None)


def test_stdout_and_stderr_are_captured_separately(sdk: SdkProcess) -> None:
    outcome = sdk.run("import sys\nprint('out')\nprint('err', file=sys.stderr);")

    assert (outcome.stdout, outcome.stderr) == ("out\n", "err\n")
    assert sdk.run("1").stdout == ""


def test_logging_keeps_its_stream_across_cells(sdk: SdkProcess) -> None:
    notebook = sdk.session()
    notebook.run(
        "import logging\nlogger = logging.getLogger('some.sdk')\n"
        "logger.addHandler(logging.StreamHandler())"
    ).checked()

    assert notebook.run("logger.warning('one')").stderr == "one\n"
    assert notebook.run("logger.warning('two')").stderr == "two\n"


def test_output_of_file_descriptors_does_not_break_the_protocol(sdk: SdkProcess) -> None:
    code = "import os, sys\nos.write(1, b'raw')\nos.system('echo from a shell')\n"
    outcome = sdk.run(
        code + "import builtins\ntry:\n    input()\nexcept EOFError:\n    'eof'\n'on'"
    )

    assert outcome.checked().value == "on"


def test_traceback_begins_in_the_cell(sdk: SdkProcess) -> None:
    outcome = sdk.run("print('before')\ndef f():\n    return 1 / 0\nf()")

    assert outcome.error is not None
    assert (outcome.error.type, outcome.error.message) == ("ZeroDivisionError", "division by zero")
    assert "return 1 / 0" in outcome.error.traceback
    assert "sdk_driver" not in outcome.error.traceback
    assert outcome.stdout == "before\n"
    with pytest.raises(AssertionError, match="return 1 / 0"):
        outcome.checked()


@pytest.mark.parametrize("code", ["import sys; sys.exit(3)", "quit()", "raise KeyboardInterrupt"])
def test_exceptions_do_not_end_the_process(sdk: SdkProcess, code: str) -> None:
    before = sdk.pid or (sdk.run("1") and sdk.pid)

    assert sdk.run(code).error is not None
    assert sdk.pid == before


def test_syntax_error_is_an_error_of_the_cell(sdk: SdkProcess) -> None:
    outcome = sdk.run("def")

    assert outcome.error is not None
    assert outcome.error.type == "SyntaxError"


def test_ipython_lines_are_skipped(sdk: SdkProcess) -> None:
    code = "!pip install --upgrade kili\n%matplotlib inline\nif True:\n    !ls\n'done'"

    assert sdk.run(code).checked().value == "done"


def test_text_resembling_ipython_lines_is_kept(sdk: SdkProcess) -> None:
    assert sdk.run("'''\n!pip\n'''").checked().value == "\n!pip\n"


def test_sessions_are_isolated(sdk: SdkProcess, tmp_path: Path) -> None:
    one = sdk.session(env={"KILI_API_KEY": "one"}, cwd=tmp_path)
    two = sdk.session(env={"KILI_API_KEY": None})
    state = "import os; [os.environ.get('KILI_API_KEY'), os.getcwd(), globals().get('x')]"

    one.run("x = 1").checked()

    assert one.run(state).value == ["one", str(tmp_path), 1]
    assert two.run(state).value == [None, str(sdk.home), None]


def test_session_keeps_changes_of_environment_and_folder(sdk: SdkProcess, tmp_path: Path) -> None:
    notebook = sdk.session()
    notebook.run(
        f"import os\nos.environ['KILI_API_KEY'] = 'mine'\nos.chdir({str(tmp_path)!r})"
    ).checked()

    value = notebook.run("os.environ['KILI_API_KEY'], os.getcwd()").value
    assert value == ["mine", str(tmp_path)]
    assert sdk.session().run("import os; os.environ.get('KILI_API_KEY')").value is None


def test_classes_of_a_cell_can_be_pickled(sdk: SdkProcess) -> None:
    code = "import pickle\nclass A: pass\ntype(pickle.loads(pickle.dumps(A()))) is A"

    assert sdk.run(code).checked().value is True


def test_settings_of_the_caller_are_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KILI_API_KEY", "a real one")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")

    with plain_process(env={"EXTRA": "yes"}) as process:
        value = process.run(
            "import os; from pathlib import Path\n"
            "names = 'KILI_API_KEY', 'PYTHONPATH', 'EXTRA'\n"
            "[os.environ.get(name) for name in names] + [str(Path.home())]"
        ).value

        assert value == [None, None, "yes", str(process.home)]


def test_timeout_ends_the_process_and_shows_its_traceback() -> None:
    with plain_process() as process:
        notebook = process.session()
        with pytest.raises(SdkTimeoutError, match="in wait_for_godot"):
            notebook.run(
                "import time\ndef wait_for_godot():\n    time.sleep(60)\nwait_for_godot()",
                timeout=0.2,
            )

        with pytest.raises(SdkProcessError, match="make a new one"):
            notebook.run("1")
        assert process.run("2").value == 2


def test_death_of_the_process_is_reported() -> None:
    with plain_process() as process:
        with pytest.raises(SdkProcessError, match=r"(?s)code 7.*last words"):
            process.run("import os; os.write(2, b'last words'); os._exit(7)")

        assert process.run("3").value == 3


def test_fast_sdk_is_active_in_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = tmp_path / "fast.py"
    fast.write_text(
        "import contextlib, os\n@contextlib.contextmanager\ndef fast_sdk():\n"
        "    os.environ['IS_FAST'] = 'yes'\n    yield\n"
    )
    monkeypatch.setattr(sdk_module, "FAST_SDK", fast)

    with plain_process(fast=True) as process:
        assert process.run("import os; os.environ['IS_FAST']").value == "yes"


def test_error_of_fast_sdk_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = tmp_path / "fast.py"
    fast.write_text("raise RuntimeError('not so fast')\n")
    monkeypatch.setattr(sdk_module, "FAST_SDK", fast)

    with (
        plain_process(fast=True) as process,
        pytest.raises(SdkProcessError, match="not so fast"),
    ):
        process.run("1")


def test_error_for_a_missing_environment_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sdk_environments, "FOLDER", tmp_path)

    with pytest.raises(sdk_environments.SdkEnvironmentError, match="make sdk-environments"):
        SdkProcess("2.128.2")
    with pytest.raises(sdk_environments.SdkEnvironmentError, match=r"known: 2\.125\.2"):
        SdkProcess("1.0")


def test_interpreter_too_new_is_replaced_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_sdk = sdk_environments.RECIPES["2.128.2"]
    launcher = tmp_path / "python3.11"
    launcher.write_text("#!/bin/sh\nexit 127\n")
    launcher.chmod(0o755)
    monkeypatch.setattr(sys, "version_info", (3, 13, 0, "final", 0))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(sdk_environments.SdkEnvironmentError, match="Install one of them"):
        sdk_environments._find_interpreter("2.128.2", old_sdk)

    working = tmp_path / "python3.10"
    working.write_text("#!/bin/sh\necho 3 10\n")
    working.chmod(0o755)
    assert sdk_environments._find_interpreter("2.128.2", old_sdk) == (str(working), "3.10")
