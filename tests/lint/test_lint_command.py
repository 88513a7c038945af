"""The command ``kili-emulator lint``, and ``lint_plugin`` in Python."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kili_emulator.cli import main
from kili_emulator.lint.catalogue import RULES
from kili_emulator.testing.lint import Finding, LintError, lint_plugin
from tests.kit.sdk_environments import python_of

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "plugins"
HANDLER = """\
from kili.plugins import PluginCore


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        pass
"""
WARNED = HANDLER.replace("pass", "self.kili.archive_project(self.project_id)")
WRONG = HANDLER.replace("pass", "input()")
NO_SUCH = "no-such-package\n"


@pytest.fixture
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, source in (("good", HANDLER), ("warned", WARNED), ("wrong", WRONG)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.py").write_text(source)
    (tmp_path / "noted").mkdir()
    (tmp_path / "noted" / "main.py").write_text(f"import no_such_package\n{HANDLER}")
    (tmp_path / "noted" / "requirements.txt").write_text(NO_SUCH)
    return tmp_path


def run(*arguments: str, status: int = 0, **environment: str) -> Result:
    done = CliRunner().invoke(main, ["lint", *arguments], env=environment)
    assert done.exit_code == status, done.output
    return done


# The command


@pytest.mark.parametrize(
    ("plugins", "options", "status", "summary"),
    [
        (["good"], [], 0, "nothing found"),
        (["warned"], [], 0, "1 warning"),
        (["warned"], ["--strict"], 1, "1 warning"),
        (["noted"], [], 0, "1 note"),
        (["noted"], ["--strict"], 0, "1 note"),
        (["wrong", "warned", "noted"], [], 1, "1 error, 1 warning and 1 note"),
        (["noted", "noted"], ["--strict"], 0, "2 notes"),
        (["wrong"], [], 1, "1 error"),
        (["wrong", "warned", "good", "wrong"], [], 1, "2 errors and 1 warning"),
        (["warned"], ["--strict", "--ignore", "KP821"], 0, "nothing found"),
        (["warned", "wrong"], ["--ignore", "kp8", "--ignore", "KP701"], 0, "nothing found"),
    ],
)
def test_exit_status_depends_on_the_severities(
    working_folder: Path, plugins: list[str], options: list[str], status: int, summary: str
) -> None:
    assert run(*plugins, *options, status=status).stdout.splitlines()[-1] == summary


def test_finding_has_place_reason_and_remedy(working_folder: Path) -> None:
    path = str(Path("wrong", "main.py"))

    assert run("wrong", status=1).stdout == (
        f"{path}:6: error KP701: input waits for input that never comes\n"
        "    read the value from the label, the asset or the project\n"
        "1 error\n"
    )


def test_plugin_may_be_a_file_or_a_folder(working_folder: Path) -> None:
    path = str(Path("wrong", "main.py"))
    (working_folder / "other.py").write_text(WRONG)

    assert run(path, status=1).stdout == run("wrong", status=1).stdout
    assert run("other.py", status=1).stdout.startswith("other.py:6: error KP701")


def test_json_format_has_all_findings(working_folder: Path) -> None:
    assert json.loads(run("good", "--format", "json").stdout) == []
    assert json.loads(run("wrong", "warned", "--format", "json", status=1).stdout) == [
        {
            "file": str(Path("wrong", "main.py")),
            "line": 6,
            "code": "KP701",
            "severity": "error",
            "reason": "input waits for input that never comes",
            "remedy": "read the value from the label, the asset or the project",
        },
        {
            "file": str(Path("warned", "main.py")),
            "line": 6,
            "code": "KP821",
            "severity": "warning",
            "reason": "archive_project removes the project on which the plugin runs",
            "remedy": "let a person or a script do it",
        },
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give the file or folder of a plugin"),
        (["missing"], "missing does not exist: give a .py file, or a folder with a main.py"),
        (["missing.py"], "missing.py cannot be read: No such file or directory"),
        (["notes.txt"], "notes.txt is not a plugin: give a .py file, or a folder with a main.py"),
        (["good", "missing"], "missing does not exist"),
        (["good", "--ignore", "E501"], "unknown rule E501: use a code from KP101 to KP908"),
        (["--explain", "KP999"], "unknown rule KP999"),
        (["good", "--format", "xml"], "'xml' is not one of"),
        (["good", "--plugin-policy", "moon"], "'moon' is not one of"),
    ],
)
def test_unusable_argument_is_a_usage_error(
    working_folder: Path, arguments: list[str], said: str
) -> None:
    (working_folder / "notes.txt").write_text("")

    assert said in run(*arguments, status=2).output


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.symlink_to("nowhere"),
        lambda path: path.mkdir(),
    ],
    ids=["link to nothing", "folder"],
)
def test_unreadable_python_file_is_a_usage_error(
    working_folder: Path, make: Callable[[Path], None]
) -> None:
    make(working_folder / "good" / "helpers.py")

    assert f"{Path('good', 'helpers.py')} cannot be read: " in run("good", status=2).output


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes in folders")
@pytest.mark.parametrize("make", [os.mkfifo, link_to_a_device, link_to_itself])
def test_endless_python_file_is_a_usage_error(
    working_folder: Path, make: Callable[[Path], None]
) -> None:
    make(working_folder / "endless.py")
    make(working_folder / "good" / "helpers.py")
    make(working_folder / "warned" / "requirements.txt")

    said = run("good", status=2).output
    assert f"{Path('good', 'helpers.py')} cannot be read: " in said
    assert "endless.py cannot be read: " in run("endless.py", status=2).output
    assert "1 warning" in run("warned").output


def test_folder_that_contains_itself_is_read_once(working_folder: Path) -> None:
    (working_folder / "wrong" / "again").symlink_to(working_folder / "wrong")

    assert "1 error\n" in run("wrong", status=1).output


def test_policy_comes_from_options_and_environment(working_folder: Path) -> None:
    (working_folder / "good" / "main.py").write_text(f"import requests\n{HANDLER}")

    assert "nothing found" in run("good").stdout
    for done in (
        run("good", "--plugin-policy", "tutorial", status=1),
        run("good", status=1, KILI_EMULATOR_PLUGIN_POLICY="tutorial"),
    ):
        assert "KP301: requests cannot be imported: the tutorial's plugins" in done.stdout


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_explains_each_rule(rule: object) -> None:
    code = rule.code  # type: ignore[attr-defined]
    said = run("--explain", code.lower()).stdout

    assert said.startswith(f"{code} (")
    assert len(said.splitlines()) == 3


def test_compares_with_the_sdk_of_the_plugin_environment() -> None:
    settings = {"KILI_EMULATOR_PLUGIN_ISOLATION": "process"}
    old = {**settings, "KILI_EMULATOR_PLUGIN_PYTHON": str(python_of("2.128.2"))}
    tutorial = str(EXAMPLES / "tutorial")

    assert "append_to_issues is deprecated in the SDK 26.2.4" in run(tutorial).stdout
    assert run(tutorial, **old).stdout.splitlines()[-1] == "1 warning"
    none = {**settings, "KILI_EMULATOR_PLUGIN_PYTHON": str(EXAMPLES / "no-python")}
    assert "cannot be run" in run(tutorial, status=2, **none).output


# In Python


def codes(folder: Path, **options: str) -> list[tuple[str, int, str]]:
    found = lint_plugin(folder, **options)  # type: ignore[arg-type]
    return [(Path(each.file).name, each.line, each.code) for each in found]


def test_lint_plugin_returns_findings(working_folder: Path) -> None:
    (finding,) = lint_plugin("wrong")

    assert isinstance(finding, Finding)
    assert (finding.code, finding.line, finding.severity) == ("KP701", 6, "error")
    with pytest.raises(LintError, match="does not exist"):
        lint_plugin("missing")


def test_example_plugins_have_no_errors() -> None:
    found = {
        each.name: [(finding.code, finding.line, finding.severity) for finding in lint_plugin(each)]
        for each in EXAMPLES.iterdir()
        if (each / "main.py").exists()
    }

    assert found.pop("tutorial") == [("KP905", 2, "warning"), ("KP902", 22, "warning")]
    assert all(severity != "error" for each in found.values() for *_, severity in each)
    assert found["bbox_count"] == []


def test_does_not_run_the_plugin(working_folder: Path) -> None:
    main = working_folder / "good" / "main.py"
    main.write_text(f"open('ran', 'w').close()\nimport helpers\n{HANDLER}")
    (working_folder / "good" / "helpers.py").write_text("open('ran', 'w').close()")

    assert [code for *_, code in codes(working_folder / "good")] == ["KP402", "KP402"]
    assert not (working_folder / "ran").exists()
    assert not {"helpers", "main"} & sys.modules.keys()


def test_skips_files_in_python_environments(working_folder: Path) -> None:
    packages = working_folder / "good" / ".venv" / "lib"
    packages.mkdir(parents=True)
    (packages.parent / "pyvenv.cfg").write_text("")
    (packages / "broken.py").write_text("def f(")

    assert codes(working_folder / "good") == [("main.py", 1, "KP109")]


def test_knows_the_names_of_files_that_are_not_uploaded(working_folder: Path) -> None:
    (working_folder / "good" / "main.py").write_text(HANDLER.replace("pass", "print('prices.csv')"))
    assert codes(working_folder / "good") == []
    (working_folder / "good" / "prices.csv").write_text("")
    assert codes(working_folder / "good") == [("main.py", 6, "KP603")]
    assert codes(working_folder / "good" / "main.py") == []
