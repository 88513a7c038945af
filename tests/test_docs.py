"""The how-tos and the READMEs of the examples do as they say, page by page.

A block whose first line is a comment with a file name becomes that file. Any other Python block
runs. In a console block, lines after ``$ `` run, and must print the lines below them in order;
the text after ``(Pdb) `` is typed. The scripts of a pipeline file (GitHub Actions, GitLab CI) run,
job by job, in copies of the folder and without a package index. A YAML block without a name is
parsed only, and so is a shell block.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.kit import ci_pipelines, warm_interpreter

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
INDEX = ROOT / "docs" / "how-to" / "README.md"
PAGES = sorted(set(INDEX.parent.glob("*.md")) - {INDEX})
READMES = sorted((EXAMPLES / "plugins").glob("*/README.md"))

BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
FILE = re.compile(r"# (?P<name>[.\w/-]+\.(py|yaml|yml|toml|txt))\n")
LINK = re.compile(r"\]\((?P<page>[\w-]+\.md)")
PROMPT = "(Pdb) "

SHIMS = {
    "jupyter": '-m jupyter "$@"',
    "kili-emulator": '-m kili_emulator "$@"',
    "pip": '-m pip "$@"',
    "pre-commit": '-m pre_commit "$@"',
    "pytest": "-m pytest -p kili_emulator.testing.pytest_plugin -p pytest_cov -p xdist "
    '-p no:cacheprovider "$@"',
    "python": '"$@"',
}


@dataclass
class PageFolder:
    """A folder in which the blocks of a page run, with the commands that they use."""

    folder: Path
    environment: dict[str, str]

    def run(self, command: list[str], typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            input=typed,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )

    def follow(self, kind: str, text: str) -> None:
        page_name = FILE.match(text)
        if page_name:
            path = self.folder / page_name["name"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            for job in ci_pipelines.jobs(page_name["name"], text):
                self.run_job(job)
        elif kind == "python":
            done = self.run(["python", "-c", text])
            assert done.returncode == 0, done.stdout
        elif kind == "json":
            json.loads(text)
        elif kind == "yaml":
            yaml.safe_load(text)
        elif kind == "shell":  # needs what is not on each machine, such as Docker
            assert self.run(["sh", "-n", "-c", text]).returncode == 0
        elif kind == "console":
            for command, shown in session(text):
                self.check(command, shown)
        else:
            raise AssertionError(f"what is to be done with this?\n{text}")

    def run_job(self, job: ci_pipelines.Job) -> None:
        """Run the scripts of a job in a copy of the folder, as a runner of the service does."""
        folder = self.folder.parent / "jobs" / job.name
        shutil.copytree(self.folder, folder, symlinks=True)
        later_variables = self.folder.parent / f"{job.name}.env"
        later_variables.touch()
        failures: list[str] = []
        for script in job.scripts:
            if failures and not script.always:
                continue
            lines = later_variables.read_text(encoding="utf-8").splitlines()
            environment = {
                **self.environment,
                **script.variables,
                **{name: value for name, _, value in (line.partition("=") for line in lines)},
                "CI": "true",
                "GITHUB_ENV": str(later_variables),
                "PIP_CONFIG_FILE": os.devnull,
                "PIP_NO_INDEX": "1",
            }
            command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script.text]
            done = PageFolder(folder, environment).run(command)
            if done.returncode:
                failures.append(f"{job.name}: {script.text}\n{done.stdout}")
        assert not failures, "\n".join(failures)

    def check(self, command: str, shown: list[str]) -> None:
        typed = "".join(f"{line[len(PROMPT) :]}\n" for line in shown if line.startswith(PROMPT))
        printed = self.run(["sh", "-c", command], typed).stdout
        rest = printed
        for line in shown:
            if not line.startswith(PROMPT):
                assert line.strip() in rest, f"{line!r} is missing in this order in:\n{printed}"
                rest = rest.partition(line.strip())[2]


def session(text: str) -> Iterator[tuple[str, list[str]]]:
    """Return the commands of a console block, each with the output below it."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, *shown = part.splitlines()
        yield command, [line for line in shown if line.strip()]


@pytest.fixture
def page_folder(tmp_path: Path) -> Iterator[PageFolder]:
    python = warm_interpreter.command(os.environ)
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, arguments in SHIMS.items():
        shim = commands / name
        shim.write_text(f"#!/bin/sh\nexec {python} {arguments}\n")
        shim.chmod(0o755)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "examples").symlink_to(EXAMPLES)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KILI_")},
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "emulator"),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "HOME": str(tmp_path),
        "TMPDIR": str(temporary),
    }
    new_folder = PageFolder(folder, environment)
    yield new_folder
    if any(tmp_path.rglob("server.json")):
        new_folder.run(["kili-emulator", "stop"])


def page_name(page: Path) -> str:
    return page.parent.name if page.stem == "README" else page.stem


@pytest.mark.parametrize("page", [*PAGES, *READMES], ids=page_name)
def test_code_blocks_do_as_documented(page_folder: PageFolder, page: Path) -> None:
    blocks = list(BLOCK.finditer(page.read_text(encoding="utf-8")))
    assert blocks
    for block in blocks:
        page_folder.follow(block["kind"], block["text"])


def test_index_of_the_how_tos_lists_each_page() -> None:
    listed = set(LINK.findall(INDEX.read_text(encoding="utf-8")))
    assert {page.name for page in PAGES} <= listed
