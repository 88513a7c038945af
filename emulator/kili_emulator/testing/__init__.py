"""Support for the tests of users: pytest fixtures, a faster SDK, and the lint as a function.

``pytest_plugin`` has the fixtures, ``sdk`` removes the pauses of an SDK (``sdk_retries`` those
between its attempts), ``lint`` has ``lint_plugin``.

Imported by: app.
"""
