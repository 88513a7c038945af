"""Calls to other servers are refused, and code with its own client reaches the emulator."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from kili_emulator.testing import endpoint_guard
from tests.kit.sdk_process import SdkProcess
from tests.kit.server_under_test import RemoteWorld
from tests.testing.conftest import UserTests

pytest_plugins = "pytester"

REMOTE = "https://cloud.kili-technology.com/api/label/v2/graphql"


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the variables of a developer who works with the real platform."""
    monkeypatch.setenv("KILI_API_ENDPOINT", REMOTE)
    monkeypatch.setenv("KILI_API_KEY", "a-real-key")


def test_a_client_of_production_fails_the_test(user_tests: UserTests, production: None) -> None:
    user_tests.write(
        test_it="""
from kili.client import Kili

def test_it(kili):
    try:
        Kili()
    except Exception:
        pass  # code that hides errors does not hide this one
"""
    )
    result = user_tests.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(f"E *called at {REMOTE}, which is no*uses the fixture 'kili'*")
    result.stdout.fnmatch_lines("*kili_env*--kili-emulator-allow-remote")


def test_a_fixture_of_the_user_with_the_same_name_is_not_guarded(
    user_tests: UserTests, remote_world: RemoteWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in remote_world.environment().items():
        monkeypatch.setenv(name, value)
    user_tests.write(
        test_it="""
import pytest
from kili.client import Kili

def test_guarded(kili_emulator):
    with pytest.raises(pytest.fail.Exception, match="'kili_emulator'"):
        Kili()

class TestOwn:
    @pytest.fixture
    def kili(self):
        return Kili()

    def test_own(self, kili):
        assert kili.count_projects() == 1
"""
    )
    user_tests.run("-p", "no:randomly").assert_outcomes(passed=2)


def test_a_client_that_was_made_before_is_refused_too(
    user_tests: UserTests, remote_world: RemoteWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in remote_world.environment().items():
        monkeypatch.setenv(name, value)
    user_tests.write(
        test_it="""
import pytest
from kili.client import Kili

kili = Kili()  # of an emulator in another process

def test_refused(kili_emulator):
    with pytest.raises(pytest.fail.Exception, match="'kili_emulator'"):
        kili.count_projects()

def test_outside_of_the_fixtures():
    assert kili.count_projects() == 1

def test_subscription(kili_emulator):
    with pytest.raises(pytest.fail.Exception, match="ws://.*/graphql"):
        kili.label_created_or_updated("p", lambda *_: None)
"""
    )
    user_tests.run("-p", "no:randomly").assert_outcomes(passed=3)


def test_other_emulators_and_other_servers_can_be_called(user_tests: UserTests) -> None:
    user_tests.write(
        test_it="""
import http.server, threading
import requests
from kili_emulator import Emulator

def test_it(kili):
    with Emulator() as other:
        assert other.client().count_projects() == 1
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        answer = requests.get(f"http://127.0.0.1:{server.server_port}/", timeout=5)
        thread.join()
    assert answer.status_code == 200
"""
    )
    user_tests.run().assert_outcomes(passed=1)


@pytest.mark.parametrize("way", ["option", "ini"])
def test_an_option_allows_other_endpoints(user_tests: UserTests, way: str) -> None:
    user_tests.write(
        test_it="""
import pytest, requests

def test_it(kili):
    with pytest.raises(requests.ConnectionError):
        requests.post("http://127.0.0.1:1/api/label/v2/graphql", timeout=5)
"""
    )
    assert user_tests.run().ret == 1
    option = ["--kili-emulator-allow-remote"]
    if way == "ini":
        (user_tests.folder / "pytest.ini").write_text(
            "[pytest]\nkili_emulator_allow_remote = true\n"
        )
        option = []
    user_tests.run(*option).assert_outcomes(passed=1)


def test_the_guard_meets_each_generation_of_the_sdk(
    sdk: SdkProcess, remote_world, tmp_path: Path
) -> None:
    session = sdk.session(env=remote_world.environment())
    session.run("from kili.client import Kili\nkili = Kili()").checked()
    guard = Path(endpoint_guard.__file__).read_text(encoding="utf-8")
    session.run(guard).checked()
    code = """
    def refuse(url):
        raise AssertionError(f"refused {url}")

    def outcome(call):
        with guard_endpoints(lambda: ["http://127.0.0.1:1"], refuse):
            try:
                call()
            except BaseException as error:
                return str(error)
        return "passed"

    found = [
        outcome(Kili),
        outcome(lambda: kili.count_projects()),
        outcome(lambda: kili.label_created_or_updated("p", lambda *_: None)),
    ]
    """
    session.run(textwrap.dedent(code)).checked()
    found = session.run("found").checked().value
    assert all("refused" in each and "/api/label/" in each for each in found), found
    assert session.run("kili.count_projects()").checked().value == 1


def test_code_with_its_own_client_runs_unchanged(user_tests: UserTests, production: None) -> None:
    user_tests.write(
        script="""
import sys
from kili.client import Kili

def main():
    return Kili().count_projects(), Kili().kili_api_gateway.get_current_user(["email"])["email"]

if __name__ == "__main__":
    print(main()[0])
""",
        test_it="""
import os, subprocess, sys
from pathlib import Path
import script

CACHE = Path.home() / ".cache"

def test_in_this_process(kili_env):
    count, admin = script.main()
    kili_env.use("labeler")
    assert count == 1
    assert admin != script.main()[1]
    assert os.environ["KILI_API_KEY"] == kili_env.variables["KILI_API_KEY"] == "emulator-labeler"
    assert not CACHE.exists()

def test_in_another_process(kili_env):
    done = subprocess.run([sys.executable, "script.py"], capture_output=True, text=True)
    assert done.stdout == "1\\n", done.stderr
    assert list(CACHE.rglob("*.graphql"))

def test_nothing_is_left():
    assert not CACHE.exists()
    assert os.environ["KILI_API_KEY"] == "a-real-key"
    assert "cloud" in os.environ["KILI_API_ENDPOINT"]
""",
    )
    user_tests.run("-p", "no:randomly").assert_outcomes(passed=3)


def test_the_environment_is_that_of_the_scenario(user_tests: UserTests) -> None:
    user_tests.write(
        test_it="""
import os, pytest

@pytest.mark.kili_scenario({
    "organization": {"name": "O"},
    "users": [{"key": "boss", "email": "b@example.com", "firstname": "B", "lastname": "B",
               "organizationRole": "ADMIN"}],
})
def test_it(kili_env):
    assert os.environ["KILI_API_KEY"] == "emulator-boss"
    with pytest.raises(KeyError, match="no key is named 'labeler'; there are: boss"):
        kili_env.use("labeler")
"""
    )
    user_tests.run().assert_outcomes(passed=1)
