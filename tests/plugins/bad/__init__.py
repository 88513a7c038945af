"""What a plugin can do to the emulator: a plugin for each row of plugin-isolation.md.

``page.py`` reads the table, ``ends.py``, ``changes.py`` and ``platform.py`` hold the plugins,
``stage.py`` the servers they are tried on, and ``test_matrix.py`` tries each with each isolation.
"""

import pytest

_CHECKING = ("state_changes", "platform_misuse", "trial_server")
pytest.register_assert_rewrite(*(f"{__name__}.{each}" for each in _CHECKING))
