"""The fixture ``kili_cassette``: it records once, and answers from the cassette afterwards."""

from __future__ import annotations

import pytest

from tests.testing.conftest import UserTests

pytest_plugins = ["pytester"]

ONE_TEST = """
    import os
    from kili.client import Kili

    def test_projects(kili_cassette):
        recording = kili_cassette("cassettes/projects.yaml")
        title = os.environ.get("TITLE", "Fruit")
        kili = Kili(disable_tqdm=True)
        kili.create_project(input_type="TEXT", title=title, json_interface={"jobs": {}})
        print("REPLAY" if recording.is_replay else "RECORDED")
"""


def test_a_cassette_is_recorded_once_and_then_answers(user_tests: UserTests) -> None:
    user_tests.write(test_one=ONE_TEST)

    first, second = user_tests.run("-s"), user_tests.run("-s")

    first.assert_outcomes(passed=1)
    first.stdout.fnmatch_lines(["*RECORDED*"])
    assert (user_tests.folder / "cassettes" / "projects.yaml").is_file()
    second.assert_outcomes(passed=1)
    second.stdout.fnmatch_lines(["*REPLAY*"])


def test_mode_none_never_records(user_tests: UserTests) -> None:
    user_tests.write(test_one=ONE_TEST)

    result = user_tests.run("--kili-emulator-record=none")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*projects.yaml cannot be read*record it first*"])
    assert not (user_tests.folder / "cassettes").exists()


def test_mode_all_records_anew(user_tests: UserTests, monkeypatch: pytest.MonkeyPatch) -> None:
    user_tests.write(test_one=ONE_TEST)
    user_tests.run()
    monkeypatch.setenv("TITLE", "Vegetables")

    result = user_tests.run("--kili-emulator-record=all")

    result.assert_outcomes(passed=1)
    text = (user_tests.folder / "cassettes" / "projects.yaml").read_text()
    assert "title: Vegetables" in text
    assert "title: Fruit" not in text


def test_a_difference_fails_the_test_with_a_diff(
    user_tests: UserTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_tests.write(test_one=ONE_TEST)
    user_tests.run()
    monkeypatch.setenv("TITLE", "Vegetables")

    result = user_tests.run()

    assert result.ret == 1
    result.stdout.fnmatch_lines(["*title: Fruit", "*title: Vegetables"])


def test_requests_left_over_are_an_error(user_tests: UserTests) -> None:
    user_tests.write(test_one=ONE_TEST)
    user_tests.run()
    user_tests.write(
        test_one="""
        def test_projects(kili_cassette):
            kili_cassette("cassettes/projects.yaml")
        """
    )

    result = user_tests.run()

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*recorded requests were not sent:", "*- createProject"])


def test_the_fixtures_emulator_can_be_recorded(user_tests: UserTests) -> None:
    user_tests.write(
        test_one="""
        from kili.client import Kili

        def test_projects(kili_env, kili_cassette):
            kili_cassette("one.yaml")
            assert Kili(disable_tqdm=True).count_projects() == 1

        def test_environment_is_restored(kili_env, kili_emulator):
            import os
            assert os.environ["KILI_API_ENDPOINT"] == kili_emulator.endpoint
        """
    )

    user_tests.run().assert_outcomes(passed=2)

    assert (user_tests.folder / "one.yaml").is_file()


def test_the_environment_is_as_before_after_a_recording(user_tests: UserTests) -> None:
    user_tests.write(
        test_one="""
        import os, threading
        from kili.client import Kili

        before = dict(os.environ)
        threads = set(threading.enumerate())

        def test_one(kili_cassette):
            kili_cassette("one.yaml")
            Kili(disable_tqdm=True).count_projects()

        def test_two():
            ours = {name for name in os.environ if name.startswith("KILI_") or name == "NO_PROXY"}
            assert ours == {n for n in before if n.startswith("KILI_") or n == "NO_PROXY"}
            new = set(threading.enumerate()) - threads
            assert not [each for each in new if each.name == "http stop"]
        """
    )

    user_tests.run().assert_outcomes(passed=2)


def test_an_unknown_mode_in_the_configuration_is_a_usage_error(user_tests: UserTests) -> None:
    user_tests.write(test_one=ONE_TEST)
    (user_tests.folder / "pytest.ini").write_text("[pytest]\nkili_emulator_record = sometimes\n")

    result = user_tests.run()

    result.stdout.fnmatch_lines(["*kili_emulator_record is 'sometimes'*once, none, all*"])
