"""``kili-emulator lint``, and the same in Python."""

from __future__ import annotations

import json
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
def test_status_tells_whether_there_are_errors(
    working_folder: Path, plugins: list[str], options: list[str], status: int, summary: str
) -> None:
    assert run(*plugins, *options, status=status).stdout.splitlines()[-1] == summary


def test_each_finding_says_where_what_and_what_to_do(working_folder: Path) -> None:
    path = str(Path("wrong", "main.py"))

    assert run("wrong", status=1).stdout == (
        f"{path}:6: error KP701: input waits for input that never comes\n"
        "    take what is needed from the label, the asset or the project\n"
        "1 error\n"
    )


def test_file_is_a_plugin_as_well_as_a_folder(working_folder: Path) -> None:
    path = str(Path("wrong", "main.py"))
    (working_folder / "other.py").write_text(WRONG)

    assert run(path, status=1).stdout == run("wrong", status=1).stdout
    assert run("other.py", status=1).stdout.startswith("other.py:6: error KP701")


def test_json_has_all_that_is_found(working_folder: Path) -> None:
    assert json.loads(run("good", "--format", "json").stdout) == []
    assert json.loads(run("wrong", "warned", "--format", "json", status=1).stdout) == [
        {
            "file": str(Path("wrong", "main.py")),
            "line": 6,
            "code": "KP701",
            "severity": "error",
            "reason": "input waits for input that never comes",
            "remedy": "take what is needed from the label, the asset or the project",
        },
        {
            "file": str(Path("warned", "main.py")),
            "line": 6,
            "code": "KP821",
            "severity": "warning",
            "reason": "archive_project takes away the project that the plugin runs on",
            "remedy": "leave that to people, or to a script",
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
        (["good", "--ignore", "E501"], "there is no rule E501 (there are KP101 to KP908)"),
        (["--explain", "KP999"], "there is no rule KP999"),
        (["good", "--format", "xml"], "'xml' is not one of"),
        (["good", "--plugin-policy", "moon"], "'moon' is not one of"),
    ],
)
def test_what_cannot_be_looked_at_is_a_usage_error(
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
def test_python_file_that_cannot_be_read_is_a_usage_error(
    working_folder: Path, make: Callable[[Path], None]
) -> None:
    make(working_folder / "good" / "helpers.py")

    assert f"{Path('good', 'helpers.py')} cannot be read: " in run("good", status=2).output


def test_policy_is_a_setting_like_others(working_folder: Path) -> None:
    (working_folder / "good" / "main.py").write_text(f"import requests\n{HANDLER}")

    assert "nothing found" in run("good").stdout
    for done in (
        run("good", "--plugin-policy", "tutorial", status=1),
        run("good", status=1, KILI_EMULATOR_PLUGIN_POLICY="tutorial"),
    ):
        assert "KP301: requests cannot be imported: the tutorial's plugins" in done.stdout


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_each_rule_can_be_explained(rule: object) -> None:
    code = rule.code  # type: ignore[attr-defined]
    said = run("--explain", code.lower()).stdout

    assert said.startswith(f"{code} (")
    assert len(said.splitlines()) == 3


def test_plugins_are_held_against_the_sdk_that_they_run_with() -> None:
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


def test_findings_are_values(working_folder: Path) -> None:
    (finding,) = lint_plugin("wrong")

    assert isinstance(finding, Finding)
    assert (finding.code, finding.line, finding.severity) == ("KP701", 6, "error")
    with pytest.raises(LintError, match="does not exist"):
        lint_plugin("missing")


def test_examples_have_no_errors() -> None:
    found = {
        each.name: [(finding.code, finding.line, finding.severity) for finding in lint_plugin(each)]
        for each in EXAMPLES.iterdir()
        if (each / "main.py").exists()
    }

    assert found.pop("tutorial") == [("KP905", 2, "warning"), ("KP902", 22, "warning")]
    assert all(severity != "error" for each in found.values() for *_, severity in each)
    assert found["bbox_count"] == []


def test_nothing_of_the_plugin_is_run(working_folder: Path) -> None:
    main = working_folder / "good" / "main.py"
    main.write_text(f"open('ran', 'w').close()\nimport helpers\n{HANDLER}")
    (working_folder / "good" / "helpers.py").write_text("open('ran', 'w').close()")

    assert [code for *_, code in codes(working_folder / "good")] == ["KP402", "KP402"]
    assert not (working_folder / "ran").exists()
    assert not {"helpers", "main"} & sys.modules.keys()


def test_files_in_environments_are_not_looked_at(working_folder: Path) -> None:
    packages = working_folder / "good" / ".venv" / "lib"
    packages.mkdir(parents=True)
    (packages.parent / "pyvenv.cfg").write_text("")
    (packages / "broken.py").write_text("def f(")

    assert codes(working_folder / "good") == [("main.py", 1, "KP109")]


def test_files_that_are_not_uploaded_are_known_by_name(working_folder: Path) -> None:
    (working_folder / "good" / "main.py").write_text(HANDLER.replace("pass", "print('prices.csv')"))
    assert codes(working_folder / "good") == []
    (working_folder / "good" / "prices.csv").write_text("")
    assert codes(working_folder / "good") == [("main.py", 6, "KP603")]
    assert codes(working_folder / "good" / "main.py") == []


# Imports and requirements


@pytest.fixture
def folder(working_folder: Path) -> Path:
    return working_folder / "good"


def test_imports_are_those_that_there_are(folder: Path) -> None:
    (folder / "main.py").write_text(f"import numpy, json, yaml\nimport no_such\n{HANDLER}")
    assert codes(folder) == [("main.py", 1, "KP301"), ("main.py", 2, "KP301")]
    (folder / "requirements.txt").write_text("PyYAML")
    assert codes(folder) == [("main.py", 2, "KP301")]
    assert codes(folder, policy="on-premise")[1:] == [
        ("main.py", 2, "KP301"),
        ("requirements.txt", 1, "KP305"),
    ]


def test_what_a_requirement_that_is_not_installed_brings_is_not_known(folder: Path) -> None:
    (folder / "main.py").write_text(f"import no_such, yaml\n{HANDLER}")
    (folder / "requirements.txt").write_text("no-such-package")

    assert codes(folder) == [("main.py", 1, "KP301"), ("requirements.txt", 1, "KP304")]
    (first_finding, _) = lint_plugin(folder)
    assert first_finding.reason.startswith("yaml cannot be imported")


def test_requirements_are_lines_that_can_be_followed(folder: Path) -> None:
    (folder / "requirements.txt").write_text("numpy\n-r more.txt\n./own.whl  # noqa: KP303\n")
    assert codes(folder) == [("requirements.txt", 2, "KP303")]
    (folder / "requirements.txt").write_bytes(b"\xff\xfe")
    assert codes(folder) == [("requirements.txt", 1, "KP101")]


def test_file_that_nothing_imports_is_a_doubtful_matter(folder: Path) -> None:
    (folder / "test_plugin.py").write_text("import pytest")
    assert codes(folder) == [("test_plugin.py", 1, "KP302")]
    (folder / "main.py").write_text(f"import test_plugin\n{HANDLER}")
    assert codes(folder) == [("test_plugin.py", 1, "KP301")]


def test_modules_on_a_path_of_the_plugins_own_are_its_own(folder: Path) -> None:
    (folder / "checks").mkdir()
    (folder / "checks" / "boxes.py").write_text("")
    main = folder / "main.py"
    main.write_text(f"import boxes\n{HANDLER}")
    assert codes(folder) == [("main.py", 1, "KP301")]
    main.write_text(f"import sys\nsys.path.append('checks')\nimport boxes\n{HANDLER}")
    assert codes(folder) == [("main.py", 2, "KP709")]


def test_silence_is_good_for_imports_too(folder: Path) -> None:
    (folder / "main.py").write_text(f"import yaml  # noqa: KP301\n{HANDLER}")
    assert codes(folder) == []
