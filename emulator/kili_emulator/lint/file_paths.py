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

_OF_A_MACHINE = re.compile(
    r"(/home/|/Users/|/root/|/mnt/|/media/|/Volumes/|~[\w.-]*[/\\]|[A-Za-z]:[\\/](?![\\/]))\S"
)
_ARRIVES = "Of a plugin's folder, the SDK uploads the Python files and requirements.txt, no others."
_DATA = "write the data as Python, or fetch them in the handler"
_MODE = re.compile(r"[rwaxbt+]{1,4}")
_WRITING = frozenset("wax+")
_ERRORS = ("OSError", "IOError", "FileNotFoundError")
_LOOKS = ("exists", "is_file", "is_dir", "isfile", "isdir", "access")
# What may be handed a path without writing a file there.
_HARMLESS = (
    *("Path", "PurePath", "abspath", "absolute", "dirname", "expanduser", "fspath", "join"),
    *("joinpath", "normpath", "realpath", "resolve", "str", "with_name"),
    *("debug", "error", "exception", "format", "get", "info", "print", "warning"),
    *_LOOKS,
)

LOCAL = Rule(
    "KP601",
    "warning",
    "A path is one of the author's machine",
    "Home folders, drives and mounted disks are other ones where the platform runs plugins.",
    "inferred",
    "{path} is a path of your own machine",
    _DATA,
)
NOT_UPLOADED = Rule(
    "KP602",
    "error",
    "A file is read that is not uploaded",
    _ARRIVES,
    "documented",
    "{path} is read, and does not arrive with the plugin",
    _DATA,
)
NAMED = Rule(
    "KP603",
    "warning",
    "A file beside the plugin is named",
    _ARRIVES,
    "documented",
    "{path} lies in the plugin's folder, but is not uploaded with it",
    _DATA,
)

RULES = (LOCAL, NOT_UPLOADED, NAMED)


def check_paths(plugin: Plugin) -> Iterator[Finding]:
    """Which files the plugin looks for that are not there."""
    written = {path for module in plugin.reached for path in _written(plugin, module)}
    told = set(written)
    is_elsewhere = any(_fills_folder(call) for module in plugin.reached for call in module.calls())
    for module in plugin.reached:
        for call, path in _read(plugin, module):
            told.add(path.text)
            is_made = path.text in written or (is_elsewhere and path.base == "current")
            if not is_made and not _is_foreseen(module, call):
                yield NOT_UPLOADED.found(module.path, call.lineno, path=path.text)
    for module in plugin.reached:
        for text in texts(module):
            yield from _check_text(plugin, module, text, told)


def _check_text(
    plugin: Plugin, module: Module, node: ast.Constant, told: Collection[str]
) -> Iterator[Finding]:
    """Whether a text is a path; of those that are told already nothing is said."""
    text = str(node.value)
    if _OF_A_MACHINE.match(text):
        yield LOCAL.found(module.path, node.lineno, path=text.partition("\n")[0])
    elif "." in text:
        for other in sorted(plugin.source.others):
            is_named = text.removeprefix("./") in (other, PurePosixPath(other).name)
            if is_named and not {text, other} & {*told}:
                yield NAMED.found(module.path, node.lineno, path=other)
                return


def _read(plugin: Plugin, module: Module) -> Iterator[tuple[ast.Call, FilePath]]:
    """The calls that read a file which would have to come with the plugin."""
    for call in module.calls():
        argument = _file_read(plugin, module, call)
        path = argument and file_path(plugin.names, module, argument)
        if path and _would_be_uploaded(path) and not _arrives(plugin, path.text):
            yield call, path


def _file_read(plugin: Plugin, module: Module, call: ast.Call) -> ast.expr | None:
    """The file that a call reads."""
    origin = plugin.names.origin(module, call.func)
    if origin in READERS:
        modes = _modes(call, at=1) if origin in OPENERS else []
        return call.args[0] if call.args and all(map(_reads, modes)) else None
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in PATH_READERS:
        return None
    modes = _modes(call, at=0) if call.func.attr == "open" else []
    is_text = isinstance(call.func.value, ast.Constant)
    return None if is_text or not all(map(_reads, modes)) else call.func.value


def _modes(call: ast.Call, at: int) -> list[ast.expr]:
    """The mode that a file is opened with, if it is given."""
    named = [each.value for each in call.keywords if each.arg == "mode"]
    return [*call.args[at : at + 1], *named]


def _reads(mode: ast.expr) -> bool:
    return isinstance(mode, ast.Constant) and not _writes(mode)


def _writes(mode: ast.expr) -> bool:
    text = mode.value if isinstance(mode, ast.Constant) else None
    return isinstance(text, str) and bool(_MODE.fullmatch(text)) and bool(_WRITING & {*text})


def _would_be_uploaded(path: FilePath) -> bool:
    is_absolute = path.text.startswith(("/", "~")) or re.match(r"[A-Za-z]:", path.text)
    return bool(path.text) and not is_absolute and "://" not in path.text


def _arrives(plugin: Plugin, text: str) -> bool:
    plain = str(PurePosixPath(text.replace("\\", "/")))
    folders = {str(each) for path in plugin.source.files for each in PurePosixPath(path).parents}
    return plain in {*plugin.source.files, *folders, "requirements.txt", ".", ".."}


def _is_foreseen(module: Module, call: ast.Call) -> bool:
    """Whether the plugin knows that the file may not be there."""
    if is_caught(module, call, _ERRORS):
        return True
    return any(
        isinstance(node, ast.Call) and last_name(node.func) in _LOOKS
        for test in conditions(module, call)
        for node in ast.walk(test)
    )


def _written(plugin: Plugin, module: Module) -> Iterator[str]:
    """The paths that the plugin itself may write: it hands them to something that does not read."""
    for call in module.calls():
        if last_name(call.func) in _HARMLESS:
            continue
        read = _file_read(plugin, module, call)
        base = [call.func.value] if isinstance(call.func, ast.Attribute) else []
        for node in [*base, *call.args, *(each.value for each in call.keywords)]:
            path = file_path(plugin.names, module, node) if node is not read else None
            if path:
                yield path.text
            if isinstance(node, ast.List | ast.Tuple):  # the words of a command
                yield from (str(each.value) for each in node.elts if isinstance(each, ast.Constant))


def _fills_folder(call: ast.Call) -> bool:
    """Whether a call goes to another folder, or unpacks files that nothing names."""
    return last_name(call.func) in ("chdir", "extract", "extractall", "unpack_archive")
