"""Support for the tests of users: a pytest plugin, a faster SDK, and the lint as a function.

``pytest_plugin`` has the fixtures and hooks, ``run_options`` what it declares, ``markers`` what its
markers mean. ``emulator_session`` is the emulator of a run: ``fixture_states`` keeps what fixtures
of long scopes change, ``endpoint_guard`` refuses calls to other servers, and ``client_environment``
is the environment for code that makes its own client; ``failure_report`` describes what the
emulator knows about a failed test. ``cassettes`` records API traffic of a test. ``upload_sources``
notes which files become plugins. ``sdk`` has ``fast_sdk``, ``lint`` has ``lint_plugin``.

Imported by: nothing.
"""
