"""The emulator of a test run, as the hooks of pytest see it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from kili_emulator.testing.fixture_states import FixtureState, FixtureStates
from kili_emulator.testing.run_options import EFFECT_MARKERS, RunOptions

if TYPE_CHECKING:
    from kili_emulator.app import Emulator

_PLUGIN = "kili_emulator.testing.pytest_plugin"
# The fixtures whose use in a test sets the guard.
FIXTURES = (
    "kili",
    "kili_admin",
    "kili_manager",
    "kili_reviewer",
    "kili_labeler",
    "kili_client",
    "kili_env",
    "kili_emulator",
    "kili_emulator_session",
)


def _fixture_of(item: pytest.Item) -> str | None:
    """Return the first fixture of the plugin that a test uses.

    A fixture of the user with the same name is another one, unless it takes one of the plugin.
    """
    info = getattr(item, "_fixtureinfo", None)
    definitions = info.name2fixturedefs if info else {}
    used = {name for name, each in definitions.items() if each[-1].func.__module__ == _PLUGIN}
    return next((each for each in FIXTURES if each in used), None)


class EmulatorSession:
    """The emulator that runs in a test run, if any, and the states that its tests return to.

    Args:
        options: the options of the run.
    """

    def __init__(self, options: RunOptions) -> None:
        self.options = options
        self.emulator: Emulator | None = None
        self._states: FixtureStates | None = None
        self._guard = contextlib.ExitStack()
        self._is_guarding = False
        self._fixture: str | None = None

    @contextlib.contextmanager
    def running(self, emulator: Emulator) -> Iterator[None]:
        """Let tests use a running emulator during a ``with`` block."""
        self.emulator, self._states = emulator, FixtureStates(emulator)
        self.guard()
        self._fixture = self._fixture or "kili_emulator"
        try:
            yield
        finally:
            self.emulator = self._states = None

    def begin_fixture(self, name: str) -> FixtureState | None:
        """Note the state of the world before the setup of a fixture of a long scope."""
        return self._states.begin(name) if self._states else None

    def finish_fixture_setup(self, state: FixtureState) -> None:
        """Keep what the setup of a fixture has changed for the tests in its scope."""
        if self._states:
            self._states.finish_setup(state)

    def end_fixture(self, state: FixtureState) -> None:
        """Undo what a fixture has changed."""
        if self._states:
            self._states.end(state)

    @contextlib.contextmanager
    def test(self, item: pytest.Item) -> Iterator[None]:
        """Undo the changes that are made during a ``with`` block, if an emulator runs."""
        states, emulator = self._states, self.emulator
        if states is None or emulator is None:
            yield
            if self.emulator:  # the test has asked for it by name
                self.emulator.reset()
            return
        checkpoint = emulator.checkpoint(states.base)
        try:
            if any(each.name in EFFECT_MARKERS for each in item.iter_markers()):
                from kili_emulator.testing.markers import change_emulator

                change_emulator(item, emulator)
            yield
        finally:
            if self._states is states:
                checkpoint.end()

    @contextlib.contextmanager
    def watching(self, item: pytest.Item) -> Iterator[None]:
        """Refuse calls to other servers during the protocol of a test that uses a fixture."""
        self._fixture = _fixture_of(item)
        if self._fixture:
            self.guard()
        try:
            yield
        finally:
            self._fixture = None

    def describe(self, test: str) -> str:
        """Describe what has happened in the emulator; empty if the test does not use it.

        Writes the failed runs to the folder for bundles, if there is one.

        Args:
            test: the node id of the failed test.
        """
        if self.emulator is None or self._fixture is None:
            return ""
        parts = []
        if self.options.report_lines:
            from kili_emulator.testing.failure_report import describe_world

            parts.append(describe_world(self.emulator, self.options.report_lines))
        if self.options.bundles:
            from kili_emulator.testing.failure_bundles import write_bundles

            parts += write_bundles(self.emulator, self.options.bundles, test)
        return "\n".join(filter(None, parts))

    def guard(self) -> None:
        """Begin to check the calls of the SDK; the check refuses nothing outside of tests."""
        if self._is_guarding or self.options.allow_remote:
            return
        from kili_emulator.app.direct_connections import connected_urls
        from kili_emulator.testing.endpoint_guard import guard_endpoints

        self._guard.enter_context(guard_endpoints(connected_urls, self._refuse))
        self._is_guarding = True

    def close(self) -> None:
        """Remove the guard."""
        self._guard.close()
        self._is_guarding = False

    def _refuse(self, url: str) -> None:
        __tracebackhide__ = True
        if self._fixture is None:
            return
        pytest.fail(
            f"the Kili API was called at {url}, which is no emulator of this run, while the test "
            f"uses the fixture {self._fixture!r}. Take the clients of the fixtures `kili` and "
            "`kili_client`, or let the fixture `kili_env` set KILI_API_ENDPOINT and KILI_API_KEY "
            "before your code makes its client. To allow such calls, run pytest with "
            "--kili-emulator-allow-remote"
        )
