"""Settings, and where they come from: command line, environment, ``pyproject.toml``, defaults.

``settings`` is the table, ``setting`` one row of it, ``sources`` reads and merges what is given;
``addresses`` has the paths and names that are not for choice. Nothing here imports other rooms but
``spelling``.
"""

from kili_emulator.config.addresses import (
    API_PATH,
    DEFAULT_WORLD,
    LOOPBACK,
    no_proxy,
    seed_data_folder,
)
from kili_emulator.config.setting import ENVIRONMENT_PREFIX, Setting, SettingsError
from kili_emulator.config.setting_sources import (
    load_embedded_settings,
    load_settings,
    setting_names,
    suggest_setting,
    unknown_variables,
)
from kili_emulator.config.settings import SettingArguments, Settings, settings_table

__all__ = [
    "API_PATH",
    "DEFAULT_WORLD",
    "ENVIRONMENT_PREFIX",
    "LOOPBACK",
    "Setting",
    "SettingArguments",
    "Settings",
    "SettingsError",
    "load_embedded_settings",
    "load_settings",
    "no_proxy",
    "seed_data_folder",
    "setting_names",
    "settings_table",
    "suggest_setting",
    "unknown_variables",
]
