"""KP60x: files that exist on the author's machine, but not on the platform."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from kili_emulator.lint.checks.known_calls import OPENERS, PATH_READERS, READERS
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.python_source.guards import conditions, is_caught
from kili_emulator.python_source.literal_values import FilePath, file_path, texts
from kili_emulator.python_source.module import Module
from kili_emulator.python_source.syntax import last_name

_LOCAL_PATH = re.compile(
    r"(/home/|/Users/|/root/|/mnt/|/media/|/Volumes/|~[\w.-]*[/\\]|[A-Za-z]:[\\/](?![\\/]))\S"
)
_UPLOAD_NOTE = (
    "From the plugin's folder, the SDK uploads only the Python files and requirements.txt."
)
_DATA_REMEDY = "write the data as Python, or download it in the handler"
_MODE = re.compile(r"[rwaxbt+]{1,4}")
_WRITING = frozenset("wax+")
_ERRORS = ("OSError", "IOError", "FileNotFoundError")
_EXISTENCE_CHECKS = ("exists", "is_file", "is_dir", "isfile", "isdir", "access")
# Functions that take a path and do not write a file there.
_NON_WRITING_CALLS = (
    *("Path", "PurePath", "abspath", "absolute", "dirname", "expanduser", "fspath", "join"),
    *("joinpath", "normpath", "realpath", "resolve", "str", "with_name"),
    *("debug", "error", "exception", "format", "get", "info", "print", "warning"),
    *_EXISTENCE_CHECKS,
)

LOCAL = Rule(
    "KP601",
    "warning",
    "A path exists on the author's machine only",
    "The machine on which the platform runs plugins has other home folders, drives and mounted "
    "disks.",
    "inferred",
    "{path} is a path of your own machine",
    _DATA_REMEDY,
)
NOT_UPLOADED = Rule(
    "KP602",
    "error",
    "The plugin reads a file that is not uploaded",
    _UPLOAD_NOTE,
    "documented",
    "the plugin reads {path}, which is not uploaded with it",
    _DATA_REMEDY,
)
NAMED = Rule(
    "KP603",
    "warning",
    "The plugin names a file in its folder that is not uploaded",
    _UPLOAD_NOTE,
    "documented",
    "{path} is in the plugin's folder, but is not uploaded with it",
    _DATA_REMEDY,
)

RULES = (LOCAL, NOT_UPLOADED, NAMED)


def check_paths(plugin: Plugin) -> Iterator[Finding]:
    """Find files that the plugin reads or names, and that do not exist on the platform."""
    written = {
        path for module in plugin.reachable_modules for path in _written_paths(plugin, module)
    }
    reported = set(written)
    changes_folder = any(
        _changes_folder(call) for module in plugin.reachable_modules for call in module.calls()
    )
    for module in plugin.reachable_modules:
        for call, path in _files_read(plugin, module):
            reported.add(path.text)
            is_made = path.text in written or (changes_folder and path.base == "current")
            if not is_made and not _is_guarded(module, call):
                yield NOT_UPLOADED.make_finding(module.path, call.lineno, path=path.text)
    for module in plugin.reachable_modules:
        for text in texts(module):
            yield from _check_text(plugin, module, text, reported)


def _check_text(
    plugin: Plugin, module: Module, node: ast.Constant, reported: Collection[str]
) -> Iterator[Finding]:
    """Check a text that may be a path, unless the path is already reported."""
    text = str(node.value)
    if _LOCAL_PATH.match(text):
        yield LOCAL.make_finding(module.path, node.lineno, path=text.partition("\n")[0])
    elif "." in text:
        for other in sorted(plugin.source.others):
            is_named = text.removeprefix("./") in (other, PurePosixPath(other).name)
            if is_named and not {text, other} & {*reported}:
                yield NAMED.make_finding(module.path, node.lineno, path=other)
                return


def _files_read(plugin: Plugin, module: Module) -> Iterator[tuple[ast.Call, FilePath]]:
    """Yield the calls that read a file of the plugin's folder that is not uploaded."""
    for call in module.calls():
        argument = _file_read(plugin, module, call)
        path = argument and file_path(plugin.names, module, argument)
        if path and _is_plugin_path(path) and not _is_uploaded(plugin, path.text):
            yield call, path


def _file_read(plugin: Plugin, module: Module, call: ast.Call) -> ast.expr | None:
    """Return the argument for the file that a call reads."""
    origin = plugin.names.origin(module, call.func)
    if origin in READERS:
        modes = _modes(call, index=1) if origin in OPENERS else []
        return call.args[0] if call.args and all(map(_reads, modes)) else None
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in PATH_READERS:
        return None
    modes = _modes(call, index=0) if call.func.attr == "open" else []
    is_text = isinstance(call.func.value, ast.Constant)
    return None if is_text or not all(map(_reads, modes)) else call.func.value


def _modes(call: ast.Call, index: int) -> list[ast.expr]:
    """Return the argument for the mode in which a file is opened, if the call has one."""
    named = [each.value for each in call.keywords if each.arg == "mode"]
    return [*call.args[index : index + 1], *named]


def _reads(mode: ast.expr) -> bool:
    return isinstance(mode, ast.Constant) and not _writes(mode)


def _writes(mode: ast.expr) -> bool:
    text = mode.value if isinstance(mode, ast.Constant) else None
    return isinstance(text, str) and bool(_MODE.fullmatch(text)) and bool(_WRITING & {*text})


def _is_plugin_path(path: FilePath) -> bool:
    is_absolute = path.text.startswith(("/", "~")) or re.match(r"[A-Za-z]:", path.text)
    return bool(path.text) and not is_absolute and "://" not in path.text


def _is_uploaded(plugin: Plugin, text: str) -> bool:
    plain = str(PurePosixPath(text.replace("\\", "/")))
    folders = {str(each) for path in plugin.source.files for each in PurePosixPath(path).parents}
    return plain in {*plugin.source.files, *folders, "requirements.txt", ".", ".."}


def _is_guarded(module: Module, call: ast.Call) -> bool:
    """Return whether the plugin handles a missing file."""
    if is_caught(module, call, _ERRORS):
        return True
    return any(
        isinstance(node, ast.Call) and last_name(node.func) in _EXISTENCE_CHECKS
        for test in conditions(module, call)
        for node in ast.walk(test)
    )


def _written_paths(plugin: Plugin, module: Module) -> Iterator[str]:
    """Yield the paths that the plugin may write: those that it passes to other functions."""
    for call in module.calls():
        if last_name(call.func) in _NON_WRITING_CALLS:
            continue
        read = _file_read(plugin, module, call)
        base = [call.func.value] if isinstance(call.func, ast.Attribute) else []
        for node in [*base, *call.args, *(each.value for each in call.keywords)]:
            path = file_path(plugin.names, module, node) if node is not read else None
            if path:
                yield path.text
            if isinstance(node, ast.List | ast.Tuple):  # the words of a command
                yield from (str(each.value) for each in node.elts if isinstance(each, ast.Constant))


def _changes_folder(call: ast.Call) -> bool:
    """Return whether a call changes the current folder, or unpacks files with unknown names."""
    return last_name(call.func) in ("chdir", "extract", "extractall", "unpack_archive")
