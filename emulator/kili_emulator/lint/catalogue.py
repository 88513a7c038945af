"""All rules and all checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kili_emulator.lint import (
    client_calls,
    handler_class,
    handlers,
    import_time,
    imports,
    kept_state,
    left_threads,
    own_calls,
    paths,
    process_ends,
    process_state,
    typed_events,
    unbounded_work,
    uploaded_files,
)
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule

Check = Callable[[Plugin], Iterator[Finding]]

_GROUPS: tuple[tuple[Rule, ...], ...] = (
    uploaded_files.RULES,
    handler_class.RULES,
    handlers.RULES,
    typed_events.RULES,
    imports.RULES,
    import_time.RULES,
    kept_state.RULES,
    paths.RULES,
    process_ends.RULES,
    process_state.RULES,
    left_threads.RULES,
    unbounded_work.RULES,
    own_calls.RULES,
    client_calls.RULES,
)
RULES: tuple[Rule, ...] = tuple(
    sorted((rule for group in _GROUPS for rule in group), key=lambda rule: rule.code)
)
BY_CODE = {rule.code: rule for rule in RULES}

CHECKS: tuple[Check, ...] = (
    handler_class.check_class,
    handler_class.check_constructor,
    handlers.check_handlers,
    handlers.check_signatures,
    typed_events.check_typed_events,
    imports.check_relative,
    imports.check_hidden,
    import_time.check_import_time,
    kept_state.check_state,
    kept_state.check_caches,
    paths.check_paths,
    process_ends.check_endings,
    process_ends.check_exits,
    process_state.check_process_calls,
    process_state.check_process_values,
    left_threads.check_leftovers,
    unbounded_work.check_loops,
    unbounded_work.check_sleeps,
    unbounded_work.check_memory,
    own_calls.check_circles,
    own_calls.check_harm,
    client_calls.check_methods,
    client_calls.check_arguments,
    client_calls.check_sdk_imports,
    client_calls.check_own_clients,
    client_calls.check_keys,
)

# What the first two digits of a code say.
GROUPS = {
    "KP1": "What is uploaded",
    "KP2": "Handlers",
    "KP3": "Imports and requirements",
    "KP4": "What the import of the plugin does",
    "KP5": "What is kept between runs",
    "KP6": "Files",
    "KP7": "The process that runs the plugin",
    "KP8": "Limits, and runs that cause one another",
    "KP9": "The SDK",
}
