"""Lint plugins in your own tests.

::

    def test_the_plugin_would_work_on_the_platform():
        found = lint_plugin("my_plugin")
        assert [each for each in found if each.severity != "note"] == []
"""

from kili_emulator.lint.lint_plugin import LintError, lint_plugin
from kili_emulator.lint.rule import Finding

__all__ = ["Finding", "LintError", "lint_plugin"]
