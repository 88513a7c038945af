"""The fixtures: clients, rollbacks, and the states of fixtures of long scopes."""

from __future__ import annotations

import pytest

from tests.testing.conftest import UserTests

pytest_plugins = "pytester"

CREATE = """
import pytest

def create(kili, title="Mine"):
    return kili.create_project(input_type="IMAGE", json_interface={}, title=title)["id"]
"""


def test_each_test_has_the_content_of_the_scenario(user_tests: UserTests) -> None:
    user_tests.write(
        test_it=CREATE
        + """
@pytest.mark.parametrize("number", [1, 2])
def test_one(kili, kili_emulator, number):
    assert kili.count_projects() == 1
    create(kili)
    assert kili.count_projects() == 2
    assert kili is kili_emulator.client()

def test_session(kili_emulator, kili_emulator_session):
    assert kili_emulator is kili_emulator_session
"""
    )
    user_tests.run().assert_outcomes(passed=3)


def test_a_test_may_ask_for_the_emulator_by_name(user_tests: UserTests) -> None:
    user_tests.write(
        test_it=CREATE
        + """
@pytest.mark.parametrize("number", [1, 2])
def test_one(request, number):
    kili = request.getfixturevalue("kili")
    assert kili.count_projects() == 1
    create(kili)
"""
    )
    user_tests.run().assert_outcomes(passed=2)


def test_clients_of_each_role(user_tests: UserTests) -> None:
    user_tests.write(
        test_it="""
def email(kili):
    return kili.kili_api_gateway.get_current_user(["email"])["email"]

def test_roles(kili, kili_admin, kili_manager, kili_reviewer, kili_labeler, kili_client):
    assert kili is kili_admin
    roles = [kili_admin, kili_manager, kili_reviewer, kili_labeler]
    assert len({email(each) for each in roles}) == 4
    assert kili_client("labeler") is kili_labeler
"""
    )
    user_tests.run().assert_outcomes(passed=1)


def test_a_client_of_an_unknown_user_names_the_known_ones(user_tests: UserTests) -> None:
    user_tests.write(test_it="def test_it(kili_client):\n    kili_client('boss')\n")
    result = user_tests.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines("*no key is named 'boss'; there are: admin, labeler, manager*")


SCOPES = (
    CREATE
    + """
@pytest.fixture(scope="session", autouse=True)
def of_session(kili_client):
    create(kili_client(), "session")
    yield
    assert count(kili_client()) == 2

@pytest.fixture(scope="module")
def of_module(kili_client):
    create(kili_client(), "module")
    yield
    assert count(kili_client()) == 3

@pytest.fixture(scope="class")
def of_class(kili_client, of_module):
    create(kili_client(), "class")
    yield
    assert count(kili_client()) == 4

@pytest.fixture
def of_function(kili):
    create(kili, "function")
    yield
    create(kili, "teardown")

def count(kili):
    return kili.count_projects()
"""
)


@pytest.mark.parametrize("order", [[], ["--reverse"]])
def test_fixtures_of_long_scopes_keep_their_changes(
    user_tests: UserTests, order: list[str]
) -> None:
    user_tests.write(
        conftest=SCOPES
        + """
def pytest_addoption(parser):
    parser.addoption("--reverse", action="store_true")

def pytest_collection_modifyitems(config, items):
    if config.getoption("--reverse"):
        items.reverse()
""",
        test_one="""
import pytest
from conftest import count, create

class TestClass:
    @pytest.mark.parametrize("number", [1, 2])
    def test_all(self, kili, of_function, of_class, number):
        assert count(kili) == 5
        create(kili)

    def test_class(self, kili, of_class, kili_emulator):
        create(kili)
        kili_emulator.reset()
        assert count(kili) == 4

def test_module(kili, of_module):
    assert count(kili) == 3
    create(kili)

def test_module_and_function(kili, of_function, of_module):
    assert count(kili) == 4
""",
        test_two="""
from conftest import count

def test_session(kili):
    assert count(kili) == 2
""",
    )
    user_tests.run("-p", "no:randomly", *order).assert_outcomes(passed=6)


def test_a_fixture_that_asks_for_another_by_name_stays_above_it(user_tests: UserTests) -> None:
    user_tests.write(
        conftest=CREATE
        + """
@pytest.fixture(scope="session")
def of_session(kili_client):
    create(kili_client(), "session")

@pytest.fixture(scope="module")
def of_module(request, kili_client):
    request.getfixturevalue("of_session")
    create(kili_client(), "module")
""",
        test_one="def test_it(kili, of_module):\n    assert kili.count_projects() == 3\n",
        test_two="def test_it(kili, of_session):\n    assert kili.count_projects() == 2\n",
    )
    user_tests.run("-W", "error").assert_outcomes(passed=2)


def test_a_late_fixture_of_a_longer_scope_keeps_its_changes_with_a_warning(
    user_tests: UserTests,
) -> None:
    user_tests.write(
        conftest=CREATE
        + """
@pytest.fixture(scope="session")
def of_session(kili_client):
    create(kili_client(), "session")

@pytest.fixture(scope="module")
def of_module(kili_client):
    create(kili_client(), "module")
""",
        test_one="""
def test_first(kili, of_module):
    assert kili.count_projects() == 2

def test_second(kili, of_module, of_session):
    assert kili.count_projects() == 3
""",
        test_two="def test_it(kili, of_session):\n    assert kili.count_projects() == 3\n",
    )
    result = user_tests.run("-p", "no:randomly", "-W", "default")
    result.assert_outcomes(passed=3, warnings=1)
    result.stdout.fnmatch_lines(
        "*'of_module' stay in the emulator's world until 'of_session' ends*"
    )


def test_a_checkpoint_is_the_base_of_reset(user_tests: UserTests) -> None:
    user_tests.write(
        test_it=CREATE
        + """
def test_it(kili, kili_emulator):
    before = kili_emulator.mark()
    create(kili)
    with kili_emulator.checkpoint() as checkpoint:
        create(kili)
        kili_emulator.reset()
        assert kili.count_projects() == 2
        with pytest.raises(Exception, match="before the last checkpoint"):
            kili_emulator.reset(before)
        create(kili)
    assert kili.count_projects() == 2
    kili_emulator.reset()
    assert kili.count_projects() == 1
    kili_emulator.checkpoint()  # left open: it ends with the test
    create(kili)

def test_next(kili):
    assert kili.count_projects() == 1
"""
    )
    user_tests.run("-p", "no:randomly").assert_outcomes(passed=2)


@pytest.mark.parametrize("scope", ["session", "module", "class"])
def test_a_checkpoint_of_a_long_fixture_ends_with_it(user_tests: UserTests, scope: str) -> None:
    user_tests.write(
        test_it=CREATE
        + f"""
@pytest.fixture(scope="{scope}")
def base(kili_emulator):
    create(kili_emulator.client())
    kili_emulator.checkpoint()
    create(kili_emulator.client())

class TestClass:
    @pytest.mark.parametrize("number", [1, 2])
    def test_it(self, base, kili, kili_emulator, number):
        assert kili.count_projects() == 3
        create(kili)
        kili_emulator.reset()
        assert kili.count_projects() == 3
        create(kili)
"""
        + AFTER[scope]
    )
    user_tests.run("-p", "no:randomly").assert_outcomes(passed=3)


AFTER = {
    scope: f"""
def test_after(kili):
    assert kili.count_projects() == {count}
"""
    for scope, count in (("session", 3), ("module", 3), ("class", 1))
}


def test_a_failed_fixture_leaves_nothing(user_tests: UserTests) -> None:
    user_tests.write(
        conftest=CREATE
        + """
@pytest.fixture(scope="module")
def broken(kili_client):
    create(kili_client())
    raise ValueError("no")
""",
        test_one="def test_it(kili, broken):\n    pass\n",
        test_two="def test_it(kili):\n    assert kili.count_projects() == 1\n",
    )
    user_tests.run().assert_outcomes(errors=1, passed=1)


def test_unittest_cases_use_the_fixtures(user_tests: UserTests) -> None:
    user_tests.write(
        test_it="""
import unittest
import pytest
from kili.client import Kili

@pytest.mark.usefixtures("kili_env")
class TestCase(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def use_fixtures(self, kili, kili_emulator):
        self.kili, self.emulator = kili, kili_emulator

    def setUp(self):
        self.kili.create_project(input_type="IMAGE", json_interface={}, title="set up")

    def test_one(self):
        self.assertEqual(Kili().count_projects(), 2)

    def test_two(self):
        self.assertEqual(self.kili.count_projects(), 2)
"""
    )
    user_tests.run().assert_outcomes(passed=2)


def test_set_up_of_a_class_of_unittest_is_the_base_of_its_tests(user_tests: UserTests) -> None:
    user_tests.write(
        conftest="""
import pytest

@pytest.fixture(scope="session", autouse=True)
def _emulator(kili_emulator):
    pytest.emulator = kili_emulator
""",
        test_it="""
import unittest
import pytest

class TestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kili = pytest.emulator.client()
        cls.kili.create_project(input_type="IMAGE", json_interface={}, title="set up")

    def test_one(self):
        self.assertEqual(self.kili.count_projects(), 2)
        self.kili.create_project(input_type="IMAGE", json_interface={}, title="other")

    def test_two(self):
        self.assertEqual(self.kili.count_projects(), 2)

def test_after():
    assert pytest.emulator.client().count_projects() == 1
""",
    )
    user_tests.run("-p", "no:randomly").assert_outcomes(passed=3)
