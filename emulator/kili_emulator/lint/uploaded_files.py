"""KP10x: whether the files can be uploaded, and are Python."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

from kili_emulator.lint.module import Module
from kili_emulator.lint.plugin import MAIN, Source
from kili_emulator.lint.rule import Finding, Rule

_BOM = b"\xef\xbb\xbf"

NOT_UTF8 = Rule(
    "KP101",
    "error",
    "A file is not UTF-8 text",
    "The SDK reads each Python file as UTF-8 before it uploads it, whatever encoding the file "
    "declares, and gives up here.",
    "documented",
    "it is not UTF-8 text",
    "save it as UTF-8",
)
NOT_PYTHON = Rule(
    "KP102",
    "error",
    "A file is not Python",
    "The SDK compiles each Python file of the folder before it uploads them, also those that "
    "main.py does not import, and gives up here. It is compiled with the Python that the lint runs "
    "with.",
    "documented",
    "it is not Python: {reason}",
    "correct it, or take the file out of the folder",
)
BOM = Rule(
    "KP103",
    "error",
    "A file begins with a byte order mark",
    "Python itself passes over the mark, but the SDK reads the file as plain UTF-8 and compiles "
    "what it has read, which the mark makes invalid.",
    "documented",
    "it begins with a byte order mark, which the SDK takes for a part of the source",
    "save it as UTF-8 without a byte order mark",
)
NO_MAIN = Rule(
    "KP104",
    "error",
    "A folder has no main.py",
    "Of a folder, the SDK wants a main.py at its top, and uploads nothing without one.",
    "documented",
    "the folder has no main.py",
    "put PluginHandler into a main.py at the top of the folder",
)
ENVIRONMENT = Rule(
    "KP109",
    "warning",
    "A folder holds a Python environment",
    "The SDK uploads every Python file below the folder, and so all packages of the environment: "
    "thousands of files, of which each must compile.",
    "documented",
    "{folder} holds a Python environment, all of which is uploaded with the plugin",
    "move it out of the folder",
)

RULES = (NOT_UTF8, NOT_PYTHON, BOM, NO_MAIN, ENVIRONMENT)


def read_modules(source: Source) -> tuple[dict[str, Module], list[Finding]]:
    """The modules of a plugin by what they are imported as, and what keeps files from being any."""
    modules: dict[str, Module] = {}
    found: list[Finding] = []
    for path, content in sorted(source.files.items()):
        module = _read(path, content)
        if isinstance(module, Finding):
            found.append(module)
            continue
        if content.startswith(_BOM):
            found.append(BOM.make_finding(path, 1))
        modules[module.name] = module
    return modules, found


def _read(path: str, content: bytes) -> Module | Finding:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return NOT_UTF8.make_finding(path, content.count(b"\n", 0, error.start) + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a source that is the user's
            compile(text, path, "exec", dont_inherit=True)
            return Module(path, text)
    except SyntaxError as error:
        return NOT_PYTHON.make_finding(path, error.lineno or 1, reason=error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return NOT_PYTHON.make_finding(path, 1, reason=str(error) or type(error).__name__)


def check_folder(source: Source) -> Iterator[Finding]:
    """Whether there is all that is needed, and no more."""
    if MAIN not in source.files:
        yield NO_MAIN.make_finding(MAIN, 1)
    for folder in source.environments:
        yield ENVIRONMENT.make_finding(MAIN, 1, folder=folder)
