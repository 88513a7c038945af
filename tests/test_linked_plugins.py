"""Linked plugins: by command, over HTTP, with every SDK, and after a restart."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from kili_emulator.cli import main
from tests.kit.plugin_under_test import MAIN, NAME
from tests.kit.sdk_process import SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest

TITLE = "Plugin tutorial: count the objects"
Command = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "boxes"
    path.mkdir()
    (path / "main.py").write_text(MAIN, encoding="utf-8")
    set_printed_text(path, "one")
    return path


def set_printed_text(folder: Path, text: str) -> None:
    (folder / "helpers.py").write_text(f"TEXT = {text!r}\n", encoding="utf-8")


def command_of(server: ServerUnderTest, world: str = "default") -> Command:
    def run(*arguments: str, status: int = 0, typed: str | None = None) -> str:
        where = ["--world", world, "--data-dir", str(server.data_dir)]
        done = CliRunner().invoke(main, [*arguments, *where], input=typed)
        assert done.exit_code == status, done.output
        return done.output

    return run


@pytest.fixture
def command(server: ServerUnderTest, remote_world: RemoteWorld) -> Command:
    """Return a function that runs commands for one world."""
    return command_of(server, remote_world.name)


def submit(command: Command, project: str) -> Any:
    """Submit a label; return the run of the linked plugin."""
    label = json.dumps({"JOB_0": {"annotations": []}})
    arguments = ("submit", "--project", project, "--label", "-", "--json")
    (run,) = json.loads(command(*arguments, typed=label))["runs"]
    return run


def prints(world: RemoteWorld) -> list[str]:
    return [each["content"] for each in world.export()["pluginLogs"]]


def test_command_links_shows_and_unlinks_a_plugin(
    command: Command, remote_world: RemoteWorld, folder: Path
) -> None:
    linked = f"{NAME}: plugin, ACTIVE, version 1, on {remote_world.project_id}, linked to {folder}"
    assert command("plugins", "link", NAME, "boxes", "--project", TITLE).strip() == linked
    assert command("plugins", "list").strip() == linked
    set_printed_text(folder, "two")
    assert submit(command, TITLE)["outcome"] == "SUCCEEDED"
    assert prints(remote_world) == ["two"]
    unlinked, hint = command("plugins", "unlink", NAME).splitlines()
    assert unlinked == f"{NAME}: plugin, ACTIVE, version 2, on {remote_world.project_id}"
    assert "kili.deactivate_plugin_on_project" in hint
    assert "is not linked" in command("plugins", "unlink", NAME, status=1)


def test_link_command_fails_when_the_first_build_fails(command: Command, folder: Path) -> None:
    (folder / "helpers.py").write_text("1 / 0\n")
    shown = command("plugins", "link", NAME, "boxes", status=1)
    first, *rest = shown.splitlines()
    assert first == f"{NAME}: plugin, FAILED, version 1, on no project, linked to {folder}"
    assert rest[-1] == "      | ZeroDivisionError: division by zero"
    assert command("plugins", "list") == shown
    link_view = json.loads(command("plugins", "link", NAME, "boxes", "--json", status=1))
    assert link_view["link"]["error"].endswith("ZeroDivisionError: division by zero")
    set_printed_text(folder, "mended")
    assert "ACTIVE, version 3" in command("plugins", "list")


def test_link_command_explains_refusals(command: Command, folder: Path) -> None:
    refused = command("plugins", "link", NAME, "nowhere", status=1)
    assert f"the plugin was not linked: {folder.parent / 'nowhere'} does not exist" in refused
    assert "no project" in command("plugins", "link", NAME, "boxes", "--project", "X", status=1)
    patterns = ("--event-matcher", "asset.*", "--event-matcher", "label.*")
    assert "cannot have both" in command("plugins", "link", NAME, "boxes", *patterns, status=1)
    link_view = json.loads(command("plugins", "list", "--json"))
    assert [each["link"]["eventMatcher"] for each in link_view] == [["asset.*", "label.*"]]


def test_each_sdk_sees_the_status_of_a_saved_version(
    command: Command, notebook: SdkSession, folder: Path
) -> None:
    command("plugins", "link", NAME, "boxes", "--project", TITLE)
    (folder / "helpers.py").write_text("TEXT = ")
    status = notebook.run(f"kili.get_plugin_status({NAME!r})").checked()
    assert "FAILED" in str(status.value)
    set_printed_text(folder, "mended")
    assert submit(command, TITLE)["outcome"] == "SUCCEEDED"
    logs = f"kili.get_plugin_logs(project_id=project_id, plugin_name={NAME!r})"
    assert "mended" in str(notebook.run(logs).checked().value)


def post(
    server: ServerUnderTest, world: str, path: str, data: Any, key: str = "emulator-admin"
) -> requests.Response:
    return requests.post(
        f"{server.url}/_emulator/worlds/{world}/plugins/{path}",
        json=data,
        headers={"Authorization": f"X-API-Key: {key}"},
        timeout=60,
    )


def test_only_administrators_can_link(
    server: ServerUnderTest, remote_world: RemoteWorld, folder: Path
) -> None:
    data = {"plugin": NAME, "path": str(folder)}
    for user in ("manager", "labeler"):
        answer = post(server, remote_world.name, "link", data, remote_world.keys[user])
        assert answer.status_code == 403
    answer = post(server, remote_world.name, "link", data, "nobody")
    assert answer.status_code == 401
    assert remote_world.export()["plugins"] == []
    admin = remote_world.keys["admin"]
    assert post(server, remote_world.name, "link", data, admin).json()["status"] == "ACTIVE"
    assert post(server, "default", "link", data, admin).status_code == 403


def test_control_plane_links_as_the_administrator_of_the_selected_world(
    server: ServerUnderTest, remote_world: RemoteWorld, folder: Path
) -> None:
    post(server, remote_world.name, "link", {"plugin": NAME, "path": str(folder)})
    content = remote_world.export()
    (plugin,) = content["plugins"]
    (creator,) = [each for each in content["users"] if each["id"] == plugin["creatorId"]]
    assert creator["email"] == "admin@example.com"


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        ("link", {}, 'send {"plugin": name, "path"'),
        ("link", {"plugin": NAME}, 'send {"plugin": name, "path"'),
        ("link", {"plugin": NAME, "path": "boxes"}, 'the path "boxes" is not absolute'),
        ("link", {"plugin": NAME, "path": ""}, 'the path "" is not absolute'),
        ("link", {"plugin": 1, "path": "/x"}, 'send {"plugin": name, "path"'),
        ("link", {"plugin": NAME, "path": "/x", "projects": "y"}, 'send {"plugin": name, "path"'),
        ("link", {"plugin": NAME, "path": "/x", "projects": [1]}, 'send {"plugin": name, "path"'),
        ("link", {"plugin": NAME, "path": "/x", "more": 1}, 'send {"plugin": name, "path"'),
        ("link", {"plugin": NAME, "path": "/no\0where"}, "does not exist"),
        ("unlink", {}, 'send {"plugin": name}'),
        ("unlink", {"plugin": NAME, "more": 1}, 'send {"plugin": name}'),
        ("unlink", {"plugin": "No"}, 'there is no plugin "No"'),
    ],
)
def test_invalid_link_request_is_refused_with_the_reason(
    server: ServerUnderTest, remote_world: RemoteWorld, path: str, data: Any, reason: str
) -> None:
    answer = post(server, remote_world.name, path, data)
    assert (answer.status_code, reason in answer.json()["error"]) == (400, True), answer.text


def test_link_survives_a_restart_and_deploys_files_saved_meanwhile(
    tmp_path: Path, folder: Path
) -> None:
    server = ServerUnderTest(tmp_path / "data")
    with server:
        command = command_of(server)
        command("plugins", "link", NAME, "boxes", "--project", TITLE)
    deployed = f"plugin {NAME!r}: version 1, built from {folder}, is running ["
    assert any(line.startswith(deployed) for line in server.output)
    set_printed_text(folder, "two")
    with server:
        assert submit(command, TITLE)["outcome"] == "SUCCEEDED"
        assert prints(server.world()) == ["two"]
        (folder / "helpers.py").write_text("TEXT = ")
        assert "      | SyntaxError: invalid syntax" in command("plugins", "list").splitlines()
    assert "  | SyntaxError: invalid syntax" in server.output
