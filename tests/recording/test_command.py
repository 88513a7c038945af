"""The command ``kili-emulator record``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kili_emulator.cli import main

SCRIPT = """
import os, sys, requests
document = "query { viewer { email } }"
answer = requests.post(os.environ["KILI_API_ENDPOINT"], json={"query": document},
    headers={"Authorization": "X-API-Key: " + os.environ["KILI_API_KEY"]})
assert answer.json()["data"]["viewer"]["email"] == "admin@example.com", answer.text
sys.exit(int(os.environ.get("STATUS", "0")))
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KILI_API_ENDPOINT", raising=False)
    monkeypatch.delenv("KILI_API_KEY", raising=False)


def record(*options: str, script: str = SCRIPT) -> Result:
    return CliRunner().invoke(main, ["record", *options, "--", sys.executable, "-c", script])


def test_a_command_is_recorded_and_replayed() -> None:
    recorded, replayed = record(), record("--replay", "cassette.yaml")

    assert (recorded.exit_code, replayed.exit_code) == (0, 0), recorded.output + replayed.output
    assert "cassette.yaml: 1 requests recorded" in recorded.output
    assert replayed.output == ""


def test_the_status_of_the_command_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATUS", "7")
    recorded, replayed = record("-o", "a.yaml"), record("--replay", "a.yaml")

    assert (recorded.exit_code, replayed.exit_code) == (7, 7)
    assert "a.yaml: 1 requests recorded; the command ended with 7" in recorded.output


def test_a_difference_is_printed_and_has_status_1() -> None:
    record()

    result = record("--replay", "cassette.yaml", script=SCRIPT.replace("email }", "email id }"))

    assert result.exit_code == 1
    assert "The requests are not those of cassette.yaml:" in result.output
    assert "+document: query { viewer { email id } }" in result.output


def test_requests_left_over_have_status_1() -> None:
    record()

    result = record("--replay", "cassette.yaml", script="")

    assert result.exit_code == 1
    assert "1 recorded requests were not sent" in result.output
    assert "  - viewer" in result.output


def test_an_unknown_command_has_the_status_of_shells() -> None:
    result = CliRunner().invoke(main, ["record", "--", "no-such-command-1"])

    assert result.exit_code == 127
    assert "there is no command 'no-such-command-1'" in result.output
    assert not Path("cassette.yaml").exists()


@pytest.mark.parametrize("option", [("-o", "a.yaml"), ("--to", "http://127.0.0.1:9")])
def test_a_replay_refuses_options_of_recordings(option: tuple[str, str]) -> None:
    result = record("--replay", "cassette.yaml", *option)

    assert result.exit_code == 2
    assert "--replay only reads" in result.output


def test_a_missing_cassette_is_an_error() -> None:
    result = record("--replay", "no.yaml")

    assert result.exit_code == 1
    assert "no.yaml cannot be read" in result.output


def test_a_missing_folder_is_an_error_before_the_command_runs() -> None:
    result = record("-o", "no/a.yaml", script="open('has-run', 'w')")

    assert result.exit_code == 1
    assert "the folder of no/a.yaml does not exist" in result.output
    assert not Path("has-run").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_request_to_end_reaches_the_command_and_the_cassette_is_written() -> None:
    script = SCRIPT.replace("sys.exit", "print('ready', flush=True); sys.stdin.read(); sys.exit")
    command = [sys.executable, "-m", "kili_emulator", "record", "--", sys.executable, "-c", script]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 128 + signal.SIGTERM

    assert "request: viewer" in Path("cassette.yaml").read_text()
