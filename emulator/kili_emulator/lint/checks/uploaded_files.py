"""KP101 to KP104 and KP109: files that can be uploaded."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

from kili_emulator.lint.plugin import Source
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.python_source.module import Module
from kili_emulator.rules.plugin_source import MAIN

_BOM = b"\xef\xbb\xbf"

NOT_UTF8 = Rule(
    "KP101",
    "error",
    "A file is not UTF-8 text",
    "The SDK reads each Python file as UTF-8 before the upload, and ignores the encoding that the "
    "file declares. It stops at a file that is not UTF-8.",
    "documented",
    "the file is not UTF-8 text",
    "save the file as UTF-8",
)
NOT_PYTHON = Rule(
    "KP102",
    "error",
    "A file is not valid Python",
    "The SDK compiles each Python file of the folder before the upload, also files that main.py "
    "does not import. It stops at a file that does not compile. The lint compiles with its own "
    "version of Python.",
    "documented",
    "the file is not valid Python: {reason}",
    "correct the file, or remove it from the folder",
)
BOM = Rule(
    "KP103",
    "error",
    "A file begins with a byte order mark",
    "Python skips the mark. The SDK reads the file as plain UTF-8, keeps the mark, and cannot "
    "compile the text.",
    "documented",
    "the file begins with a byte order mark, which the SDK reads as part of the source",
    "save the file as UTF-8 without a byte order mark",
)
NO_MAIN = Rule(
    "KP104",
    "error",
    "A folder has no main.py",
    "The SDK uploads a folder only if it has a main.py at its top.",
    "documented",
    "the folder has no main.py",
    "put PluginHandler into a main.py at the top of the folder",
)
ENVIRONMENT = Rule(
    "KP109",
    "warning",
    "A folder contains a Python environment",
    "The SDK uploads every Python file below the folder, including all packages of the "
    "environment: thousands of files, and each must compile.",
    "documented",
    "{folder} contains a Python environment, which is uploaded with the plugin",
    "move the environment out of the folder",
)

RULES = (NOT_UTF8, NOT_PYTHON, BOM, NO_MAIN, ENVIRONMENT)


def read_modules(source: Source) -> tuple[dict[str, Module], list[Finding]]:
    """Parse the files of a plugin; return the modules by dotted name, and the findings."""
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
            warnings.simplefilter("ignore")  # they concern the user's source
            compile(text, path, "exec", dont_inherit=True)
            return Module(path, text)
    except SyntaxError as error:
        return NOT_PYTHON.make_finding(path, error.lineno or 1, reason=error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return NOT_PYTHON.make_finding(path, 1, reason=str(error) or type(error).__name__)


def check_folder(source: Source) -> Iterator[Finding]:
    """Check that the folder has a main.py, and no Python environment."""
    if MAIN not in source.files:
        yield NO_MAIN.make_finding(MAIN, 1)
    for folder in source.environments:
        yield ENVIRONMENT.make_finding(MAIN, 1, folder=folder)
