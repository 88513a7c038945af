"""``pytest --cov`` counts the lines of plugins, in the files of the user."""

from __future__ import annotations

import json

import pytest

from tests.testing.conftest import UserTests

pytest_plugins = "pytester"

SOURCE = """\
from kili.plugins import PluginCore


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        if label["id"] == "absent":
            print("never")
        self.help()

    def help(self):
        print("helps")

    def on_review(self, label, asset_id):
        print("no review")
"""
MISSING = [7, 14]
HELPERS = "def work():\n    print(1)\n\n\ndef idle():\n    print(2)\n"


def sources(user_tests: UserTests) -> dict[str, list[int]]:
    """Write four plugins; return the lines of each file that will not run."""
    expected = {}
    for name in ("uploaded", "linked"):
        user_tests.write(**{name: SOURCE})
        folder = user_tests.folder / f"{name}_folder"
        folder.mkdir()
        main = "from helpers import work\n" + SOURCE.replace("self.help()", "work()")
        (folder / "main.py").write_text(main)
        (folder / "helpers.py").write_text(HELPERS)
        expected |= {
            f"{name}.py": MISSING,
            f"{name}_folder/main.py": [8, 12, 15],
            f"{name}_folder/helpers.py": [6],
        }
    return expected


@pytest.mark.parametrize(
    ("isolation", "options"),
    [("inline", ["-n", "2"]), ("process", []), ("process", ["--cov-branch"])],
)
def test_lines_of_plugins_are_counted(
    user_tests: UserTests, isolation: str, options: list[str]
) -> None:
    expected = sources(user_tests)
    user_tests.write(
        test_it="""
import pytest

def run(kili, emulator, install):
    project = kili.projects(fields=["id"])[0]["id"]
    install(project)
    asset = kili.assets(project, fields=["id"], first=1)[0]["id"]
    kili.append_labels([asset], [{"JOB_0": {"annotations": []}}], label_type="DEFAULT")
    (run,) = emulator.runs.list()
    assert run["outcome"] == "SUCCEEDED", run

@pytest.mark.parametrize("path", ["uploaded.py", "uploaded_folder"])
def test_uploaded(kili, kili_emulator, path):
    def install(project):
        kili.upload_plugin(path, "P")
        kili.activate_plugin_on_project("P", project_id=project)

    run(kili, kili_emulator, install)

@pytest.mark.parametrize("path", ["linked.py", "linked_folder"])
def test_linked(kili, kili_emulator, path):
    link = kili_emulator.plugins.link
    run(kili, kili_emulator, lambda project: link("P", path, projects=[project]))
"""
    )
    plugins = ["-p", "pytest_cov", "-p", "xdist"]
    arguments = [f"--kili-emulator-setting=plugin-isolation={isolation}", *options]
    result = user_tests.run_process(*plugins, "--cov=.", "--cov-report=json", *arguments)
    result.assert_outcomes(passed=4)
    report = json.loads((user_tests.folder / "coverage.json").read_text())
    found = {name: report["files"][name]["missing_lines"] for name in expected}
    assert found == expected
    assert not list(user_tests.folder.glob(".coverage.*"))
