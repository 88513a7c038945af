"""Exceptions of plugins as described in runs, results, logs and build errors."""

from __future__ import annotations

import builtins
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator
from kili_emulator.plugins.guest.exception_text import describe_exception
from kili_emulator.plugins.guest.tracebacks import CodeLocation
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.plugin_under_test import NAME, PluginUnderTest
from tests.kit.responses import EASY
from tests.kit.sdk_environments import python_of

HERE = CodeLocation(Path(__file__).parent)
ELSEWHERE = CodeLocation(Path(__file__).parent / "nowhere")


class UnspeakableError(Exception):
    def __str__(self) -> str:
        raise SystemExit


def group() -> BaseException:
    kind: Any = vars(builtins)["ExceptionGroup"]  # from Python 3.11 on
    return kind("several", [ValueError("a"), KeyError("b")])


def fail(error: BaseException, cause: BaseException | None = None) -> None:
    raise error from cause


def fail_while_handling(error: BaseException, cause: BaseException | None = None) -> None:
    try:
        fail(KeyError("bbox"))
    except KeyError:
        if cause is None:
            raise error  # noqa: B904
        raise error from cause


def caught(function: Callable[[], Any]) -> BaseException:
    try:
        function()
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


# One line


@pytest.mark.parametrize(
    ("function", "line"),
    [
        (lambda: fail(ValueError("no box")), "ValueError: no box"),
        (lambda: fail(ValueError()), "ValueError"),
        (lambda: fail(KeyError("x")), "KeyError: 'x'"),
        (lambda: fail(ValueError("one\ntwo")), "ValueError: one …"),
        (lambda: fail(ValueError("a\nTraceback (most recent call last):\nKeyError: 1")), None),
        (lambda: fail(UnspeakableError()), "UnspeakableError: <exception str() failed>"),
        (lambda: fail(KeyboardInterrupt()), "KeyboardInterrupt"),
        (lambda: compile("x = (", "main.py", "exec"), "SyntaxError: '(' was never closed (main.py"),
        (
            lambda: fail(ValueError("no box"), KeyError("x")),
            "ValueError: no box (from KeyError: 'x')",
        ),
        (
            lambda: fail_while_handling(ValueError("no box")),
            "ValueError: no box (while handling KeyError: 'bbox')",
        ),
        (
            lambda: fail_while_handling(ValueError("no box"), TypeError("y")),
            "ValueError: no box (from TypeError: y)",
        ),
    ],
)
def test_headline_is_class_and_message_of_the_exception(
    function: Callable[[], Any], line: str | None
) -> None:
    assert describe_exception(caught(function), HERE).headline.startswith(line or "ValueError: a …")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="there are no groups of exceptions")
def test_headline_of_an_exception_group_lists_its_exceptions() -> None:
    error_text = "ExceptionGroup: several (2 sub-exceptions): ValueError: a; KeyError: 'b'"
    alone, behind = caught(lambda: fail(group())), caught(lambda: fail(ValueError("x"), group()))

    assert describe_exception(alone, HERE).headline == error_text
    assert describe_exception(alone, HERE).text.startswith(
        f"{error_text}\n\n  + Exception Group Traceback"
    )
    assert describe_exception(behind, HERE).headline == f"ValueError: x (from {error_text})"


def test_headline_omits_the_cause_if_a_library_raised_the_error() -> None:
    error = caught(lambda: fail(ValueError("no box"), KeyError("x")))

    assert describe_exception(error, ELSEWHERE).headline == "ValueError: no box"
    assert "KeyError: 'x'\n" in describe_exception(error, ELSEWHERE).text


def test_headline_is_one_line_of_bounded_length() -> None:
    error = caught(lambda: fail(ValueError("é" * 10_000), KeyError("x" * 10_000)))

    assert len(describe_exception(error, HERE).headline) == 1000
    assert describe_exception(error, HERE).headline.endswith("…")


def test_text_begins_with_the_headline_only_if_causes_come_first() -> None:
    alone, behind = (
        caught(lambda: fail(ValueError("x"))),
        caught(lambda: fail_while_handling(OSError())),
    )

    assert describe_exception(alone, HERE).text.startswith("Traceback (most recent call last):\n")
    lines = describe_exception(behind, HERE).text.splitlines()
    assert lines[:3] == [
        describe_exception(behind, HERE).headline,
        "",
        "Traceback (most recent call last):",
    ]
    assert lines[-1] == "OSError"


# In runs

WRAPS = """try:
            label["no such"]
        except KeyError as error:
            raise ValueError("no box\\nat all") from error"""
REFUSED = 'self.kili.send_back_to_queue(asset_ids=["nothing"])'
LOGGED = f"""try:
            {REFUSED}
        except Exception:
            self.logger.exception("not sent back")
            raise"""
MAIN = """
from kili.plugins import PluginCore


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        {}
"""
OLD = ("2.125.2", "2.128.2")
ISOLATIONS: dict[str, dict[str, Any]] = {
    "inline": {},
    "process": {"plugin_isolation": "process"},
    **{each: {"plugin_isolation": "process", "plugin_python": python_of(each)} for each in OLD},
}


@pytest.fixture(scope="module", params=ISOLATIONS)
def shared(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with fast_sdk(), Emulator(**ISOLATIONS[request.param]) as running:
        yield running


@pytest.fixture
def plugin_under_test(shared: Emulator, tmp_path: Path) -> Iterator[PluginUnderTest]:
    shared.reset()
    yield PluginUnderTest(shared, tmp_path / "plugin")
    shared.reset()


def run_once(plugin_under_test: PluginUnderTest, code: str) -> tuple[str, list[str]]:
    """Submit a label; return the run's error as the submit shows it, and the run's log."""
    plugin_under_test.save("main.py", MAIN.format(code))
    plugin_under_test.kili.upload_plugin(str(plugin_under_test.folder), NAME)
    plugin_under_test.activate()
    (error_text,) = plugin_under_test.emulator.submit(plugin_under_test.project, label=EASY)["runs"]
    (run,) = plugin_under_test.emulator.runs()
    assert run["headline"] == error_text["error"]
    assert run["error"] == plugin_under_test.log_texts()[-1]
    return error_text["error"], plugin_under_test.log_texts()


def test_run_error_is_the_raised_exception_with_its_cause(
    plugin_under_test: PluginUnderTest,
) -> None:
    error_text, (log,) = run_once(plugin_under_test, WRAPS)

    assert error_text == "ValueError: no box … (from KeyError: 'no such')"
    assert log.startswith(
        f'{error_text}\n\nTraceback (most recent call last):\n  File "main.py", line 8'
    )
    assert "KeyError: 'no such'\n\nThe above exception was the direct cause" in log
    assert log.endswith("\nValueError: no box\nat all")


def test_run_error_of_a_refused_call_is_the_sdk_exception(
    plugin_under_test: PluginUnderTest,
) -> None:
    error_text, (log,) = run_once(plugin_under_test, REFUSED)

    assert error_text.startswith("GraphQLError: ")
    assert "[accessDenied]" in error_text
    assert "TransportQueryError" not in error_text
    assert log.splitlines()[0] in (error_text, "Traceback (most recent call last):")
    assert log.splitlines()[-1].partition("GraphQLError")[2] == error_text.removeprefix(
        "GraphQLError"
    )


@pytest.mark.parametrize("shared", ["inline", "process"], indirect=True)
def test_logged_refusal_begins_with_the_sdk_exception(
    plugin_under_test: PluginUnderTest,
) -> None:
    error_text, (logged, log) = run_once(plugin_under_test, LOGGED)

    assert logged == f"not sent back\n{log}"
    assert "TransportQueryError" not in "".join(logged.splitlines()[:2])
    assert error_text in log or log.endswith(error_text.removeprefix("GraphQLError: "))


def test_errors_show_module_names_as_the_plugin_imports_them(
    plugin_under_test: PluginUnderTest,
) -> None:
    plugin_under_test.save("helpers.py", "class Own(Exception):\n    pass\n")
    error_text, (log,) = run_once(
        plugin_under_test, "import helpers; raise helpers.Own(helpers.Own.__module__)"
    )

    assert error_text == "Own: helpers"
    assert log.endswith("\nhelpers.Own: helpers")


def test_build_error_at_import_includes_the_cause(
    plugin_under_test: PluginUnderTest,
) -> None:
    top = "try:\n    {}['x']\nexcept KeyError as error:\n    raise ValueError('no') from error\n"
    plugin_under_test.save("helpers.py", top)
    plugin_under_test.save("main.py", "import helpers" + MAIN.format("pass"))
    with pytest.raises(Exception, match="error during the creation"):
        plugin_under_test.kili.upload_plugin(str(plugin_under_test.folder), NAME)

    (build_error,) = [
        each["content"] for each in json.loads(plugin_under_test.kili.get_plugin_build_errors(NAME))
    ]
    assert build_error.splitlines()[0] == "ValueError: no (from KeyError: 'x')"
    assert build_error.splitlines()[-1] == "ValueError: no"
