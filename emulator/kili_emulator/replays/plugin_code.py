"""The code with which a run is repeated: that of the run, or edited code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, cast

from kili_emulator import errors
from kili_emulator.domain.documents import PluginVersionDoc
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.build.plugin_archive import check_syntax, read_archive
from kili_emulator.plugins.links.packing import PackError, pack
from kili_emulator.replays.capsule import Capsule
from kili_emulator.rules.plugin_source import MAIN
from kili_emulator.storage.blobs import BlobStore


class PluginCode(NamedTuple):
    """Edited code of a plugin.

    Attributes:
        archive: the code, as a client uploads it.
        main: the file on this machine from which ``main.py`` was read, which a debugger shows;
            ``None`` if there is none.
    """

    archive: bytes
    main: Path | None = None


def read_code(path: Path) -> PluginCode:
    """Read the code in a folder with a ``main.py``, or in a ``.py`` file.

    Raises:
        KiliError: there is no plugin, or it cannot be compiled.
    """
    try:
        packed = pack(path.absolute())
        check_syntax(packed.files)
    except PackError as error:
        raise errors.replay_plugin_unusable(str(path), str(error)) from None
    except BuildError as error:
        raise errors.replay_plugin_unusable(str(path), "; ".join(error.problems)) from None
    return PluginCode(packed.archive, packed.main)


def find_code(capsule: Capsule, path: Path) -> PluginCode | None:
    """Return the code at a path if it is the code that the run called, else ``None``."""
    version = capsule.state.view.plugin_versions.require(capsule.version_id)
    try:
        packed = pack(path.absolute())
    except PackError:
        return None
    is_same = packed.files == read_archive(capsule.blobs.get(version["digest"]))
    return PluginCode(packed.archive, packed.main) if is_same else None


def with_code(capsule: Capsule, code: PluginCode | None) -> Capsule:
    """Return a capsule whose run calls other code.

    Args:
        code: ``None`` for the code that the run called. If its plugin is linked to files that were
            edited since, a debugger shows the code that ran instead of these files.
    """
    version = capsule.state.view.plugin_versions.require(capsule.version_id)
    if code is None:
        main = version["origin"]
        if main is None or _has_code(Path(main), capsule.blobs.get(version["digest"])):
            return capsule
        return _with_version(capsule, {**version, "origin": None}, capsule.blobs)
    blobs = BlobStore(None, origin=capsule.blobs)
    digest = blobs.put(code.archive)
    origin = str(code.main) if code.main else None
    return _with_version(capsule, {**version, "digest": digest, "origin": origin}, blobs)


def _with_version(capsule: Capsule, version: PluginVersionDoc | Any, blobs: BlobStore) -> Capsule:
    document = cast("dict[str, Any]", version)
    return replace(capsule, state=capsule.state.change("pluginVersions", document), blobs=blobs)


def _has_code(main: Path, archive: bytes) -> bool:
    """Return whether the files beside a linked ``main.py`` still have the code of a version."""
    try:
        return all(
            content == (main if name == MAIN else main.parent / name).read_bytes()
            for name, content in read_archive(archive).items()
        )
    except OSError:
        return False
