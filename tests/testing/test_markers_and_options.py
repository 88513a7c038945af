"""Markers and options choose the emulator of a test; a wrong one is a usage error."""

from __future__ import annotations

import pytest

from tests.testing.conftest import UserTests

pytest_plugins = "pytester"

SCENARIO = """\
organization: {name: Test}
users:
  - {key: admin, email: admin@example.com, firstname: A, lastname: A, organizationRole: ADMIN}
"""


def test_markers_choose_the_emulator_of_a_test(user_tests: UserTests) -> None:
    (user_tests.folder / "mine.yaml").write_text(SCENARIO)
    user_tests.write(
        test_it="""
import pytest

@pytest.fixture(scope="module")
def project(kili_client):
    kili_client().create_project(input_type="IMAGE", json_interface={}, title="Mine")

def settings(emulator):
    return emulator.platform.settings

def test_default(kili, kili_emulator):
    assert kili.count_projects() == 1
    assert (settings(kili_emulator).seed, settings(kili_emulator).plugin_timeout) == (0, 60)

@pytest.mark.kili_scenario("mine.yaml")
@pytest.mark.kili_seed(7)
@pytest.mark.kili_settings(plugin_timeout=5)
def test_all(kili, kili_emulator, project):
    assert kili.count_projects() == 1
    assert (settings(kili_emulator).seed, settings(kili_emulator).plugin_timeout) == (7, 5)
    assert len(kili_emulator.world.view.users.all()) == 1

@pytest.mark.kili_settings(plugin_timeout=5, workflow="V1")
class TestClass:
    @pytest.mark.kili_settings(plugin_timeout=6)
    @pytest.mark.parametrize("number", [1, 2])
    def test_nearest_wins(self, kili_emulator, number):
        assert settings(kili_emulator).plugin_timeout == 6
        assert settings(kili_emulator).workflow == "V1"

@pytest.mark.kili_scenario("empty")
def test_built_in(kili):
    assert kili.count_projects() == 0

def test_default_again(kili, project):
    assert kili.count_projects() == 2
"""
    )
    result = user_tests.run("-v", "--strict-markers")
    result.assert_outcomes(passed=6)
    if hasattr(pytest, "HIDDEN_PARAM"):
        result.stdout.fnmatch_lines("test_it.py::test_built_in PASSED*")


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("kili_scenario()", "give a path, a name or a dictionary, and nothing else; found ()"),
        ("kili_scenario('absent.yaml')", "there is no file *absent.yaml: the path is relative to"),
        ("kili_scenario('defalt')", "there is no scenario 'defalt' (there are: default, empty*"),
        ("kili_seed('seven')", "give a whole number, and nothing else; found ('seven')"),
        ("kili_seed(True)", "give a whole number"),
        ("kili_settings(5)", "give settings by name, such as plugin_timeout=5"),
        ("kili_settings(plugin_timout=5)", "*no setting 'plugin_timout': did you mean plugin_ti*"),
        ("kili_settings(plugin_timeout='x')", "*plugin_timeout = 'x' is not of type float"),
        ("kili_settings(seed=5)", "'seed' has a marker of its own: use kili_seed"),
        ("kili_frozen('noon')", "'noon' is no time: give a time such as '2026-01-05T09:00:00Z'"),
        ("kili_faults()", "give a target and an effect, such as 'createIssues', status=503"),
        ("kili_faults('createIssue', status=503)", "*createIssues*"),
        ("kili_faults('createIssues', status=200)", "*status*"),
        ("kili_sede(7)", "there is no marker of this name: did you mean kili_seed?"),
    ],
)
def test_a_wrong_marker_is_a_usage_error(user_tests: UserTests, marker: str, message: str) -> None:
    user_tests.write(
        test_it=f"""
import pytest

@pytest.mark.{marker}
def test_it(kili):
    pass
"""
    )
    result = user_tests.run("-W", "ignore")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    name = marker.partition("(")[0]
    result.stderr.fnmatch_lines(f"ERROR: test_it.py::test_it: {name}: {message}*")


def test_a_marker_without_an_emulator_is_a_usage_error(user_tests: UserTests) -> None:
    user_tests.write(
        test_it="""
import unittest
import pytest

@pytest.mark.kili_seed(7)
def test_without():
    pass

@pytest.mark.kili_settings(plugin_timeout=5)
class TestCase(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def use(self, kili):
        pass

    def test_it(self):
        pass
""",
        test_module="""
import pytest

pytestmark = pytest.mark.kili_seed(7)

def test_without():
    pass

def test_with(kili):
    pass
""",
    )
    result = user_tests.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [
            "*test_it.py::test_without: kili_seed: *uses no fixture of the emulator*",
            "*::TestCase::test_it: kili_settings: *unittest*kili_emulator_options*",
        ]
    )
    assert "test_module" not in result.stderr.str()


def test_a_marker_beside_an_own_session_fixture_is_a_usage_error(user_tests: UserTests) -> None:
    user_tests.write(
        conftest="""
import pytest
from kili_emulator import Emulator

@pytest.fixture(scope="session")
def kili_emulator_session():
    with Emulator("empty") as emulator:
        yield emulator
""",
        test_it="""
import pytest

def test_own(kili):
    assert kili.count_projects() == 0
    kili.create_project(input_type="IMAGE", json_interface={}, title="Mine")

def test_rolled_back(kili):
    assert kili.count_projects() == 0
""",
    )
    user_tests.run("-p", "no:randomly").assert_outcomes(passed=2)
    user_tests.write(
        test_it="""
import pytest

@pytest.mark.kili_seed(7)
def test_it(kili):
    pass
"""
    )
    result = user_tests.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("*kili_seed: *own `kili_emulator_session`*kili_emulator_options*")


@pytest.mark.parametrize("way", ["options", "ini", "fixture"])
def test_the_run_has_options(user_tests: UserTests, way: str) -> None:
    options = []
    if way == "options":
        options = ["--kili-emulator-scenario=empty", "--kili-emulator-seed=7"]
        options += ["--kili-emulator-setting=plugin-timeout=5"]
    elif way == "ini":
        (user_tests.folder / "empty.yaml").write_text(SCENARIO)
        (user_tests.folder / "pyproject.toml").write_text(
            "[tool.pytest.ini_options]\nkili_emulator_scenario = 'empty.yaml'\n"
            "kili_emulator_seed = 7\nkili_emulator_settings = ['plugin-timeout=5']\n"
        )
    else:
        user_tests.write(
            conftest="""
import pytest

@pytest.fixture(scope="session")
def kili_emulator_options():
    return {"scenario": "empty", "seed": 7, "plugin_timeout": 5}
"""
        )
    user_tests.write(
        test_it="""
import pytest

def test_it(kili, kili_emulator):
    assert kili.count_projects() == 0
    settings = kili_emulator.platform.settings
    assert (settings.seed, settings.plugin_timeout) == (7, 5)

@pytest.mark.kili_scenario("default")
def test_markers_win(kili, kili_emulator):
    assert kili.count_projects() == 1
    assert kili_emulator.platform.settings.seed == 7
"""
    )
    user_tests.run(*options).assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--kili-emulator-seed=x", "*'x' is no whole number: give one, such as 7*"),
        ("--kili-emulator-setting=plugin-timeout", "*'plugin-timeout' has no value*name=value*"),
        ("--kili-emulator-setting=plugin-timout=1", "*'plugin_timout': did you mean plugin_time*"),
        ("--kili-emulator-report-lines=many", "*'many' is no whole number*"),
    ],
)
def test_a_wrong_option_is_a_usage_error(user_tests: UserTests, option: str, message: str) -> None:
    user_tests.write(test_it="def test_it():\n    pass\n")
    result = user_tests.run(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(message)


def test_a_scenario_with_errors_is_reported_with_its_line(user_tests: UserTests) -> None:
    (user_tests.folder / "bad.yaml").write_text(SCENARIO.replace("ADMIN", "BOSS"))
    user_tests.write(
        test_it="""
import pytest

@pytest.mark.kili_scenario("bad.yaml")
def test_it(kili):
    pass
"""
    )
    result = user_tests.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines("*bad.yaml:3: users?0?.organizationRole: 'BOSS' is not one of*")


def test_markers_change_the_clock_and_add_faults(user_tests: UserTests) -> None:
    user_tests.write(
        test_it="""
import pytest

def created_at(kili):
    project = kili.create_project(input_type="TEXT", json_interface={"jobs": {}}, title="Mine")
    return kili.projects(project["id"], fields=["createdAt"])[0]["createdAt"]

@pytest.mark.kili_frozen("2027-01-05T09:00:00Z")
class TestClock:
    def test_it_stands_still(self, kili):
        assert created_at(kili) == "2027-01-05T09:00:00.000Z"

    @pytest.mark.kili_frozen("2027-02-05")
    def test_the_nearest_wins(self, kili, kili_emulator):
        kili_emulator.advance(hours=2)
        assert created_at(kili) == "2027-02-05T02:00:00.000Z"

@pytest.mark.kili_faults("countProjects", status=503, times=2)
@pytest.mark.kili_faults("projects", error="out of order", times=1)
def test_faults(kili, kili_emulator):
    assert kili.count_projects() == 1
    with pytest.raises(Exception, match="out of order"):
        kili.projects(fields=["id"])
    assert {each["target"]: each["fired"] for each in kili_emulator.faults.list()} == {
        "countProjects": 2, "projects": 1
    }

@pytest.mark.kili_faults("rate-limit")
def test_ready_made(kili, kili_emulator):
    assert [each["target"] for each in kili_emulator.faults.list()] == ["graphql"]

def test_neither(kili, kili_emulator):
    assert created_at(kili) < "2027"
    assert kili_emulator.faults.list() == []
"""
    )
    user_tests.run().assert_outcomes(passed=5)
