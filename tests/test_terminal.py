"""Terminal output: no text forges a line or controls the terminal, under any encoding."""

from __future__ import annotations

import ast
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import pytest
import requests

from kili_emulator.cli import main
from tests.kit.responses import EASY_JSON
from tests.test_cli import COMMAND, DIRECT, ROOT, SHELL, CommandRunner, ForegroundServer

HOSTILE = "日本 🎉 é\x1b[2J\rKili\nStopped.\u202e\x9b\u2028"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
PLUGIN = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print(TEXT)
        self.logger.info("two\\nlines of " + TEXT)
        raise ValueError(TEXT)
"""

# Other places that may print: the `print` of plugins, and a child that answers its parent.
PRINTS = {"plugins/inline/sandbox.py", "lint/sdk_surface.py"}


def _prints(call: ast.Call) -> bool:
    text = ast.unparse(call.func)
    return text in {"print", "builtins.print", "click.echo", "click.secho", "echo_via_pager"} or (
        re.fullmatch(r"(sys\.)?(__)?(stdout|stderr)(__)?(\.buffer)?\.(write|writelines)", text)
        is not None
    )


def test_only_the_listed_modules_print() -> None:
    found = {
        path.relative_to(ROOT / "emulator" / "kili_emulator").as_posix()
        for path in (ROOT / "emulator" / "kili_emulator").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _prints(node)
    }
    assert found == PRINTS


def test_help_is_ascii() -> None:
    def helps(command: click.Command, context: click.Context) -> Iterator[str]:
        yield command.get_help(context)
        if isinstance(command, click.Group):
            for name, each in command.commands.items():
                yield from helps(each, click.Context(each, context, name))

    texts = list(helps(main, click.Context(main, info_name="kili-emulator")))
    assert len(texts) > 20
    assert [text for text in texts if not text.isascii()] == []


class HostileServer:
    """A server with a project and a plugin whose names, log lines and errors are hostile."""

    def __init__(self, commands: CommandRunner, encoding: str) -> None:
        commands.environment["PYTHONIOENCODING"] = encoding
        self.encoding = encoding
        self.commands = commands
        first = self._start()
        title = json.dumps(HOSTILE)
        data = f'{{title: {title}, inputType: TEXT, jsonInterface: "{{}}", description: ""}}'
        first.query(f"mutation {{ createProject(data: {data}) {{ id }} }}")
        assert first.stop()[0] == 0
        self.server = self._start()

    def _start(self) -> ForegroundServer:
        process = subprocess.Popen(
            [*COMMAND, "start", "--port", "0"],
            cwd=self.commands.folder,
            env=self.commands.environment,
            encoding=self.encoding.partition(":")[0],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.commands._started.append(process)
        return ForegroundServer(process)

    def run(self, *arguments: str, status: int = 0) -> str:
        """Run a command; return its output after checking that it is fit for a terminal."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.commands.folder,
            env=self.commands.environment,
            encoding=self.encoding.partition(":")[0],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=90,
            check=False,
        )
        assert done.returncode == status, done.stdout
        check(done.stdout)
        return done.stdout


def check(printed: str) -> None:
    """Check that a text is fit for a terminal and has no forged line."""
    assert not RAW.search(printed), ascii(printed)
    assert "\nStopped." not in printed


@pytest.mark.parametrize(
    "encoding",
    [
        "latin-1",
        "utf-8",
        pytest.param("ascii", marks=pytest.mark.contract),
        pytest.param("cp1252:strict", marks=pytest.mark.contract),
    ],
)
def test_hostile_texts_end_no_server_or_command(tmp_path: Path, encoding: str) -> None:
    commands = CommandRunner(tmp_path)
    try:
        _try_hostile_texts(HostileServer(commands, encoding), tmp_path)
    finally:
        commands.end()


def _try_hostile_texts(hostile_server: HostileServer, folder: Path) -> None:
    server, name = hostile_server.server, f"Judge {HOSTILE}"
    check(server.introduction)
    assert r"\x1b[2J\rKili\nStopped.\u202e\x9b\u2028" in server.introduction
    assert ("日本 🎉 é" in server.introduction) == (hostile_server.encoding == "utf-8")
    (folder / "judge.py").write_text(
        PLUGIN.replace("TEXT", ascii(f"\udc80{HOSTILE}")), encoding="utf-8"
    )
    (folder / "label.json").write_text("{}", encoding="utf-8")
    project = server.printed(r"project +(\S+) +Plugin tutorial")
    listed = hostile_server.run("plugins", "link", name, "judge.py", "--project", project)
    assert "webhook" not in listed
    (folder / "label.json").write_text(EASY_JSON, encoding="utf-8")
    done = hostile_server.run("submit", "--project", project, "--label", "label.json")
    run = re.search(r"run (\w+) of", done)
    assert run, done
    assert run[1] in hostile_server.run("runs")
    shown = hostile_server.run("runs", "show", run[1])
    assert "info two\n    | lines of" in shown
    for command in (["plugins", "list"], ["plugins", "versions", name], ["world", "list"]):
        hostile_server.run(*command)
    hostile_server.run("plugins", "show", name)
    hostile_server.run("why", "--asset", "none", "--project", HOSTILE.replace("\n", ""), status=1)
    hostile_server.run("submit", "--project", HOSTILE, status=1)
    _send_forged_request(server)
    assert requests.get(f"{server.url}/health", **DIRECT).json() == {"status": "ready"}
    status, rest = server.stop()
    assert status == 0, rest
    assert rest.endswith("\nStopped.\n")
    check(rest.removesuffix("\nStopped.\n"))
    assert f"kili-emulator runs show {run[1]}" in rest


def _send_forged_request(server: ForegroundServer) -> None:
    """Send a request with control characters that a web server would log."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(b"GET /\x1b[2J\x9b \x1b]0;title\x07 HTTP/9\r\n\r\n")
        while connection.recv(4096):
            pass


REPORTS = """
import logging, threading, warnings
from kili_emulator.cli.server_log import log_to_terminal
from kili_emulator.config import Settings

log_to_terminal(Settings())
for name in ("kili_emulator.plugins.links.linked_folders", "werkzeug", "somebody.elses"):
    logging.getLogger(name).warning("of %s: x\\x1b[2J\\nforged", name)
warnings.warn("warned\\x1b\\nforged")

def fail():
    raise ValueError("failed\\x1b\\nforged")

thread = threading.Thread(target=fail, name="bad\\x1b")
thread.start()
thread.join()
"""


def test_log_records_of_a_server_forge_no_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", REPORTS],
        env=CommandRunner(tmp_path).environment,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    check(done.stderr)
    ours = [line for line in done.stderr.splitlines() if not line.startswith("  | ")]
    assert [re.split(r"[:(]", line)[0] for line in ours] == [
        "of kili_emulator.plugins.links.linked_folders",
        "of werkzeug",
        "of somebody.elses",
        "<string>",
        r"the thread 'bad\x1b' failed",
    ]
    assert done.stderr.count("  | forged") == 5
    assert r"  | ValueError: failed\x1b" in done.stderr


def test_output_of_a_detached_server_is_printed_in_its_encoding(tmp_path: Path) -> None:
    commands = CommandRunner(tmp_path)
    commands.environment["PYTHONIOENCODING"] = "latin-1"
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    try:
        command = [*COMMAND, "start", "--detach", "--ephemeral", "--port", "0"]
        options: dict[str, Any] = {"cwd": tmp_path, "env": commands.environment}
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, **options)
        assert b"Running in the background as process" in done.stdout
        failed = subprocess.run(
            [*command, "--data-dir", "other", "--scenario", "no\x1b[2Jn\xe9.json"],
            stderr=subprocess.PIPE,
            check=False,
            **options,
        )
        assert failed.returncode == 1
        assert b"\x1b" not in failed.stderr
        assert b"the emulator did not start" in failed.stderr
    finally:
        commands.end()


@pytest.mark.skipif(not SHELL, reason="a pseudo-terminal")
def test_file_is_printed_byte_for_byte_except_to_a_terminal(tmp_path: Path) -> None:
    import pty

    source = "# \x1b[2J 日本\r\n# end"
    code = f"from kili_emulator.cli.terminal import echo_file; echo_file({source!r})"
    environment = CommandRunner(tmp_path).environment | {"PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    assert done.stdout == source.encode()
    ours, theirs = pty.openpty()
    with open(ours, "rb", closefd=True) as terminal:  # noqa: PTH123  (a descriptor)
        subprocess.run(command, env=environment, stdout=theirs, check=True)
        assert terminal.readline() == b"# \\x1b[2J \\u65e5\\u672c\\r\r\n"
        assert terminal.readline() == b"# end\r\n"
