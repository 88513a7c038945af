"""``make audit`` audits each package that the emulator needs, and no other package."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

import pytest

from tools import audit


def test_requirements_of_requirements_are_audited_in_their_installed_versions() -> None:
    pins = audit.pinned_requirements()
    for name in ("flask", "werkzeug", "jinja2", "markupsafe", "graphql-core", "kili", "requests"):
        assert f"{name}=={version(name)}" in pins
    assert len(pins) == len(set(pins))


def test_extras_that_the_emulator_asks_for_are_audited() -> None:
    assert any(pin.startswith("websockets==") for pin in audit.pinned_requirements())


def test_the_emulator_and_the_tools_of_developers_are_not_audited() -> None:
    names = {pin.partition("==")[0] for pin in audit.pinned_requirements()}
    assert not names & {"kili-emulator", "pytest", "hypothesis", "ruff", "mypy"}


@pytest.mark.skipif(os.name == "nt", reason="the program is a script")
def test_result_and_options_of_pip_audit_are_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, log = tmp_path / "pip-audit", tmp_path / "log"
    program.write_text(f'#!/bin/sh\necho "$@" > {log}\ncat "$2" >> {log}\nexit 7\n')
    program.chmod(0o755)
    monkeypatch.setattr(audit, "install_pip_audit", lambda: program)
    assert audit.main(["--format", "json"]) == 7
    command, *pins = log.read_text().splitlines()
    assert "--strict" in command
    assert command.endswith("--format json")
    assert pins == audit.pinned_requirements()
