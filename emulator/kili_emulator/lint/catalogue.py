"""All rules and all checks of the lint."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kili_emulator.lint.checks import (
    client_calls,
    file_paths,
    handler_class,
    handlers,
    import_time,
    imports,
    persistent_state,
    process_exits,
    process_state,
    requirements,
    resource_limits,
    self_triggering,
    typed_events,
    unfinished_work,
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
    requirements.RULES,
    imports.RULES,
    import_time.RULES,
    persistent_state.RULES,
    file_paths.RULES,
    process_exits.RULES,
    process_state.RULES,
    unfinished_work.RULES,
    resource_limits.RULES,
    self_triggering.RULES,
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
    persistent_state.check_state,
    persistent_state.check_caches,
    file_paths.check_paths,
    process_exits.check_process_exits,
    process_exits.check_exits,
    process_state.check_process_calls,
    process_state.check_process_values,
    unfinished_work.check_unfinished_work,
    resource_limits.check_loops,
    resource_limits.check_sleeps,
    resource_limits.check_memory,
    self_triggering.check_event_cycles,
    self_triggering.check_self_damage,
    client_calls.check_methods,
    client_calls.check_arguments,
    client_calls.check_sdk_imports,
    client_calls.check_own_clients,
    client_calls.check_keys,
)

# First digit of a code → title of the group.
GROUPS = {
    "KP1": "Uploaded files",
    "KP2": "Handlers",
    "KP3": "Imports and requirements",
    "KP4": "The import of the plugin",
    "KP5": "Values that outlive a run",
    "KP6": "Files",
    "KP7": "The process that runs the plugin",
    "KP8": "Limits, and runs that cause each other",
    "KP9": "The SDK",
}
