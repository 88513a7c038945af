"""The command line, run as a user runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.kit import warm_interpreter

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ["-m", "kili_emulator"]
COMMAND = [sys.executable, *PROGRAM]
DIRECT = {"proxies": {"http": "", "https": ""}, "timeout": 10}
SHELL = sys.platform != "win32"


class CommandRunner:
    """A folder in which commands run; the test ends the servers that they start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data_dir = folder / ".kili-emulator"
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KILI_", "NO_PROXY", "no_proxy"))
        }
        self.temporary = folder / "tmp"  # where ephemeral servers are found
        self.temporary.mkdir()
        self.environment |= {
            "PYTHONPATH": str(ROOT / "emulator"),
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": str(self.temporary),
        }
        self._started: list[warm_interpreter.Process] = []

    def run(self, *arguments: str, status: int = 0) -> str:
        """Run a command to its end; return all that it printed."""
        done = warm_interpreter.run(
            [*PROGRAM, *arguments], environment=self.environment, folder=self.folder, timeout=90
        )
        assert done.returncode == status, done.stdout
        return done.stdout

    def start(self, *options: str) -> ForegroundServer:
        """Start a server in the foreground; return once it is ready."""
        return ForegroundServer(self.begin("start", "--port", "0", *options))

    def begin(self, *arguments: str) -> warm_interpreter.Process:
        """Start a command that goes on."""
        process = warm_interpreter.start(
            [*PROGRAM, *arguments], environment=self.environment, folder=self.folder
        )
        self._started.append(process)
        return process

    def states(self) -> list[Path]:
        """Return the state files of the running servers."""
        return sorted(self.folder.rglob("server.json"))

    def state(self) -> dict[str, str]:
        """Return the state of the only running server."""
        (path,) = self.states()
        return dict(json.loads(path.read_text(encoding="utf-8")))

    def end(self) -> None:
        for process in self._started:
            process.kill()
            process.communicate()
        for path in self.states():  # of servers still running, or killed
            if not path.exists():  # removed meanwhile, as its server was killed
                continue
            endpoint = json.loads(path.read_text())["url"] + "/api/label/v2/graphql"
            environment = {**self.environment, "KILI_API_ENDPOINT": endpoint}
            warm_interpreter.run(
                [*PROGRAM, "stop"], environment=environment, folder=self.folder, timeout=60
            )


class ForegroundServer:
    """A server in the foreground, with the text that it printed until it was ready."""

    def __init__(self, process: warm_interpreter.Process) -> None:
        self.process = process
        self.introduction = ""
        assert process.stdout is not None
        for line in process.stdout:
            self.introduction += line
            if line.startswith("Ctrl-C"):
                break
        else:
            raise AssertionError(f"the server did not start:\n{self.introduction}")
        self.endpoint = self.printed(r"endpoint +(\S+)")
        self.key = self.printed(r"API key +(\S+)")
        self.url = self.endpoint.removesuffix("/api/label/v2/graphql")

    def printed(self, pattern: str) -> str:
        found = re.search(pattern, self.introduction)
        assert found, self.introduction
        return found[1]

    def query(self, text: str) -> object:
        headers = {"Authorization": f"X-API-Key: {self.key}"}
        answer = requests.post(self.endpoint, json={"query": text}, headers=headers, **DIRECT)
        return answer.json()["data"]

    def create_project(self) -> None:
        """Create a project in the default world."""
        data = '{title: "New", inputType: IMAGE, jsonInterface: "{}", description: ""}'
        self.query(f"mutation {{ createProject(data: {data}) {{ id }} }}")

    def projects(self) -> object:
        return self.query("{ projects(where: {}, first: 100, skip: 0) { title } }")

    def stop(self, with_signal: int = signal.SIGINT) -> tuple[int, str]:
        """Stop the server; return the exit status and the rest of its output."""
        self.process.send_signal(with_signal)
        rest, _ = self.process.communicate(timeout=30)
        return self.process.returncode, rest


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[CommandRunner]:
    runner = CommandRunner(tmp_path)
    yield runner
    runner.end()


@pytest.fixture(scope="module")
def commands_with_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandRunner]:
    """Return a runner whose server no test changes."""
    runner = CommandRunner(tmp_path_factory.mktemp("running"))
    runner.start("--ephemeral")
    yield runner
    runner.end()


class TestStart:
    def test_start_prints_the_endpoint_and_api_keys(self, commands: CommandRunner) -> None:
        server = commands.start()
        assert requests.get(f"{server.url}/health", **DIRECT).json() == {"status": "ready"}
        for user in ("admin", "manager", "reviewer", "labeler"):
            assert re.search(
                rf"API key +emulator-{user} +{user}@example\.com\n", server.introduction
            )
        assert f"\nexport KILI_API_ENDPOINT={server.endpoint}\n" in server.introduction
        assert "\nexport KILI_API_KEY=emulator-admin\n" in server.introduction
        assert "\nexport NO_PROXY=127.0.0.1,localhost\n" in server.introduction
        assert "Plugin tutorial: count the objects" in server.introduction

    def test_server_is_ready_before_the_sdk_is_imported(self, commands: CommandRunner) -> None:
        code = (
            "import sys, kili_emulator.app, kili_emulator.cli.server as server\n"
            "from kili_emulator.app.platform import HttpServer\n"
            "HttpServer.serve = lambda self: print('kili' in sys.modules)\n"
            "kili_emulator.app.warm_up = lambda: None\n"
            "server.start(['--port', '0', '--ephemeral'])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=commands.folder,
            env=commands.environment,
            encoding="utf-8",
            capture_output=True,
            timeout=60,
            check=True,
        )
        assert done.stdout.splitlines()[-2:] == ["False", "Stopped."]

    @pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
    def test_signals_stop_the_server_cleanly(self, commands: CommandRunner, name: str) -> None:
        server = commands.start()
        status, rest = server.stop(getattr(signal, name))
        assert (status, rest.splitlines()[-1]) == (0, "Stopped.")
        assert not (commands.data_dir / "server.json").exists()

    def test_restart_keeps_the_data(self, commands: CommandRunner) -> None:
        first = commands.start()
        first.create_project()
        before = first.projects()
        first.stop()
        assert commands.start().projects() == before

    def test_server_starts_after_a_killed_server(self, commands: CommandRunner) -> None:
        first = commands.start()
        first.process.kill()
        first.process.wait()
        assert "no emulator runs" in commands.run("stop", status=1)
        assert not (commands.data_dir / "server.json").exists()
        commands.start()

    def test_state_file_of_a_killed_server_is_not_taken_for_a_running_server(
        self, commands: CommandRunner
    ) -> None:
        server = commands.start()
        left = (commands.data_dir / "server.json").read_text()
        server.stop()
        # The process id now belongs to another process.
        (commands.data_dir / "server.json").write_text(
            json.dumps({**json.loads(left), "pid": os.getpid()})
        )
        assert "no emulator runs" in commands.run("stop", status=1)
        assert not (commands.data_dir / "server.json").exists()

    def test_stop_asks_the_server_and_signals_no_process(self, commands: CommandRunner) -> None:
        server = commands.start()
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
            state = {**commands.state(), "pid": other.pid}
            (commands.data_dir / "server.json").write_text(json.dumps(state))
            assert commands.run("stop") == "Stopped.\n"
            assert other.poll() is None
        rest, _ = server.process.communicate(timeout=30)
        assert (server.process.returncode, rest.splitlines()[-1]) == (0, "Stopped.")
        assert not (commands.data_dir / "server.json").exists()

    @pytest.mark.skipif("not SHELL")
    def test_a_world_without_an_administrator_can_be_stopped(self, commands: CommandRunner) -> None:
        text = "organization: {name: T}\nusers:\n  - {key: solo, email: solo@example.com, "
        text += "firstname: S, lastname: O, organizationRole: USER}\n"
        (commands.folder / "mine.yaml").write_text(text)
        server = commands.start("--scenario", "mine.yaml")
        assert commands.run("stop") == "Stopped.\n"
        assert server.process.wait(30) == 0

    @pytest.mark.skipif("not SHELL")
    def test_stop_reports_a_server_that_does_not_answer(self, commands: CommandRunner) -> None:
        server = commands.start()
        server.process.send_signal(signal.SIGSTOP)
        printed = commands.run("stop", status=1)
        server.process.send_signal(signal.SIGCONT)
        assert f"process {server.process.pid}, does not answer" in printed

    def test_plugin_that_changes_the_current_folder_moves_no_data(
        self, commands: CommandRunner
    ) -> None:
        code = (
            "import os, kili_emulator.app, kili_emulator.cli.server as server\n"
            "kili_emulator.app.platform.HttpServer.serve = lambda self: os.chdir(os.sep)\n"
            "kili_emulator.app.warm_up = lambda: None\n"
            "server.start(['--port', '0'])"
        )
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=commands.folder,
            env=commands.environment,
            timeout=60,
            check=True,
        )
        assert not (commands.data_dir / "server.json").exists()

    def test_ephemeral_server_leaves_no_files(self, commands: CommandRunner) -> None:
        server = commands.start("--ephemeral")
        assert [path.name for path in commands.folder.iterdir()] == ["tmp"]
        assert len(commands.states()) == 1
        server.stop()
        assert not [path for path in commands.folder.rglob("*") if path.is_file()]

    def test_restart_keeps_the_scenario_of_the_data(self, commands: CommandRunner) -> None:
        commands.start("--scenario", "empty").stop()
        server = commands.start()
        assert server.printed(r"scenario +(\w+)") == "empty"

    def test_detached_server_runs_until_stopped(self, commands: CommandRunner) -> None:
        printed = commands.run("start", "--detach", "--port", "0")
        assert "Kili Emulator is ready." in printed
        assert f"Running in the background as process {commands.state()['pid']}" in printed
        assert commands.run("wait") == f"Ready at {commands.state()['url']}.\n"
        assert "uses .kili-emulator already" in commands.run("start", "--detach", status=1)
        assert commands.run("stop") == "Stopped.\n"
        assert "start one with `kili-emulator start`" in commands.run("stop", status=1)
        assert commands.run("start", "--detach", "--port", "0")  # at once


class TestEphemeral:
    """Ephemeral servers: any number of them runs beside one server that keeps its data."""

    def detach(self, commands: CommandRunner) -> tuple[str, str]:
        """Start an ephemeral server in the background; return its endpoint and process id."""
        printed = commands.run("start", "--ephemeral", "--detach", "--port", "0")
        endpoint = re.search(r"endpoint +(\S+)", printed)
        process = re.search(
            r"Running in the background as process (\d+); its output goes to (\S+)\.", printed
        )
        assert endpoint
        assert process
        log = commands.folder / process[2]
        assert log.is_relative_to(commands.temporary)
        assert "Kili Emulator is ready." in log.read_text()
        return endpoint[1], process[1]

    def test_servers_started_in_one_folder_share_no_data(self, commands: CommandRunner) -> None:
        kept = commands.start()
        before = sorted(commands.data_dir.rglob("*"))
        one, other = commands.start("--ephemeral"), commands.start("--ephemeral")
        assert sorted(commands.data_dir.rglob("*")) == before
        assert {path.name for path in commands.folder.iterdir()} == {"tmp", ".kili-emulator"}
        one.create_project()
        shown = [json.dumps(server.projects()) for server in (kept, one, other)]
        assert ['"New"' in each for each in shown] == [False, True, False]

    def test_commands_find_a_detached_ephemeral_server(self, commands: CommandRunner) -> None:
        endpoint, _ = self.detach(commands)
        assert not commands.data_dir.exists()
        assert (
            commands.run("wait") == f"Ready at {endpoint.removesuffix('/api/label/v2/graphql')}.\n"
        )
        assert f"export KILI_API_ENDPOINT={endpoint}\n" in commands.run("env")
        assert commands.run("world", "list").startswith("default ")
        assert commands.run("reset") == "World default was reset to its scenario.\n"
        assert commands.run("stop") == "Stopped.\n"
        assert not [path for path in commands.folder.rglob("*") if path.is_file()]
        assert "no emulator runs on .kili-emulator" in commands.run("env", status=1)

    def test_commands_find_an_ephemeral_server_of_another_terminal(
        self, commands: CommandRunner
    ) -> None:
        server = commands.start("--ephemeral")
        assert f"export KILI_API_ENDPOINT={server.endpoint}\n" in commands.run("env")

    def test_ephemeral_server_is_found_by_its_data_dir_option(
        self, commands: CommandRunner
    ) -> None:
        one = commands.start("--ephemeral", "--data-dir", "one")
        commands.start("--ephemeral", "--data-dir", "other")
        assert one.endpoint in commands.run("env", "--data-dir", "one")
        assert "no emulator runs on .kili-emulator" in commands.run("env", status=1)
        assert not (commands.folder / "one").exists()

    @pytest.mark.skipif(not SHELL, reason="a signal that cannot be caught")
    def test_state_of_a_killed_server_is_removed_by_the_next_start(
        self, commands: CommandRunner
    ) -> None:
        killed = commands.start("--ephemeral", "--data-dir", "one").process
        killed.kill()
        killed.wait()
        (left,) = [path.parent for path in commands.states()]
        commands.start("--ephemeral", "--data-dir", "other")
        assert not left.exists()
        assert len(commands.states()) == 1

    def test_endpoint_selects_one_of_several_servers(self, commands: CommandRunner) -> None:
        endpoints = dict(self.detach(commands) for _ in range(2))
        printed = commands.run("stop", status=1)
        assert "several ephemeral emulators run here: " in printed
        for endpoint, process in endpoints.items():
            url = endpoint.removesuffix("/api/label/v2/graphql")
            assert f"{url} (process {process})" in printed
        first, last = endpoints
        commands.environment["KILI_API_ENDPOINT"] = first
        assert commands.run("stop") == "Stopped.\n"
        del commands.environment["KILI_API_ENDPOINT"]
        assert last in commands.run("env")

    def test_commands_prefer_the_server_that_keeps_its_data(self, commands: CommandRunner) -> None:
        commands.start("--ephemeral")
        kept = commands.start()
        assert kept.endpoint in commands.run("env")
        commands.run("stop")
        assert kept.process.wait(30) == 0

    def test_killed_ephemeral_server_is_forgotten(self, commands: CommandRunner) -> None:
        server = commands.start("--ephemeral")
        server.process.kill()
        server.process.wait()
        assert "no emulator runs on" in commands.run("env", status=1)
        assert commands.states() == []

    def test_failed_start_of_an_ephemeral_server_leaves_no_files(
        self, commands: CommandRunner
    ) -> None:
        (commands.folder / "mine.yaml").write_text("users: []\n")
        for option in ([], ["--detach"]):
            printed = commands.run(
                "start", "--ephemeral", "--scenario", "mine.yaml", *option, "--port", "0", status=1
            )
            assert "mine.yaml:1" in printed
        assert [path.name for path in commands.folder.rglob("*") if path.is_file()] == ["mine.yaml"]

    @pytest.mark.skipif("not SHELL")
    def test_state_folder_of_another_user_is_refused(self, commands: CommandRunner) -> None:
        other = commands.folder / "other"
        other.mkdir()
        (commands.temporary / f"kili-emulator-servers-{os.getuid()}").symlink_to(other)
        printed = commands.run("start", "--ephemeral", "--port", "0", status=1)
        assert (
            "cannot be used (it belongs to another user): set TMPDIR to another folder" in printed
        )
        assert list(other.iterdir()) == []
        assert "no emulator runs on" in commands.run("env", status=1)


class TestRefusals:
    def test_a_port_in_use_is_explained(self, commands: CommandRunner) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            printed = commands.run("start", "--port", str(port), status=1)
        assert f"cannot listen on 127.0.0.1:{port} (" in printed
        assert "or give another --port" in printed

    def test_two_servers_on_one_folder_are_refused(self, commands: CommandRunner) -> None:
        server = commands.start()
        printed = commands.run("start", "--port", "0", status=1)
        assert f"an emulator uses .kili-emulator already, at {server.url}: stop it" in printed

    def test_two_servers_are_refused_while_the_first_is_not_ready_yet(
        self, commands: CommandRunner
    ) -> None:
        commands.start()
        state = commands.data_dir / "server.json"
        state.rename(state.with_name("hidden"))
        printed = commands.run("start", "--port", "0", status=1)
        assert "another emulator uses .kili-emulator: stop it" in printed
        assert "another emulator uses" in commands.run("reset", status=1)
        state.with_name("hidden").rename(state)

    @pytest.mark.parametrize("option", [[], ["--detach"]])
    def test_error_in_a_scenario_is_reported_with_its_line(
        self, commands: CommandRunner, option: list[str]
    ) -> None:
        (commands.folder / "mine.yaml").write_text("organization:\n  name: [\n")
        printed = commands.run("start", "--port", "0", "--scenario", "mine.yaml", *option, status=1)
        assert "mine.yaml:3: this is not valid YAML" in printed
        assert ("the emulator did not start:" in printed) == bool(option)
        commands.start()  # the next start succeeds

    def test_error_for_an_unknown_scenario_lists_the_known_names(
        self, commands: CommandRunner
    ) -> None:
        printed = commands.run("start", "--port", "0", "--scenario", "defualt", status=1)
        assert "or one of the names: default, empty" in printed

    def test_unknown_setting_in_the_project_file_is_reported(self, commands: CommandRunner) -> None:
        (commands.folder / "pyproject.toml").write_text("[tool.kili-emulator]\nprot = 1\n")
        printed = commands.run("start", status=2)
        assert "[tool.kili-emulator] of pyproject.toml: there is no setting 'prot'" in printed
        assert printed.endswith("did you mean port?\n")

    def test_unknown_environment_variable_is_reported_and_ignored(
        self, commands: CommandRunner
    ) -> None:
        commands.environment["KILI_EMULATOR_PROT"] = "1"
        printed = commands.run("stop", status=1)
        warning = "there is no setting for the variable KILI_EMULATOR_PROT; ignored: did you mean "
        assert f"Warning: {warning}KILI_EMULATOR_PORT?\n" in printed
        assert "no emulator runs" in printed

    def test_invalid_value_of_an_environment_variable_is_reported(
        self, commands: CommandRunner
    ) -> None:
        commands.environment["KILI_EMULATOR_PORT"] = "many"
        assert "KILI_EMULATOR_PORT: port = 'many'" in commands.run("start", status=2)

    @pytest.mark.parametrize(
        ("option", "value", "range_"),
        [("port", "70000", "0 to 65535"), ("plugin-timeout", "0", "more than 0 seconds")],
    )
    def test_a_number_out_of_range_is_refused(
        self, commands: CommandRunner, option: str, value: str, range_: str
    ) -> None:
        assert f"give {range_}" in commands.run("start", f"--{option}", value, status=2)

    def test_impossible_data_folder_is_reported(self, commands: CommandRunner) -> None:
        (commands.folder / "file").touch()
        for option in ([], ["--detach"]):
            printed = commands.run("start", "--data-dir", "file/data", *option, status=1)
            assert "file/data cannot be used (Not a directory)" in printed

    def test_unreadable_data_file_is_reported(self, commands: CommandRunner) -> None:
        folder = commands.data_dir / "worlds" / "default"
        folder.mkdir(parents=True)
        (folder / "documents.sqlite").write_bytes(b"something else " * 100)
        for command in (["start", "--port", "0"], ["reset"]):
            printed = commands.run(*command, status=1)
            assert "documents.sqlite cannot be read (file is not a database)" in printed


class TestOtherMachines:
    def test_server_open_to_other_machines_has_random_keys(self, commands: CommandRunner) -> None:
        server = commands.start("--host", "0.0.0.0")
        assert server.url.startswith("http://127.0.0.1:")
        assert re.fullmatch(r"emulator-[\w-]{43}", server.key)
        assert server.projects()
        server.key = "emulator-admin"
        with pytest.raises(requests.JSONDecodeError):  # it says "Unauthorized"
            server.projects()

    def test_public_keys_option_keeps_the_documented_keys(self, commands: CommandRunner) -> None:
        assert commands.start("--host", "0.0.0.0", "--public-keys").key == "emulator-admin"

    @pytest.mark.skipif("sys.platform != 'linux'")
    def test_address_is_reached_without_proxies(self, commands: CommandRunner) -> None:
        server = commands.start("--host", "127.0.0.2")
        assert server.url.startswith("http://127.0.0.2:")
        line = "export NO_PROXY=127.0.0.1,localhost,127.0.0.2\n"
        assert line in server.introduction
        assert line in commands.run("env")

    def test_data_with_documented_keys_is_not_opened_to_other_machines(
        self, commands: CommandRunner
    ) -> None:
        commands.start().stop()
        printed = commands.run("start", "--port", "0", "--host", "0.0.0.0", status=1)
        assert "the documented API keys, which anyone who reaches 0.0.0.0 could use" in printed
        assert "--public-keys" in printed


class TestEnv:
    @pytest.mark.skipif("not SHELL")
    def test_output_of_env_can_be_evaluated_by_a_shell(self, commands: CommandRunner) -> None:
        commands.run("start", "--detach", "--port", "0", "--ephemeral")
        commands.environment["NO_PROXY"] = "intranet"
        script = (
            f'eval "$({sys.executable} -m kili_emulator env)"\n'
            f"{sys.executable} -c 'import os, requests\n"
            'answer = requests.post(os.environ["KILI_API_ENDPOINT"], timeout=9,\n'
            '    json={"query": "{ viewer { email } }"},\n'
            '    headers={"Authorization": "X-API-Key: " + os.environ["KILI_API_KEY"]})\n'
            'print(answer.json()["data"]["viewer"], os.environ["NO_PROXY"])\''
        )
        printed = subprocess.run(
            ["sh", "-c", script],
            cwd=commands.folder,
            env=commands.environment,
            encoding="utf-8",
            capture_output=True,
            timeout=60,
            check=True,
        ).stdout
        assert printed == "{'email': 'admin@example.com'} intranet,127.0.0.1,localhost\n"

    def test_env_selects_user_and_world(self, commands: CommandRunner) -> None:
        commands.start("--ephemeral")
        commands.run("world", "create", "two")
        printed = commands.run("env", "--world", "two", "--user", "labeler")
        assert "export KILI_API_KEY=emulator-labeler.two\n" in printed
        unknown = commands.run("env", "--user", "boss", status=1)
        assert "there is no API key named 'boss' (there are: admin, " in unknown
        unknown = commands.run("env", "--world", "three", status=1)
        assert "there is no world 'three' (there are: default, two)" in unknown

    def test_env_needs_a_running_server(self, commands: CommandRunner) -> None:
        assert "no emulator runs on .kili-emulator" in commands.run("env", status=1)

    def test_wait_ends_after_its_timeout(self, commands: CommandRunner) -> None:
        printed = commands.run("wait", "--timeout", "0.2", status=1)
        assert "no emulator on .kili-emulator was ready within 0.2 seconds" in printed


class TestReset:
    def test_reset_restores_the_world_of_a_running_server(self, commands: CommandRunner) -> None:
        server = commands.start()
        before = server.projects()
        server.create_project()
        assert server.projects() != before
        assert commands.run("reset") == "World default was reset to its scenario.\n"
        assert server.projects() == before

    def test_reset_of_a_stopped_server_restores_its_scenario(self, commands: CommandRunner) -> None:
        first = commands.start("--scenario", "empty")
        before = first.projects()
        first.create_project()
        assert first.projects() != before
        first.stop()
        commands.run("reset")
        assert commands.start().projects() == before

    def test_reset_without_data_succeeds(self, commands: CommandRunner) -> None:
        assert commands.run("reset") == "World default was reset to its scenario.\n"
        assert not commands.data_dir.exists()


class TestWorld:
    def test_worlds_are_created_listed_reset_and_deleted(self, commands: CommandRunner) -> None:
        server = commands.start()
        printed = commands.run("world", "create", "two", "--seed", "1")
        assert printed.startswith(
            "two (scenario default)\n  key of admin      emulator-admin.two\n"
        )
        assert "Plugin tutorial: count the objects" in printed
        assert printed in commands.run("world", "list")
        server.key = "emulator-admin.two"
        before = server.projects()
        server.create_project()
        assert commands.run("world", "reset", "two") == "World two was reset to its scenario.\n"
        assert server.projects() == before
        assert commands.run("world", "delete", "two") == "World two was deleted.\n"
        assert commands.run("world", "list").startswith("default (scenario default)\n")
        assert "two" not in commands.run("world", "list")

    def test_worlds_survive_a_restart(self, commands: CommandRunner) -> None:
        server = commands.start()
        commands.run("world", "create", "two")
        before = commands.run("world", "list")
        server.stop()
        commands.start()
        assert commands.run("world", "list") == before

    def test_scenario_path_is_relative_to_the_folder_of_the_command(
        self, commands: CommandRunner
    ) -> None:
        commands.start("--ephemeral")
        elsewhere = commands.folder / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "default").mkdir()  # a folder of that name changes nothing
        text = "organization: {name: T}\nusers:\n  - {key: solo, email: solo@example.com, "
        text += "firstname: S, lastname: O, organizationRole: ADMIN}\n"
        (elsewhere / "mine.yaml").write_text(text)
        data_dir = ["--data-dir", str(commands.data_dir)]
        commands.folder = elsewhere
        printed = commands.run("world", "create", "two", "--scenario", "mine.yaml", *data_dir)
        assert "emulator-solo.two" in printed
        commands.run("world", "create", "three", "--scenario", "default", *data_dir)

    def test_problems_of_a_scenario_are_shown_in_full(self, commands: CommandRunner) -> None:
        commands.start("--ephemeral")
        (commands.folder / "mine.yaml").write_text("organization: {name: T}\nusers: nobody\n")
        printed = commands.run("world", "create", "two", "--scenario", "mine.yaml", status=1)
        assert printed == "Error: mine.yaml:2: users: 'nobody' is not of type 'array'\n"

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ("create default", "world 'default' exists already"),
            ("create Two!", "'Two!' is not a valid name of a world: use lower-case letters"),
            ("create two --scenario none.yaml", "none.yaml: cannot be read as a scenario"),
            ("reset two", "there is no world 'two' (there are: default)"),
            ("delete two", "there is no world 'two' (there are: default)"),
            ("delete default", "the default world cannot be deleted: reset it instead"),
        ],
    )
    def test_errors_of_world_commands_are_explained(
        self, commands_with_server: CommandRunner, arguments: str, message: str
    ) -> None:
        printed = commands_with_server.run("world", *arguments.split(), status=1)
        assert printed.startswith("Error: ")
        assert message in printed
        assert commands_with_server.run("world", "list").count("(scenario ") == 1

    def test_world_commands_need_a_running_server(self, commands: CommandRunner) -> None:
        assert "no emulator runs on" in commands.run("world", "list", status=1)


@pytest.mark.parametrize(
    "command",
    ["", "start", "stop", "wait", "env", "reset", "world"]
    + [f"world {name}" for name in ("create", "list", "reset", "delete")],
)
def test_every_command_has_help(commands: CommandRunner, command: str) -> None:
    printed = commands.run(*command.split(), "--help")
    assert printed.startswith("Usage: ")
    description = printed.split("\n\n")[1]
    assert description.strip()


def test_the_version_is_printed(commands: CommandRunner) -> None:
    assert re.fullmatch(r"kili-emulator, version \d+\.\d+\.\d+\n", commands.run("--version"))


def test_commands_start_without_the_server_and_the_sdk() -> None:
    code = (
        "import sys, kili_emulator.cli\n"
        "print({'flask', 'ariadne', 'requests', 'kili'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        encoding="utf-8",
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    ("given", "nearest"),
    [(["strat"], "start"), (["plugins", "lst"], "list"), (["world", "creat"], "create")],
)
def test_error_for_an_unknown_command_suggests_the_nearest_command(
    given: list[str], nearest: str
) -> None:
    from click.testing import CliRunner

    from kili_emulator.cli import main

    printed = CliRunner().invoke(main, given)
    assert printed.exit_code == 2
    assert f"No such command '{given[-1]}'. Did you mean {nearest}?" in printed.output
