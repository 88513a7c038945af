"""KP60x: files that are there on the author's machine, and not on the platform."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from kili_emulator.lint.guards import conditions, is_caught, last_name
from kili_emulator.lint.known_calls import OPENERS, PATH_READERS, READERS
from kili_emulator.lint.literal_values import FilePath, file_path, texts
from kili_emulator.lint.module import Module
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule

_LOCAL_PATH = re.compile(
    r"(/home/|/Users/|/root/|/mnt/|/media/|/Volumes/|~[\w.-]*[/\\]|[A-Za-z]:[\\/](?![\\/]))\S"
)
_UPLOAD_NOTE = (
    "Of a plugin's folder, the SDK uploads the Python files and requirements.txt, no others."
)
_DATA_REMEDY = "write the data as Python, or fetch them in the handler"
_MODE = re.compile(r"[rwaxbt+]{1,4}")
_WRITING = frozenset("wax+")
_ERRORS = ("OSError", "IOError", "FileNotFoundError")
_EXISTENCE_CHECKS = ("exists", "is_file", "is_dir", "isfile", "isdir", "access")
# What may be handed a path without writing a file there.
_NON_WRITING_CALLS = (
    *("Path", "PurePath", "abspath", "absolute", "dirname", "expanduser", "fspath", "join"),
    *("joinpath", "normpath", "realpath", "resolve", "str", "with_name"),
    *("debug", "error", "exception", "format", "get", "info", "print", "warning"),
    *_EXISTENCE_CHECKS,
)

LOCAL = Rule(
    "KP601",
    "warning",
    "A path is one of the author's machine",
    "Home folders, drives and mounted disks are other ones where the platform runs plugins.",
    "inferred",
    "{path} is a path of your own machine",
    _DATA_REMEDY,
)
NOT_UPLOADED = Rule(
    "KP602",
    "error",
    "A file is read that is not uploaded",
    _UPLOAD_NOTE,
    "documented",
    "{path} is read, and does not arrive with the plugin",
    _DATA_REMEDY,
)
NAMED = Rule(
    "KP603",
    "warning",
    "A file beside the plugin is named",
    _UPLOAD_NOTE,
    "documented",
    "{path} lies in the plugin's folder, but is not uploaded with it",
    _DATA_REMEDY,
)

RULES = (LOCAL, NOT_UPLOADED, NAMED)


def check_paths(plugin: Plugin) -> Iterator[Finding]:
    """Which files the plugin looks for that are not there."""
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
    """Whether a text is a path; of those that are told already nothing is said."""
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
    """The calls that read a file which would have to come with the plugin."""
    for call in module.calls():
        argument = _file_read(plugin, module, call)
        path = argument and file_path(plugin.names, module, argument)
        if path and _is_plugin_path(path) and not _is_uploaded(plugin, path.text):
            yield call, path


def _file_read(plugin: Plugin, module: Module, call: ast.Call) -> ast.expr | None:
    """The file that a call reads."""
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
    """The mode that a file is opened with, if it is given."""
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
    """Whether the plugin knows that the file may not be there."""
    if is_caught(module, call, _ERRORS):
        return True
    return any(
        isinstance(node, ast.Call) and last_name(node.func) in _EXISTENCE_CHECKS
        for test in conditions(module, call)
        for node in ast.walk(test)
    )


def _written_paths(plugin: Plugin, module: Module) -> Iterator[str]:
    """The paths that the plugin itself may write: it hands them to something that does not read."""
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
    """Whether a call goes to another folder, or unpacks files that nothing names."""
    return last_name(call.func) in ("chdir", "extract", "extractall", "unpack_archive")
