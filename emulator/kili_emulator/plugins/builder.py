"""Builds a plugin version: unpacks what was uploaded, compiles it and finds ``PluginHandler``.

Clients from 2.128 on send a zip, those before a single Python file; the first bytes tell which.
"""

from __future__ import annotations

import io
import shutil
import stat
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import NamedTuple

from kili_emulator import errors, messages, private
from kili_emulator.plugins import failures, requirements, sandbox
from kili_emulator.plugins.leftovers import in_this_process
from kili_emulator.plugins.limits import Stopped, call_limited
from kili_emulator.plugins.requirements import Conditions
from kili_emulator.plugins.tracebacks import Place, where

MAX_ENTRIES = 1000
MAX_MB = 100
_MAX_UNPACKED = MAX_MB * 1024 * 1024
_CHUNK = 1024 * 1024
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")


class BuildError(Exception):
    """A version cannot be built; each of :attr:`problems` is a line for the plugin's author.

    Attributes:
        headline: the problem in one line, where code of the plugin raised it.
    """

    def __init__(self, *problems: str, headline: str | None = None) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)
        self.headline = headline


def unpack(archive: bytes, folder: Path) -> None:
    """Write what an upload holds into a folder, all of it checked.

    Args:
        folder: replaced if it exists.

    Raises:
        BuildError: the archive or a file in it has a fault.
    """
    files = read_archive(archive)
    if "main.py" not in files:
        raise BuildError(messages.BUILD_NO_MAIN)
    check_syntax(files)
    try:
        _write(files, folder)
    except (OSError, ValueError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        is_full = isinstance(error, OSError) and errors.is_disk_full(error)
        text = messages.BUILD_NO_ROOM if is_full else messages.BUILD_BAD_ZIP
        raise BuildError(text.format(reason=error)) from None


def _write(files: dict[str, bytes], folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    for name, content in files.items():
        for parent in reversed(PurePosixPath(name).parents):
            private.make_folder(folder / parent)
        (folder / name).write_bytes(content)
        private.tighten(folder / name)


class Provided(NamedTuple):
    """The packages that a version has.

    Attributes:
        folder: holds those of its own, if there are any.
        warnings: what it requires and does not have, as lines for the plugin's author.
    """

    folder: Path | None
    warnings: list[str]


def provide(folder: Path, target: Path, conditions: Conditions) -> Provided:
    """Make sure that an unpacked version has the packages that it imports and requires.

    Args:
        target: where packages of its own are installed, if they are to be.

    Raises:
        BuildError: the version imports or requires what it cannot have.
    """
    environment, installed = conditions.environment, None
    if conditions.installs and conditions.policy == "saas":
        try:
            installed = requirements.install(folder, target, environment)
        except requirements.InstallError as error:
            raise BuildError(str(error)) from None
    if installed:
        environment = environment.with_folder(installed)
    judged = requirements.judge(folder, conditions.policy, environment)
    if judged.problems:
        raise BuildError(*judged.problems)
    return Provided(installed, judged.warnings)


def load(
    version_id: str, place: Place, seconds: float, enter: Callable[[], None] = lambda: None
) -> type:
    """Import an unpacked version and return its ``PluginHandler``.

    Args:
        enter: called in the thread that imports it, before it does.

    Raises:
        BuildError: importing fails or takes too long, or there is no such class.
    """

    def work() -> ModuleType:
        enter()
        with in_this_process():
            return sandbox.import_main(version_id, place)

    ended = call_limited(work, seconds)
    if isinstance(ended.error, Stopped):
        limit = messages.BUILD_TIMEOUT.format(seconds=seconds)
        raise BuildError(f"{limit}\n{where(ended.stack, place)}" if ended.stack else limit)
    if isinstance(ended.error, SystemExit):
        raise BuildError(messages.BUILD_EXIT.format(error=repr(ended.error)))
    if ended.error is not None:
        found = failures.described(ended.error, place)
        raise BuildError(found.text, headline=found.headline)
    handler = getattr(ended.value, "PluginHandler", None)
    if handler is None:
        raise BuildError(messages.BUILD_NO_HANDLER)
    if not isinstance(handler, type):
        raise BuildError(messages.BUILD_NOT_A_CLASS)
    return handler


def read_archive(archive: bytes) -> dict[str, bytes]:
    """The files of an upload by their relative path, whatever is in them.

    Raises:
        BuildError: the archive has a fault.
    """
    if not archive.startswith(_ZIP_MAGIC):
        return {"main.py": archive}
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return _read_entries(opened)
    except BuildError:
        raise
    except Exception as error:  # a damaged archive makes zipfile fail in a dozen ways
        raise BuildError(messages.BUILD_BAD_ZIP.format(reason=error)) from None


def _read_entries(opened: zipfile.ZipFile) -> dict[str, bytes]:
    entries = opened.infolist()
    if len(entries) > MAX_ENTRIES:
        raise BuildError(messages.BUILD_TOO_MANY.format(count=len(entries), limit=MAX_ENTRIES))
    files: dict[str, bytes] = {}
    room = _MAX_UNPACKED
    for entry in entries:
        _check_entry(entry)
        if entry.is_dir():
            continue
        name = str(PurePosixPath(entry.filename))
        if name in files:
            raise BuildError(messages.BUILD_DUPLICATE.format(name=name))
        files[name] = _read_entry(opened, entry, room)
        room -= len(files[name])
    return files


def _check_entry(entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0]):
        raise BuildError(messages.BUILD_UNSAFE_ENTRY.format(name=entry.filename))
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise BuildError(messages.BUILD_LINK.format(name=entry.filename))


def _read_entry(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    """Unpack one entry, believing what comes out rather than what the header promises."""
    content = bytearray()
    with opened.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            content += chunk
            if len(content) > room:
                raise BuildError(messages.BUILD_TOO_LARGE.format(limit=MAX_MB))
    return bytes(content)


def check_syntax(files: dict[str, bytes]) -> None:
    """Find every file that is not Python, not only the first.

    Raises:
        BuildError: there are such files.
    """
    problems = []
    for name, content in sorted(files.items()):
        if not name.endswith(".py"):
            continue
        try:
            compile(content.decode("utf-8-sig"), name, "exec", dont_inherit=True)
        except UnicodeDecodeError:
            problems.append(messages.BUILD_NOT_UTF8.format(file=name))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            problems.append("".join(traceback.format_exception_only(type(error), error)).rstrip())
    if problems:
        raise BuildError(*problems)
