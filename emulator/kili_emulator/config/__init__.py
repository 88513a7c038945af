"""Settings and their sources: command line, environment, ``pyproject.toml``, defaults.

``settings`` is the table of settings, ``setting`` one row of the table, ``setting_sources`` reads
and merges the sources; ``addresses`` has fixed paths and names. ``rules``
and ``plugins.guest`` may not import this room, which imports only ``spelling``.

Imported by: app, cli, client, domain, http, lint, plugins, recording, replays, scenario, services,
testing, transfer.
"""

from kili_emulator.config.addresses import (
    API_PATH,
    CONTROL_PATH,
    DEFAULT_WORLD,
    GRAPHQL_PATH,
    HEALTH_PATH,
    IN_PROCESS,
    LOOPBACK,
    PRODUCT_HEADER,
    no_proxy,
    seed_data_folder,
)
from kili_emulator.config.setting import ENVIRONMENT_PREFIX, Setting, SettingsError
from kili_emulator.config.setting_sources import (
    check_setting_names,
    load_embedded_settings,
    load_settings,
    unknown_variables,
)
from kili_emulator.config.settings import (
    PLATFORM_RUN_MEGABYTES,
    PLATFORM_RUN_SECONDS,
    SettingArguments,
    Settings,
    settings_table,
)

__all__ = [
    "API_PATH",
    "CONTROL_PATH",
    "DEFAULT_WORLD",
    "ENVIRONMENT_PREFIX",
    "GRAPHQL_PATH",
    "HEALTH_PATH",
    "IN_PROCESS",
    "LOOPBACK",
    "PLATFORM_RUN_MEGABYTES",
    "PLATFORM_RUN_SECONDS",
    "PRODUCT_HEADER",
    "Setting",
    "SettingArguments",
    "Settings",
    "SettingsError",
    "check_setting_names",
    "load_embedded_settings",
    "load_settings",
    "no_proxy",
    "seed_data_folder",
    "settings_table",
    "unknown_variables",
]
