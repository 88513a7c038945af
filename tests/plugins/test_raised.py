"""What a plugin raised is told as it was raised: in runs, results, logs and build errors."""

from __future__ import annotations

import builtins
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator
from kili_emulator.plugins.guest.exception_text import raised
from kili_emulator.plugins.guest.tracebacks import Place
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.plugin_under_test import EASY, NAME, Workbench
from tests.kit.sdk_environments import python_of

HERE = Place(Path(__file__).parent)
ELSEWHERE = Place(Path(__file__).parent / "nowhere")


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
def test_headline_is_class_and_message_of_what_was_raised(
    function: Callable[[], Any], line: str | None
) -> None:
    assert raised(caught(function), HERE).headline.startswith(line or "ValueError: a …")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="there are no groups of exceptions")
def test_headline_of_a_group_tells_what_is_in_it() -> None:
    told = "ExceptionGroup: several (2 sub-exceptions): ValueError: a; KeyError: 'b'"
    alone, behind = caught(lambda: fail(group())), caught(lambda: fail(ValueError("x"), group()))

    assert raised(alone, HERE).headline == told
    assert raised(alone, HERE).text.startswith(f"{told}\n\n  + Exception Group Traceback")
    assert raised(behind, HERE).headline == f"ValueError: x (from {told})"


def test_cause_is_not_in_the_headline_where_a_library_raised_the_error() -> None:
    error = caught(lambda: fail(ValueError("no box"), KeyError("x")))

    assert raised(error, ELSEWHERE).headline == "ValueError: no box"
    assert "KeyError: 'x'\n" in raised(error, ELSEWHERE).text


def test_headline_is_one_line_of_bounded_length() -> None:
    error = caught(lambda: fail(ValueError("é" * 10_000), KeyError("x" * 10_000)))

    assert len(raised(error, HERE).headline) == 1000
    assert raised(error, HERE).headline.endswith("…")


def test_text_begins_with_the_headline_only_where_causes_come_first() -> None:
    alone, behind = (
        caught(lambda: fail(ValueError("x"))),
        caught(lambda: fail_while_handling(OSError())),
    )

    assert raised(alone, HERE).text.startswith("Traceback (most recent call last):\n")
    lines = raised(behind, HERE).text.splitlines()
    assert lines[:3] == [raised(behind, HERE).headline, "", "Traceback (most recent call last):"]
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
def bench(shared: Emulator, tmp_path: Path) -> Iterator[Workbench]:
    shared.reset()
    yield Workbench(shared, tmp_path / "plugin")
    shared.reset()


def run_once(bench: Workbench, code: str) -> tuple[str, list[str]]:
    """The error of a plugin's run as somebody sees it who submits a label; the lines of its log."""
    bench.save("main.py", MAIN.format(code))
    bench.kili.upload_plugin(str(bench.folder), NAME)
    bench.kili.activate_plugin_on_project(NAME, project_id=bench.project)
    (told,) = bench.emulator.submit(bench.project, label=EASY)["runs"]
    (run,) = bench.emulator.runs()
    assert run["headline"] == told["error"]
    assert run["error"] == bench.logs()[-1]
    return told["error"], bench.logs()


def test_run_is_listed_by_the_error_that_was_raised_and_its_cause(bench: Workbench) -> None:
    told, (log,) = run_once(bench, WRAPS)

    assert told == "ValueError: no box … (from KeyError: 'no such')"
    assert log.startswith(f'{told}\n\nTraceback (most recent call last):\n  File "main.py", line 8')
    assert "KeyError: 'no such'\n\nThe above exception was the direct cause" in log
    assert log.endswith("\nValueError: no box\nat all")


def test_refused_call_is_listed_as_the_error_of_the_sdk(bench: Workbench) -> None:
    told, (log,) = run_once(bench, REFUSED)

    assert told.startswith("GraphQLError: ")
    assert "[accessDenied]" in told
    assert "TransportQueryError" not in told
    assert log.splitlines()[0] in (told, "Traceback (most recent call last):")
    assert log.splitlines()[-1].partition("GraphQLError")[2] == told.removeprefix("GraphQLError")


@pytest.mark.parametrize("shared", ["inline", "process"], indirect=True)
def test_logged_refusal_begins_with_the_error_of_the_sdk(bench: Workbench) -> None:
    told, (logged, log) = run_once(bench, LOGGED)

    assert logged == f"not sent back\n{log}"
    assert "TransportQueryError" not in "".join(logged.splitlines()[:2])
    assert told in log or log.endswith(told.removeprefix("GraphQLError: "))


def test_names_of_the_plugins_own_classes_and_modules_are_those_it_knows(bench: Workbench) -> None:
    bench.save("helpers.py", "class Own(Exception):\n    pass\n")
    told, (log,) = run_once(bench, "import helpers; raise helpers.Own(helpers.Own.__module__)")

    assert told == "Own: helpers"
    assert log.endswith("\nhelpers.Own: helpers")


def test_error_at_import_is_told_with_its_cause_among_the_build_errors(bench: Workbench) -> None:
    top = "try:\n    {}['x']\nexcept KeyError as error:\n    raise ValueError('no') from error\n"
    bench.save("helpers.py", top)
    bench.save("main.py", "import helpers" + MAIN.format("pass"))
    with pytest.raises(Exception, match="error during the creation"):
        bench.kili.upload_plugin(str(bench.folder), NAME)

    (said,) = [each["content"] for each in json.loads(bench.kili.get_plugin_build_errors(NAME))]
    assert said.splitlines()[0] == "ValueError: no (from KeyError: 'x')"
    assert said.splitlines()[-1] == "ValueError: no"
