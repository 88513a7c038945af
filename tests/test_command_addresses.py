"""Commands reach an emulator by its address and key, from any folder and without a data folder."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kili_emulator.cli import main
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest

TITLE = "Plugin tutorial: count the objects"
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, without an emulator in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KILI_API_ENDPOINT", raising=False)
    monkeypatch.delenv("KILI_API_KEY", raising=False)
    return tmp_path


@pytest.fixture
def named_world(remote_world: RemoteWorld, monkeypatch: pytest.MonkeyPatch) -> RemoteWorld:
    """Return a world that the environment names."""
    for name, value in remote_world.environment().items():
        monkeypatch.setenv(name, value)
    return remote_world


def run(*arguments: str, status: int = 0) -> str:
    done: Result = CliRunner().invoke(main, arguments)
    assert done.exit_code == status, done.output
    return done.output


def seen_requests() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Serve a server that is not an emulator; yield its address and the requests that it got."""
    seen: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            seen.append((f"{self.command} {self.path}", str(self.headers)))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()
        thread.join()


foreign_server = pytest.fixture(seen_requests)


class TestWhichEmulator:
    def test_environment_names_emulator_and_world(
        self, named_world: RemoteWorld, elsewhere: Path
    ) -> None:
        submitted = json.loads(
            run("submit", "--project", TITLE, "--asset", "aquarium", "--example", "--json")
        )
        labels = [each["id"] for each in named_world.export()["labels"]]
        assert submitted["labelId"] in labels
        assert list(elsewhere.iterdir()) == []

    def test_options_come_before_the_environment(
        self, named_world: RemoteWorld, server: ServerUnderTest
    ) -> None:
        other = server.new_world("empty")
        options = ("--endpoint", server.url, "--key", other.keys["admin"])
        assert json.loads(run("projects", "--json")) != []
        assert json.loads(run("projects", "--json", *options)) == []

    def test_key_of_the_default_world_may_choose_another(
        self, remote_world: RemoteWorld, server: ServerUnderTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KILI_API_ENDPOINT", remote_world.endpoint)
        monkeypatch.setenv("KILI_API_KEY", server.world().keys["admin"])
        (row,) = json.loads(run("projects", "--json", "--world", remote_world.name))
        assert row["id"] == remote_world.project_id

    def test_key_of_another_world_may_not(self, named_world: RemoteWorld) -> None:
        printed = run("projects", "--world", "default", status=1)
        assert "administrator" in printed
        assert f"(asked: {named_world.server.url}, named by KILI_API_ENDPOINT)" in printed

    def test_option_of_a_group_holds_for_its_commands(
        self, named_world: RemoteWorld, server: ServerUnderTest
    ) -> None:
        other = server.new_world()
        options = ("--endpoint", server.url, "--key", other.keys["admin"])
        run("clock", *options, "freeze", "2026-01-05T09:00:00Z")
        assert "frozen" in run("clock", *options)
        assert "frozen" not in run("clock")

    def test_data_dir_comes_before_the_environment(
        self, named_world: RemoteWorld, server: ServerUnderTest
    ) -> None:
        options = ("--data-dir", str(server.data_dir))
        (row,) = json.loads(run("projects", "--json", *options))
        assert row["id"] == server.world().project_id != named_world.project_id

    def test_key_of_the_environment_chooses_the_world_of_the_emulator_of_the_data_folder(
        self, named_world: RemoteWorld, server: ServerUnderTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KILI_EMULATOR_DATA_DIR", str(server.data_dir))
        monkeypatch.setenv("KILI_API_KEY", named_world.keys["labeler"])
        (row,) = json.loads(run("projects", "--json"))
        assert row["id"] == named_world.project_id

    def test_errors_of_requests_name_the_emulator(self, named_world: RemoteWorld) -> None:
        printed = run("assets", "--project", "Nowhere", status=1)
        assert '"Nowhere"' in printed
        assert f"(asked: {named_world.server.url}, named by KILI_API_ENDPOINT)" in printed

    def test_env_prints_the_emulator_of_the_data_folder_first(
        self, server: ServerUnderTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KILI_API_ENDPOINT", "https://cloud.kili-technology.com/api/label/v2")
        monkeypatch.setenv("KILI_API_KEY", "a real key")
        monkeypatch.setenv("KILI_EMULATOR_DATA_DIR", str(server.data_dir))
        assert f"export KILI_API_ENDPOINT={server.url}/" in run("env")
        assert run("wait") == f"Ready at {server.url}.\n"

    def test_env_and_wait_work_by_address(self, named_world: RemoteWorld) -> None:
        assert f"export KILI_API_KEY={named_world.keys['labeler']}\n" in run(
            "env", "--user", "labeler"
        )
        assert run("wait") == f"Ready at {named_world.server.url}.\n"
        assert run("wait", "--endpoint", named_world.endpoint) == (
            f"Ready at {named_world.server.url}.\n"
        )


class TestOtherServers:
    @pytest.mark.parametrize(
        "endpoint",
        [
            "https://cloud.kili-technology.com/api/label/v2/graphql",
            "https://CLOUD.us.Kili-Technology.com/api/label/v2/graphql",
            "https://kili-technology.com",
        ],
    )
    def test_real_platform_is_refused_without_a_request(
        self, endpoint: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("a request was sent")

        monkeypatch.setattr("requests.Session.request", refuse)
        monkeypatch.setenv("KILI_API_ENDPOINT", endpoint)
        monkeypatch.setenv("KILI_API_KEY", "a real key")
        printed = run("reset", status=1)
        assert "is the Kili platform" in printed or "is not the address" in printed
        assert "KILI_API_ENDPOINT" in printed

    @pytest.mark.parametrize("command", [("reset",), ("mark",), ("projects",), ("clock", "resume")])
    def test_another_server_never_gets_the_key_or_a_control_request(
        self,
        command: tuple[str, ...],
        foreign_server: tuple[str, list[tuple[str, str]]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        url, seen = foreign_server
        monkeypatch.setenv("KILI_API_ENDPOINT", f"{url}/api/label/v2/graphql")
        monkeypatch.setenv("KILI_API_KEY", "a-real-key")
        assert f"no emulator answers at the address {url}, but another server" in run(
            *command, status=1
        )
        assert [line for line, _ in seen] == ["GET /health"]
        assert "a-real-key" not in str(seen)

    def test_address_without_a_server(self) -> None:
        printed = run("projects", "--endpoint", "http://127.0.0.1:1", "--key", "x", status=1)
        assert "no emulator answers at http://127.0.0.1:1" in printed
        assert "named by --endpoint" in printed

    def test_address_without_a_key(self, server: ServerUnderTest) -> None:
        printed = run("projects", "--endpoint", server.url, status=2)
        assert "give --key, or set KILI_API_KEY" in printed

    @pytest.mark.parametrize("endpoint", ["cloud", "ftp://x", "http://x/y", "http://x:port"])
    def test_text_that_is_not_an_address(self, endpoint: str) -> None:
        printed = run("projects", "--endpoint", endpoint, "--key", "x", status=2)
        assert "--endpoint: " in printed
        assert "is not the address of an emulator" in printed

    @pytest.mark.parametrize("user", ["labeler", "manager"])
    def test_key_of_a_user_who_is_no_administrator(
        self, remote_world: RemoteWorld, server: ServerUnderTest, user: str
    ) -> None:
        options = ("--endpoint", server.url, "--key", remote_world.keys[user])
        assert "administrator" in run("projects", *options, status=1)

    def test_unknown_key(self, server: ServerUnderTest) -> None:
        printed = run("projects", "--endpoint", server.url, "--key", "nothing", status=1)
        assert "the API key is not valid" in printed
        assert f"(asked: {server.url}, named by --endpoint)" in printed


class TestMarks:
    def test_reset_returns_to_a_mark(self, named_world: RemoteWorld) -> None:
        mark = run("mark").strip()
        assert mark.replace("-", "").replace("_", "").isalnum()
        before = named_world.export()["labels"]
        run("submit", "--project", TITLE, "--random", "--count", "2")
        assert named_world.export()["labels"] != before
        assert run("reset", "--to", mark) == f"World {named_world.name} was reset to the mark.\n"
        assert named_world.export()["labels"] == before

    def test_mark_of_another_world_is_refused(
        self, named_world: RemoteWorld, server: ServerUnderTest
    ) -> None:
        other = server.new_world()
        mark = run("mark", "--endpoint", server.url, "--key", other.keys["admin"]).strip()
        printed = run("reset", "--to", mark, status=2)
        assert f"the mark is one of world {other.name}" in printed

    @pytest.mark.parametrize(
        "mark", ["x", "é", "e30", "W10", "bnVsbA", "eyJ3b3JsZCI6ICJkZWZhdWx0In0"]
    )
    def test_text_that_is_not_a_mark(self, named_world: RemoteWorld, mark: str) -> None:
        assert f"{mark!r} is not a mark" in run("reset", "--to", mark, status=2)

    def test_void_mark(self, named_world: RemoteWorld) -> None:
        run("submit", "--project", TITLE, "--example")
        mark = run("mark").strip()
        run("reset")
        assert "the mark is not between" in run("reset", "--to", mark, status=1)


def test_commands_of_another_process_and_folder(named_world: RemoteWorld, elsewhere: Path) -> None:
    """Nothing in this process, and no data folder, helps the commands."""
    environment = {**named_world.environment(), "PYTHONPATH": str(ROOT / "emulator")}
    commands = [
        ("mark",),
        ("clock",),
        ("faults", "list"),
        ("world", "list"),
        ("runs",),
        ("logs",),
        ("calls",),
        ("events",),
        ("timeline",),
        ("plugins", "list"),
        ("projects",),
        ("assets",),
        ("labels",),
        ("why", "--asset", "aquarium", "--project", TITLE),
        ("reset",),
    ]
    program = "import sys; from kili_emulator.cli import main\n" + "".join(
        f"main({list(each)!r}, standalone_mode=False)\n" for each in commands
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        env=environment,
        cwd=elsewhere,
        text=True,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert named_world.project_id in done.stdout
    assert done.stdout.endswith(f"World {named_world.name} was reset to its scenario.\n")
    assert list(elsewhere.iterdir()) == []


def test_administrator_of_one_world_lists_that_world_only(named_world: RemoteWorld) -> None:
    views = json.loads(run("world", "list", "--json"))
    assert [each["name"] for each in views] == [named_world.name]
