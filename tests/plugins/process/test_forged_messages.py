"""A plugin that tries to write messages in the name of its worker fails its run."""

from __future__ import annotations

import pytest

from kili_emulator import messages
from tests.kit.plugin_project import PluginProject

# Every descriptor of the process but the plugin's own.
OTHERS = "[int(each) for each in os.listdir('/proc/self/fd') if int(each) > 2]"

FORGED_FRAME = """
import json, struct
def frame():
    answer = {"over": True, "ended": "well", "text": "", "handler": "class", "duration": 1,
              "memory": 1, "changed": "", "threads": "", "processes": "", "neverRan": None,
              "missing": None, "request": 2}
    content = json.dumps(answer).encode()
    return struct.pack(">I", len(content)) + content
def write_to_all(content):
    for each in DESCRIPTORS:
        try:
            os.write(each, content)
        except OSError:
            pass
""".replace("DESCRIPTORS", OTHERS)

# Opens pipes for reading and writing, also those that are not to be written to.
REOPENED = """
def reopened(mode):
    for each in os.listdir("/proc/self/fd"):
        path = f"/proc/self/fd/{each}"
        try:
            if int(each) > 2 and os.readlink(path).startswith("pipe:"):
                yield os.open(path, mode | os.O_NONBLOCK)
        except OSError:
            pass
"""


@pytest.mark.parametrize(
    "content",
    ["frame()", "b'x'", r"b'\1'", r"b'\0' * 20", r"b'\xff' * 40", "b'x' * 30000"],
)
def test_writing_to_the_channel_fails_the_run(plugin_project: PluginProject, content: str) -> None:
    body = f"print('before')\nwrite_to_all({content})\nraise RuntimeError('its own end')"
    run = plugin_project.run_once(body, top=FORGED_FRAME)
    assert (run["outcome"], run["error"]) == ("FAILED", messages.RUN_CHANNEL_CORRUPTED)
    lines = plugin_project.log_lines("P")
    assert (lines[0], lines[-1]) == (("info", "before"), ("error", messages.RUN_CHANNEL_CORRUPTED))
    assert not [content for _, content in lines if "Traceback" in content]
    plugin_project.submit()
    assert plugin_project.runs()[-1]["error"] == messages.RUN_CHANNEL_CORRUPTED


def test_writing_to_own_descriptors_does_not_fail_the_run(
    plugin_project: PluginProject,
) -> None:
    run = plugin_project.run_once(
        "for each in (1, 2, os.open(os.devnull, os.O_WRONLY)): os.write(each, frame() + b'\\n')",
        top=FORGED_FRAME,
    )
    assert (run["outcome"], run["error"]) == ("SUCCEEDED", None)
    assert len(plugin_project.log_lines("P")) == 2


def test_forged_answer_before_the_process_exits_fails_the_run(
    plugin_project: PluginProject,
) -> None:
    run = plugin_project.run_once("write_to_all(frame())\nos._exit(0)", top=FORGED_FRAME)
    assert (run["outcome"], run["error"]) == ("FAILED", messages.RUN_CHANNEL_CORRUPTED)


def test_writing_to_the_channel_at_import_fails_the_build(
    plugin_project: PluginProject,
) -> None:
    from kili.services.plugins.exceptions import PluginCreationError

    with pytest.raises(PluginCreationError):
        plugin_project.install_handler("pass", f"{FORGED_FRAME}\nwrite_to_all(frame())")
    assert messages.RUN_CHANNEL_CORRUPTED in plugin_project.build_error("P")


def test_a_forged_request_is_not_carried_out(plugin_project: PluginProject) -> None:
    run = plugin_project.run_once(
        'for each in reopened(os.O_WRONLY): os.write(each, b\'{"folder": "/"}\' * 9)\n'
        "time.sleep(1)",
        top=REOPENED,
    )
    assert (run["outcome"], run["error"]) == ("FAILED", messages.RUN_CHANNEL_CORRUPTED)


@pytest.mark.parametrize(
    "close",
    [
        "os.closerange(3, 64)",
        "for each in OTHERS: os.dup2(os.open(os.devnull, os.O_RDWR), each)".replace(
            "OTHERS", OTHERS
        ),
    ],
)
def test_closing_the_channel_fails_the_run(plugin_project: PluginProject, close: str) -> None:
    run = plugin_project.run_once(
        f"print('before')\n{close}\nself.logger.info('lost')\nprint('after')"
    )
    assert (run["outcome"], run["error"]) == ("FAILED", messages.RUN_CHANNEL_CORRUPTED)
    assert plugin_project.log_texts("P") == ["before", "after", messages.RUN_CHANNEL_CORRUPTED]
    plugin_project.submit()
    assert plugin_project.runs()[-1]["outcome"] == "FAILED"


def test_log_marks_written_by_a_plugin_are_plain_output(
    plugin_project: PluginProject,
) -> None:
    run = plugin_project.run_once(
        "self.logger.info('one')\n"
        "arguments = open('/proc/self/cmdline', 'rb').read() + repr(dict(os.environ)).encode()\n"
        "secrets = [each for each in arguments.split(b'\\0') if len(each) > 30]\n"
        "for each in [*secrets, b'0' * 32, b'f' * 32]: os.write(2, b'\\0' + each + b'\\0')\n"
        "os.write(1, b'\\n')\n"
        "self.logger.info('two')\n"
        "print('three')"
    )
    assert run["outcome"] == "SUCCEEDED"
    lines = plugin_project.log_texts("P")
    assert [lines[0], *lines[-2:]] == ["one", "two", "three"]
    assert f"\0{'0' * 32}\0" in "".join(lines)


def test_channel_key_is_absent_from_arguments_and_modules(
    plugin_project: PluginProject,
) -> None:
    run = plugin_project.run_once(
        "names = vars(sys.modules['__main__'])\n"
        "print(sys.argv, sorted(each for each in names if not each.startswith('_')))\n"
        "print([each for each in sys.modules if each.split('.')[0] == 'kili_emulator'])\n"
        "print(open('/proc/self/cmdline', 'rb').read().count(b'mark'))"
    )
    assert run["outcome"] == "SUCCEEDED"
    assert plugin_project.log_texts("P") == ["['-c'] ['sys']", "[]", "0"]


def test_forked_child_has_no_channel_and_its_log_calls_are_printed(
    plugin_project: PluginProject,
) -> None:
    run = plugin_project.run_once(
        "child = os.fork()\n"
        "if not child:\n"
        "    self.logger.warning('of the child')\n"
        "    write_to_all(b'of the child, too\\n')\n"
        "    os._exit(0)\n"
        "os.waitpid(child, 0)\n"
        "self.logger.warning('of the parent')",
        top=FORGED_FRAME,
    )
    assert (run["outcome"], run["error"]) == ("SUCCEEDED", None)
    assert plugin_project.log_lines("P") == [
        ("info", "of the child"),
        ("info", "of the child, too"),
        ("warning", "of the parent"),
    ]
