"""Build a version from an uploaded archive: unpack it, then import it into this process."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from kili_emulator.plugins.build import plugin_archive
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.guest.tracebacks import CodeLocation
from kili_emulator.plugins.inline import loading

HANDLER = "class PluginHandler:\n    name = 'it'\n"
LONG = 30.0


def zipped(files: dict[str, str | bytes]) -> bytes:
    return zipped_entries(*files.items())


def zipped_entries(*entries: tuple[str | zipfile.ZipInfo, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in entries:
            entry = zipfile.ZipInfo(name) if isinstance(name, str) else name
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=1)
    return stream.getvalue()


def build(folder: Path, archive: bytes, seconds: float = LONG) -> type:
    plugin_archive.unpack(archive, folder)
    return loading.load("v", CodeLocation(folder), seconds)


def problems(folder: Path, archive: bytes | str, seconds: float = LONG) -> list[str]:
    """Return the problems of a version that cannot be built."""
    data = archive.encode() if isinstance(archive, str) else archive
    with pytest.raises(BuildError) as caught:
        build(folder, data, seconds)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems
