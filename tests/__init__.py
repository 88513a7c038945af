"""The tests of the emulator. The assertions of the shared modules are shown as those of tests."""

import pytest

pytest.register_assert_rewrite("tests.kit")
