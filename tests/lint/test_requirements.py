"""KP301 to KP305: requirements, and imports that the platform's policy does not allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from kili_emulator.lint.lint_plugin import lint_plugin
from tests.lint.marked_source import in_handler

HANDLER = in_handler("pass").strip() + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.py").write_text(HANDLER)
    return tmp_path


def codes(folder: Path, **options: str) -> list[tuple[str, int, str]]:
    found = lint_plugin(folder, **options)  # type: ignore[arg-type]
    return [(Path(each.file).name, each.line, each.code) for each in found]


def test_reports_imports_that_are_not_available(folder: Path) -> None:
    (folder / "main.py").write_text(f"import numpy, json, yaml\nimport no_such\n{HANDLER}")
    assert codes(folder) == [("main.py", 1, "KP301"), ("main.py", 2, "KP301")]
    (folder / "requirements.txt").write_text("PyYAML")
    assert codes(folder) == [("main.py", 2, "KP301")]
    assert codes(folder, policy="on-premise")[1:] == [
        ("main.py", 2, "KP301"),
        ("requirements.txt", 1, "KP305"),
    ]


def test_missing_requirement_may_provide_any_module(folder: Path) -> None:
    (folder / "main.py").write_text(f"import no_such, yaml\n{HANDLER}")
    (folder / "requirements.txt").write_text("no-such-package")

    assert codes(folder) == [("main.py", 1, "KP301"), ("requirements.txt", 1, "KP304")]
    (first_finding, _) = lint_plugin(folder)
    assert first_finding.reason.startswith("yaml cannot be imported")


def test_reports_unreadable_requirements(folder: Path) -> None:
    (folder / "requirements.txt").write_text("numpy\n-r more.txt\n./own.whl  # noqa: KP303\n")
    assert codes(folder) == [("requirements.txt", 2, "KP303")]
    (folder / "requirements.txt").write_bytes(b"\xff\xfe")
    assert codes(folder) == [("requirements.txt", 1, "KP101")]


def test_bad_import_in_an_unused_file_is_a_warning(folder: Path) -> None:
    (folder / "test_plugin.py").write_text("import pytest")
    assert codes(folder) == [("test_plugin.py", 1, "KP302")]
    (folder / "main.py").write_text(f"import test_plugin\n{HANDLER}")
    assert codes(folder) == [("test_plugin.py", 1, "KP301")]


def test_finds_own_modules_on_a_changed_sys_path(folder: Path) -> None:
    (folder / "checks").mkdir()
    (folder / "checks" / "boxes.py").write_text("")
    main = folder / "main.py"
    main.write_text(f"import boxes\n{HANDLER}")
    assert codes(folder) == [("main.py", 1, "KP301")]
    main.write_text(f"import sys\nsys.path.append('checks')\nimport boxes\n{HANDLER}")
    assert codes(folder) == [("main.py", 2, "KP709")]


def test_suppressions_count_for_imports(folder: Path) -> None:
    (folder / "main.py").write_text(f"import yaml  # noqa: KP301\n{HANDLER}")
    assert codes(folder) == []
