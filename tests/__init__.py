"""The tests of the emulator. pytest rewrites the assertions of the kits, too."""

import pytest

pytest.register_assert_rewrite("tests.kit")
