"""The sources of all plugin versions are kept, shown and compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from kili_emulator import Emulator
from kili_emulator.cli import main
from kili_emulator.errors import KiliError
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.sdk_process import SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest

NAME = "Boxes / 100 % & more?"
FIRST = """from kili.plugins import PluginCore
import helpers


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print(helpers.text())
"""
SECOND = FIRST.replace("helpers.text()", "helpers.text(2)")


def write(folder: Path, main_py: str, helpers: str, requirements: str = "") -> str:
    folder.mkdir(exist_ok=True)
    (folder / "main.py").write_text(main_py, encoding="utf-8")
    (folder / "helpers.py").write_text(helpers, encoding="utf-8")
    if requirements:
        (folder / "requirements.txt").write_text(requirements, encoding="utf-8")
    return str(folder)


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    """Start an emulator with a plugin of three versions, the last of which is broken."""
    with fast_sdk(), Emulator() as running:
        kili = running.client()
        folder = tmp_path / "plugin"
        kili.upload_plugin(write(folder, FIRST, "def text(): return 1\n"), NAME)
        kili.update_plugin(write(folder, SECOND, "def text(n): return n\n", "numpy\n"), NAME)
        with pytest.raises(Exception, match="There was some error"):
            kili.update_plugin(write(folder, SECOND, "1 / 0"), NAME)
        yield running


def test_all_versions_are_kept_including_broken_versions(emulator: Emulator) -> None:
    (plugin,) = emulator.plugins()
    assert (plugin["name"], plugin["status"]) == (NAME, "FAILED")
    assert (plugin["version"], plugin["activeVersion"]) == (3, 2)
    first, second, third = emulator.plugin_versions(NAME)
    assert [each["status"] for each in (first, second, third)] == ["ACTIVE", "ACTIVE", "FAILED"]
    assert first["handlerTypes"] == ["onSubmit"]
    assert first["problems"] == []
    assert "ZeroDivisionError" in third["problems"][0]
    assert emulator.plugin_files(NAME, 1) == {
        "helpers.py": "def text(): return 1\n",
        "main.py": FIRST,
    }
    assert emulator.plugin_files(NAME)["helpers.py"] == "1 / 0"


def test_two_versions_are_compared_over_all_files(emulator: Emulator) -> None:
    assert emulator.plugin_diff(NAME, 1, 1) == ""
    diff = emulator.plugin_diff(NAME, 1, 2)
    assert "--- 1/main.py\n+++ 2/main.py\n" in diff
    assert "-        print(helpers.text())\n+        print(helpers.text(2))\n" in diff
    assert "--- /dev/null\n+++ 2/requirements.txt\n@@ -0,0 +1 @@\n+numpy\n" in diff
    with pytest.raises(KiliError, match=r"has no version 9 \(there are 1 to 3\)"):
        emulator.plugin_diff(NAME, 1, 9)


def test_a_webhook_has_no_source(emulator: Emulator) -> None:
    emulator.client().create_webhook("http://127.0.0.1:9/", plugin_name="Hook")
    with pytest.raises(KiliError, match="it is a webhook"):
        emulator.plugin_files("Hook")
    assert [each["isWebhook"] for each in emulator.plugins()] == [False, True]


def test_control_plane_accepts_plugin_names_of_any_characters(emulator: Emulator) -> None:
    def get(path: str, **params: object) -> requests.Response:
        return requests.get(
            f"{emulator.url}/_emulator/worlds/default/plugins{path}",
            params=params,  # type: ignore[arg-type]
            headers={"Authorization": f"X-API-Key: {emulator.key()}"},
            timeout=30,
        )

    assert get("").json() == emulator.plugins()
    assert get("/versions", plugin=NAME).json() == emulator.plugin_versions(NAME)
    assert get("/files", plugin=NAME, version=1).json() == emulator.plugin_files(NAME, 1)
    diff = {"plugin": NAME, "from": 1, "to": 2}
    assert get("/diff", **diff).json() == {"diff": emulator.plugin_diff(NAME, 1, 2)}
    for wrong in (get("/files"), get("/diff", plugin=NAME), get("/versions", plugin="No")):
        assert wrong.status_code == 400
        assert wrong.json()["error"]


def test_commands_list_show_and_compare_versions(
    server: ServerUnderTest, notebook: SdkSession, remote_world: RemoteWorld, tmp_path: Path
) -> None:
    path = tmp_path / "boxes.py"
    sources = [FIRST.replace("import helpers", ""), SECOND.replace("import helpers", "")]
    for verb, source in zip(("upload_plugin", "update_plugin"), sources, strict=True):
        path.write_text(source, encoding="utf-8")
        notebook.run(f"kili.{verb}({str(path)!r}, {NAME!r})").checked()
    where = ["--world", remote_world.name, "--data-dir", str(server.data_dir)]

    def run(*arguments: str, status: int = 0) -> str:
        done = CliRunner().invoke(main, ["plugins", *arguments, *where])
        assert done.exit_code == status, done.output
        return done.output

    assert f"{NAME}: plugin, ACTIVE, version 2, on no project" in run("list")
    assert json.loads(run("list", "--json"))[0]["name"] == NAME
    assert [line[0] for line in run("versions", NAME).splitlines()] == ["1", "2"]
    assert run("show", NAME, "--version", "1", "--file", "main.py") == sources[0]
    assert "==> main.py <==" in run("show", NAME)
    assert "the version has no file" in run("show", NAME, "--file", "no.py", status=1)
    assert "+        print(helpers.text(2))" in run("diff", NAME, "1", "2")
    assert "there is no plugin" in run("diff", "No", "1", "2", status=1)
