"""The interpreter and the environment variables of workers."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from kili_emulator import messages
from kili_emulator.config import ENVIRONMENT_PREFIX, SettingsError, no_proxy
from kili_emulator.plugins.build.installed_packages import INTERPRETER_VARIABLES

_CHECK_SECONDS = 60.0

# Numerical libraries use one thread, as each thread takes memory of its own.
_ADDED_VARIABLES = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
_WITHHELD_VARIABLES = ("KILI_API_KEY", "KILI_API_ENDPOINT", "KILI_SDK_SKIP_CHECKS")


def check_python(python: Path) -> None:
    """Make sure that plugins can run with an interpreter.

    Raises:
        SettingsError: it cannot be started, or cannot import the SDK.
    """
    try:
        completed = subprocess.run(
            [str(python), "-c", "import kili.plugins"],
            env=worker_environment(os.environ, "", is_own_interpreter=False),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_CHECK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SettingsError(messages.PYTHON_UNUSABLE.format(path=python, reason=error)) from None
    if completed.returncode:
        lines = completed.stderr.strip().splitlines() or [f"exit code {completed.returncode}"]
        raise SettingsError(messages.PYTHON_WITHOUT_SDK.format(path=python, reason=lines[-1]))


def worker_environment(
    variables: Mapping[str, str], url: str, *, is_own_interpreter: bool
) -> dict[str, str]:
    """Return the environment variables of a worker, from those of the emulator.

    Args:
        variables: the emulator's variables.
        url: the address of the emulator, which workers reach without a proxy.
        is_own_interpreter: whether the worker has the emulator's own interpreter.
    """
    dropped = (*_WITHHELD_VARIABLES, *(() if is_own_interpreter else INTERPRETER_VARIABLES))
    kept = {
        name: value
        for name, value in variables.items()
        if not name.startswith(ENVIRONMENT_PREFIX) and name not in dropped
    }
    return {**kept, **_ADDED_VARIABLES, "NO_PROXY": no_proxy(url, kept.get("NO_PROXY", ""))}
