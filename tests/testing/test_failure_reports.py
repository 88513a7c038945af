"""A failed test says what its plugins did; failures of plugins are log records."""

from __future__ import annotations

import re

import pytest

from kili_emulator import replay_bundle
from tests.testing.conftest import UserTests

pytest_plugins = "pytester"

# A plugin, and functions that upload and call it.
SUPPORT = '''
import pathlib

PLUGIN = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        BODY
"""

def install(kili, body, name="Judge", source=PLUGIN):
    pathlib.Path("judge.py").write_text(source.replace("BODY", body))
    project = kili.projects(fields=["id"])[0]["id"]
    kili.upload_plugin("judge.py", name)
    kili.activate_plugin_on_project(name, project_id=project)
    return project

def submit(kili, project):
    asset = kili.assets(project, fields=["id"], first=1)[0]["id"]
    kili.append_labels([asset], [{"JOB_0": {"annotations": []}}], label_type="DEFAULT")
'''


def test_a_failed_test_shows_the_runs_of_plugins(user_tests: UserTests) -> None:
    user_tests.write(
        support=SUPPORT,
        test_it="""
from support import install, submit

def test_it(kili):
    project = install(kili, "print('looks at', len(asset_id) > 0); label['no such member']")
    submit(kili, project)
    assert kili.count_issues(project) == 5
""",
    )
    result = user_tests.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- Kili Emulator -*",
            "run * of plugin 'Judge' #1, onSubmit: FAILED after * ms: KeyError: 'no such member'",
            "  | info: looks at True",
            "  | error: Traceback (most recent call last):",
            '  |   File "*", line 6, in on_submit',
            "  | KeyError: 'no such member'",
        ]
    )


def test_a_failed_setup_shows_a_failed_build(user_tests: UserTests) -> None:
    user_tests.write(
        support=SUPPORT,
        test_it="""
import pytest
from support import PLUGIN, install

@pytest.fixture
def project(kili):
    return install(kili, "pass", source="[][1]\\n" + PLUGIN)

def test_it(project):
    pass
""",
    )
    result = user_tests.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "*- Kili Emulator -*",
            "plugin 'Judge' #1 could not be built:",
            "  | Traceback (most recent call last):",
            "  | IndexError: list index out of range",
        ]
    )


def test_the_section_is_bounded(user_tests: UserTests) -> None:
    user_tests.write(
        support=SUPPORT,
        test_it="""
from support import install, submit

def test_it(kili):
    project = install(kili, "print('x' * 5000); [print(n) for n in range(100)]")
    for _ in range(15):
        submit(kili, project)
    assert False
""",
    )
    result = user_tests.run("--kili-emulator-report-lines=40")
    lines = result.stdout.lines
    start = next(n for n, each in enumerate(lines) if "- Kili Emulator -" in each)
    section = lines[start + 1 : next(n for n, each in enumerate(lines) if "short test" in each)]
    assert len(section) == 40
    assert max(map(len, section)) <= 310
    result.stdout.fnmatch_lines(
        ["15 runs, of which these are the last 10:", "  | … (96 lines before)", "  | info: 99"]
    )


@pytest.mark.parametrize("option", ["--kili-emulator-report-lines=0", ""])
def test_tests_without_the_emulator_have_no_section(user_tests: UserTests, option: str) -> None:
    argument = "kili" if option else ""
    user_tests.write(
        test_it=f"""
def test_before(kili):
    kili.count_projects()

def test_it({argument}):
    assert False
"""
    )
    result = user_tests.run("-p", "no:randomly", *filter(None, [option]))
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.no_fnmatch_line("*- Kili Emulator -*")


def test_failures_of_plugins_are_log_records(user_tests: UserTests) -> None:
    user_tests.write(
        support=SUPPORT,
        test_it="""
import logging
import pathlib
import pytest
from support import PLUGIN, install, submit

NAME = "kili_emulator.plugins"

def records(caplog):
    return [each for each in caplog.record_tuples if each[0] == NAME]

def test_run(kili, caplog):
    submit(kili, install(kili, "label['absent']"))
    ((_, level, text),) = records(caplog)
    assert level == logging.WARNING
    assert text.startswith("plugin 'Judge': run ") and "KeyError: 'absent'" in text

def test_build(kili, caplog):
    with pytest.raises(Exception):
        install(kili, "pass", source="1 / 0\\n" + PLUGIN)
    ((_, level, text),) = records(caplog)
    assert level == logging.WARNING
    assert "the build of version 1 failed: ZeroDivisionError" in text

def test_link(kili, kili_emulator, caplog):
    pathlib.Path("judge.py").write_text("1 / 0\\n" + PLUGIN)
    kili_emulator.plugins.link("Judge", "judge.py")
    ((_, level, text),) = records(caplog)
    assert level == logging.WARNING
    assert "ZeroDivisionError" in text

def test_success(kili, caplog):
    submit(kili, install(kili, "pass"))
    assert records(caplog) == []
""",
    )
    user_tests.run().assert_outcomes(passed=4)


def test_a_failed_test_shows_the_last_api_calls(user_tests: UserTests) -> None:
    user_tests.write(
        support=SUPPORT,
        test_it="""
from support import install, submit

def test_before(kili):
    kili.count_projects()

def test_it(kili, kili_labeler):
    project = install(kili, "self.kili.count_projects()")
    submit(kili, project)
    for _ in range(10):
        kili.count_assets(project)
    kili_labeler.delete_project(project)
""",
    )
    result = user_tests.run("-p", "no:randomly")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- Kili Emulator -*",
            "the last 10 of * API calls:",
            "  | * Query.countAssets: ok (* ms)",
            "  | * Mutation.deleteProjectAsynchronously: error (* ms)",
            "  |     *needs the role ADMIN*",
        ]
    )


FAILING = """
import pytest
from support import install, submit

@pytest.mark.parametrize("name", ["a", "b c"])
def test_it(kili, name):
    submit(kili, install(kili, "label['no such member']"))
    assert name == "passes"

def test_with_a_failure_that_is_expected(kili):
    submit(kili, install(kili, "label['no such member']"))

def test_without_a_run(kili):
    assert kili.count_projects() == 0
"""


def test_the_failed_runs_of_failed_tests_are_kept_as_bundles(user_tests: UserTests) -> None:
    user_tests.write(support=SUPPORT, test_it=FAILING)
    result = user_tests.run("--kili-emulator-bundles=kept/bundles")
    result.assert_outcomes(failed=3, passed=1)
    names = sorted(path.name for path in (user_tests.folder / "kept" / "bundles").iterdir())
    assert [re.sub("-[0-9a-f]{8}-", "-<sum>-", name) for name in names] == [
        "test_it.py.test_it-a-1.zip",
        "test_it.py.test_it-b_c-<sum>-1.zip",
    ]
    for name in names:
        view = replay_bundle(user_tests.folder / "kept" / "bundles" / name)
        assert view["isSame"], view
        assert view["outcome"] == "FAILED"
    result.stdout.fnmatch_lines(["run *: repeat it with `kili-emulator bundle run *-a-1.zip`"])


def test_the_folder_for_bundles_can_be_in_the_configuration(user_tests: UserTests) -> None:
    user_tests.write(support=SUPPORT, test_it=FAILING)
    (user_tests.folder / "pytest.ini").write_text("[pytest]\nkili_emulator_bundles = kept\n")
    result = user_tests.run("test_it.py::test_it[a]", "--kili-emulator-report-lines=0")
    result.assert_outcomes(failed=1)
    assert len(list((user_tests.folder / "kept").iterdir())) == 1


def test_a_folder_for_bundles_that_cannot_be_used_is_named(user_tests: UserTests) -> None:
    user_tests.write(support=SUPPORT, test_it=FAILING)
    result = user_tests.run("test_it.py::test_it[a]", "--kili-emulator-bundles=support.py")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["run *: no bundle: *support.py*"])
