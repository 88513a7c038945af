"""The part ``emulator.runs``: the runs of plugins."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path

from kili_emulator.app.platform import Platform
from kili_emulator.domain.documents import RunDoc
from kili_emulator.domain.run_view import RunDetails, RunView
from kili_emulator.domain.world import Mark
from kili_emulator.replays.bundle_file import write_archive
from kili_emulator.replays.capsule import Capsule
from kili_emulator.replays.comparison import ReplayView
from kili_emulator.replays.plugin_code import PluginCode, read_code
from kili_emulator.services import replays, runs
from kili_emulator.services.replays import ReplayOptions
from kili_emulator.services.runs import RunQuery
from kili_emulator.services.session import WorldSession

RunViews = list[RunView]


class Runs:
    """The runs of plugins: ``emulator.runs``; calling it lists them.

    Args:
        session: returns the context of a service call.
        platform: returns the running emulator.
    """

    def __init__(
        self, session: Callable[[], WorldSession], platform: Callable[[], Platform]
    ) -> None:
        self._session = session
        self._platform = platform

    def list(
        self, *, plugin: str | None = None, project: str | None = None, failed: bool = False
    ) -> RunViews:
        """Return the runs of plugins, in the order in which they were caused.

        Args:
            plugin: return only runs of the plugin with this name or id.
            project: return only runs on the project with this id or title.
            failed: return only runs that failed.

        Raises:
            KiliError: plugin or project is unknown.
        """
        query = RunQuery(plugin=plugin, project=project, failed=failed)
        return runs.list_runs(self._session().deploy_saved(), query).runs

    __call__ = list  # noqa: A003

    def show(self, run_id: str) -> RunDetails:
        """Return a run with all details.

        Raises:
            KiliError: the run is unknown.
        """
        return runs.show_run(self._session().deploy_saved(), run_id)

    def mark_of(self, run_id: str) -> Mark:
        """Return the mark of the state in which a run's handler was called, for ``reset``.

        Raises:
            KiliError: the run is unknown.
            ValueError: the run's handler was not called.
        """
        return runs.mark_of_run(self._session().deploy_saved(), run_id)

    def redeliver(self, run_id: str) -> RunDoc:
        """Repeat the delivery of a run to a webhook; return the document of the new run.

        Raises:
            KiliError: the run is unknown, or its plugin is not a webhook.
        """
        return runs.redeliver(self._session(), run_id)

    def replay(
        self,
        run_id: str,
        *,
        plugin: str | PathLike[str] | None = None,
        times: int = 1,
        pdb: bool = False,
    ) -> ReplayView:
        """Call the handler of a run again, in a copy of the world as it was before the run.

        The world does not change. Its clock, ids and seeds are those of the run.

        Args:
            plugin: the folder or ``.py`` file of edited code; ``None`` for the code that ran.
            times: how often to repeat the run, each time in a new copy.
            pdb: stop at the first line of the handler, and where it raises an exception.

        Returns:
            the repetitions, compared with the record of the run.

        Raises:
            KiliError: the run is unknown or cannot be repeated, or there is no plugin at the path.
        """
        platform = self._platform()
        code = None if plugin is None else read_code(Path(plugin))
        call_method = None
        if pdb:
            from kili_emulator.plugins.debugging.replay_debugger import call_in_pdb

            call_method = call_in_pdb

        def repeat(capsule: Capsule, code: PluginCode | None, times: int) -> ReplayView:
            from kili_emulator.app.replays import repeat_run

            return repeat_run(capsule, platform.settings, code, times, call_method)

        options = ReplayOptions(code, times)
        return replays.replay_run(self._session(), run_id, options, repeat)

    def bundle(
        self, run_id: str, path: str | PathLike[str], *, whole_world: bool = False
    ) -> Path:
        """Pack a run into a file, with all that is needed to repeat it elsewhere; without secrets.

        Args:
            path: the file, which is replaced if it exists.
            whole_world: pack all projects, instead of those that the run could see and named.

        Returns:
            the path of the file.

        Raises:
            KiliError: the run is unknown or cannot be repeated, or the file cannot be written.
        """
        settings = self._platform().settings
        archive = replays.bundle_run(self._session(), run_id, settings, whole_world=whole_world)
        write_archive(Path(path), archive)
        return Path(path)
