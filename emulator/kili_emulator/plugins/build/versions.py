"""The built versions of a world's plugins: a cache that can be rebuilt from the uploads."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

from kili_emulator import private_files
from kili_emulator.domain import world_folder
from kili_emulator.domain.world import World
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.build.local_sources import LOCAL_SOURCES
from kili_emulator.plugins.build.package_settings import PackageSettings
from kili_emulator.plugins.calls import Isolation, LoadedVersion
from kili_emulator.plugins.guest.tracebacks import CodeLocation

# An id is not unique: it occurs again after a reset, and in other worlds with the same seed.
_numbers = itertools.count(1)

# A version's id and the digest of its code.
_VersionKey = tuple[str, str]


class _VersionBuild:
    """The build of one version.

    Attributes:
        name: the unique name of the version's folder and package.
        warnings: the warnings of the build, as lines for the plugin's author.
        result: the loaded version or the error, once the build has ended.
        users: how many calls are using the version.
    """

    def __init__(self, version_id: str) -> None:
        self.name = f"{version_id}_{next(_numbers)}"
        self.warnings: list[str] = []
        self.result: Future[LoadedVersion | BuildError] = Future()
        self.users = 0

    @property
    def has_loaded(self) -> bool:
        """Whether the build has ended without an error."""
        is_done = self.result.done() and self.result.exception() is None
        return is_done and not isinstance(self.result.result(), BuildError)

    def close(self) -> None:
        """Release the loaded version, if the build has made one."""
        if self.has_loaded:
            loaded = self.result.result()
            assert not isinstance(loaded, BuildError)
            loaded.close()


class Versions:
    """The versions of one world; each is built once, and builds do not block one another.

    Args:
        isolation: loads the versions.
        seconds: the time limit for the import of a version.
        package_settings: the packages that plugins may use.
        sends_webhooks: whether events are really sent to webhooks.
    """

    def __init__(
        self,
        world: World,
        isolation: Isolation,
        seconds: float,
        package_settings: PackageSettings,
        *,
        sends_webhooks: bool = True,
    ) -> None:
        self._sends_webhooks = sends_webhooks
        self._world = world
        self._isolation = isolation
        self._seconds = seconds
        self._package_settings = package_settings
        self._built: dict[_VersionKey, _VersionBuild] = {}
        self._lock = threading.Lock()
        self._temporary = None if world.folder else private_files.temporary_folder("kili-")
        if world.folder:
            world_folder.remove_plugin_versions(world.folder / world_folder.PLUGINS)

    def build(self, version_id: str) -> list[str]:
        """Build a version, unless it is built; return the warnings for the plugin's author.

        Raises:
            BuildError: it cannot be built.
            KeyError: there is no such version.
        """
        with self._use(version_id) as (version_build, _):
            return version_build.warnings

    def is_loaded(self, version_id: str) -> bool:
        """Return whether a version is built without an error."""
        version = self._world.view.plugin_versions.get(version_id)
        key = (version_id, version["digest"] if version else "")
        version_build = self._built.get(key)
        return version_build is not None and version_build.has_loaded

    @contextlib.contextmanager
    def loaded(self, version_id: str) -> Iterator[LoadedVersion]:
        """Build a version, unless it is built; keep it loaded while the block runs.

        Raises:
            BuildError: it cannot be built.
            KeyError: there is no such version.
        """
        with self._use(version_id) as (_, loaded):
            yield loaded

    @contextlib.contextmanager
    def _use(self, version_id: str) -> Iterator[tuple[_VersionBuild, LoadedVersion]]:
        version = self._world.view.plugin_versions.require(version_id)
        key = (version_id, version["digest"])
        with self._lock:
            is_new = key not in self._built
            version_build = self._built.setdefault(key, _VersionBuild(version_id))
            version_build.users += 1
        try:
            if is_new:
                self._build(key, version_build)
            result = version_build.result.result()
            if isinstance(result, BuildError):
                raise BuildError(*result.problems, headline=result.headline)
            yield version_build, result
        finally:
            with self._lock:
                version_build.users -= 1

    def _build(self, key: _VersionKey, version_build: _VersionBuild) -> None:
        try:
            version_build.result.set_result(self._load(key, version_build))
        except BuildError as error:
            version_build.result.set_result(error)
        except BaseException as error:  # an error of the emulator: another attempt may succeed
            with self._lock:
                self._built.pop(key, None)
            version_build.result.set_exception(error)

    def _load(self, key: _VersionKey, version_build: _VersionBuild) -> LoadedVersion:
        from kili_emulator.plugins.build import plugin_archive, requirements
        from kili_emulator.plugins.webhooks import SilentWebhook, Webhook

        version = self._world.view.plugin_versions.require(key[0])
        if version["webhook"]:
            return Webhook(**version["webhook"]) if self._sends_webhooks else SilentWebhook()
        private_files.make_folder(self._folder)
        name, folder = version_build.name, self._folder / version_build.name
        plugin_archive.unpack(self._world.blobs.get(key[1]), folder)
        provided = requirements.provide_packages(
            folder, self._packages(name), self._package_settings
        )
        version_build.warnings = provided.warnings
        origin = version["origin"]
        main = Path(origin) if origin else LOCAL_SOURCES.find_main(folder)
        location = CodeLocation(folder, main)
        return self._isolation.load(name, location, self._seconds, provided.folder)

    def _packages(self, name: str) -> Path:
        """Return the folder for the packages that are installed for one version alone."""
        return self._folder / f"{name}.packages"

    def prune(self) -> None:
        """Release the versions that nothing will call: replaced, deleted, undone or failed ones."""
        with self._lock:
            unused_keys = [
                key
                for key, version_build in self._built.items()
                if not version_build.users and not self._is_needed(key)
            ]
            unused_builds = [self._built.pop(key) for key in unused_keys]
        for version_build in unused_builds:
            version_build.close()
            shutil.rmtree(self._folder / version_build.name, ignore_errors=True)
            shutil.rmtree(self._packages(version_build.name), ignore_errors=True)

    def _is_needed(self, key: _VersionKey) -> bool:
        """Return whether a version may still be called or is being deployed."""
        view, (version_id, digest) = self._world.view, key
        version = view.plugin_versions.get(version_id)
        if version is None or version["digest"] != digest:
            return False
        plugin = view.plugins.get(version["pluginId"])
        return (
            version["status"] == "DEPLOYING"
            or (plugin is not None and plugin["activeVersionId"] == version_id)
            or any(run["versionId"] == version_id for run in view.runs.find("running", True))
        )

    def close(self) -> None:
        """Release all versions."""
        for version_build in self._built.values():
            version_build.close()
        if self._temporary:
            self._temporary.cleanup()

    @property
    def _folder(self) -> Path:
        if self._temporary:
            return Path(self._temporary.name)
        assert self._world.folder is not None
        return self._world.folder / world_folder.PLUGINS
