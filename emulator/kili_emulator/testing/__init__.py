"""Support for the tests of users: pytest fixtures, a faster SDK, and the lint as a function.

``pytest_plugin`` has the fixtures, ``sdk`` has ``fast_sdk``, ``lint`` has ``lint_plugin``.

Imported by: nothing.
"""
