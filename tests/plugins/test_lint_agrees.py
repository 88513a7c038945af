"""The SDK or the host refuses plugins with a lint error; plugins that pass the lint run.

The plugins are the examples of ``docs/lint-rules.md``, uploaded by the real SDK.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator
from kili_emulator.lint.catalogue import BY_CODE
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.lint_rules_page import PAGE, Example, examples

NAME = "P"
EXAMPLES = list(examples(PAGE.read_text(encoding="utf-8")))
ERRORS = [each for each in EXAMPLES if each.fails and BY_CODE[each.code].severity == "error"]
PASSING = [each for each in EXAMPLES if not each.fails]

# What only a process of its own outlives, or is stopped in.
ISOLATED = {"KP705", "KP802", "KP803"}
# What comes to nothing without anything failing.
SILENT = {"KP206"}
# What asks the Internet.
ONLINE = {"KP402", "KP707"}


def code(example: Example) -> str:
    return example.code


def running(**options: Any) -> Iterator[Emulator]:
    with fast_sdk(), Emulator(seed=0, **options) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def inline() -> Iterator[Emulator]:
    yield from running()


@pytest.fixture(scope="module")
def isolated() -> Iterator[Emulator]:
    yield from running(plugin_isolation="process", plugin_timeout=5.0)


def outcomes(emulator: Emulator, example: Example, folder: Path) -> list[str]:
    """Return the outcomes of the runs of one label; ``REFUSED`` if the upload fails."""
    example.write(folder)
    kili = emulator.client()
    project_id = kili.projects(fields=["id"])[0]["id"]
    asset_id = kili.assets(project_id, status_in=["TODO"], fields=["id"])[0]["id"]
    mark = emulator.mark()
    try:
        kili.upload_plugin(str(folder), NAME)
    except Exception:
        return ["REFUSED"]
    else:
        kili.activate_plugin_on_project(NAME, project_id=project_id)
        response = {"JOB_0": {"annotations": []}}
        kili.append_labels([asset_id], [response], label_type="DEFAULT", disable_tqdm=True)
        emulator.wait_idle()
        return [each["outcome"] for each in emulator.runs() if each["outcome"] != "NOT_RUN"]
    finally:
        emulator.reset(mark)


@pytest.mark.parametrize(
    "example", [each for each in ERRORS if each.code not in ISOLATED | SILENT], ids=code
)
def test_plugin_with_a_lint_error_is_refused_or_fails(
    inline: Emulator, example: Example, tmp_path: Path
) -> None:
    assert "SUCCEEDED" not in (found := outcomes(inline, example, tmp_path))
    assert found


@pytest.mark.parametrize("example", [each for each in ERRORS if each.code in ISOLATED], ids=code)
def test_plugin_with_a_lint_error_about_processes_fails_in_its_process(
    isolated: Emulator, example: Example, tmp_path: Path
) -> None:
    assert "SUCCEEDED" not in (found := outcomes(isolated, example, tmp_path))
    assert found


@pytest.mark.parametrize("example", [each for each in PASSING if each.code not in ONLINE], ids=code)
def test_plugin_that_passes_the_lint_succeeds(
    inline: Emulator, example: Example, tmp_path: Path
) -> None:
    assert set(outcomes(inline, example, tmp_path)) <= {"SUCCEEDED"}
