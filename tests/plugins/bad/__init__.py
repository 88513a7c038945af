"""Bad plugins: one for each row of plugin-isolation.md.

``isolation_table.py`` reads the table. ``abnormal_endings.py``, ``state_changes.py`` and
``platform_misuse.py`` contain the plugins, ``trial_server.py`` the servers on which they run.
``test_matrix.py`` runs each plugin in each isolation.
"""

import pytest

_CHECKING = ("state_changes", "platform_misuse", "trial_server")
pytest.register_assert_rewrite(*(f"{__name__}.{each}" for each in _CHECKING))
