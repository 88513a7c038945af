"""Show and compare the source code of a plugin's versions."""

from __future__ import annotations

import difflib

from kili_emulator import errors
from kili_emulator.domain.lookup import find_plugin
from kili_emulator.domain.world import World
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.build.plugin_archive import read_archive


def read_files(world: World, name: str, number: int | None = None) -> dict[str, str]:
    """Return the source files of a version by path, sorted; bytes that are not UTF-8 are escaped.

    Args:
        number: the number of the version; the newest version by default.

    Raises:
        KiliError: there is no such plugin or version, or the version has no readable source.
    """
    view = world.view
    versions = view.plugin_versions.find("plugin", find_plugin(view, name)["id"])
    matches = [each for each in versions if number in (None, each["number"])]
    if not matches:
        raise errors.plugin_version_unknown(name, number, len(versions))
    version = matches[-1]
    if version["webhook"]:
        raise errors.plugin_without_source(name, version["number"], "it is a webhook")
    try:
        files = read_archive(world.blobs.get(version["digest"]))
    except BuildError as error:
        raise errors.plugin_without_source(name, version["number"], str(error)) from None
    return {path: files[path].decode(errors="backslashreplace") for path in sorted(files)}


def diff_versions(world: World, name: str, old: int, new: int) -> str:
    """Return the changes from one version to another, as a unified diff of all files.

    Raises:
        KiliError: as for :func:`read_files`.
    """
    before, after = read_files(world, name, old), read_files(world, name, new)
    lines: list[str] = []
    for path in sorted({*before, *after}):
        lines += difflib.unified_diff(
            before.get(path, "").splitlines(),
            after.get(path, "").splitlines(),
            f"{old}/{path}" if path in before else "/dev/null",
            f"{new}/{path}" if path in after else "/dev/null",
            lineterm="",
        )
    return "".join(f"{line}\n" for line in lines)
