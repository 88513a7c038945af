"""The interpreter and the environment that workers are started with."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from kili_emulator import messages
from kili_emulator.config import ENVIRONMENT_PREFIX, SettingsError, no_proxy
from kili_emulator.plugins.build.installed_packages import OF_THIS_INTERPRETER

_CHECK_SECONDS = 60.0

# One thread for numerical libraries, as each would take memory of its own.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
_NOT_HANDED_ON = ("KILI_API_KEY", "KILI_API_ENDPOINT", "KILI_SDK_SKIP_CHECKS")


def check_python(python: Path) -> None:
    """Make sure that plugins can run with an interpreter.

    Raises:
        SettingsError: it is none, or cannot import the SDK.
    """
    try:
        found = subprocess.run(
            [str(python), "-c", "import kili.plugins"],
            env=environment_of(os.environ, "", own=False),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_CHECK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SettingsError(messages.PYTHON_UNUSABLE.format(path=python, reason=error)) from None
    if found.returncode:
        reason = (found.stderr.strip().splitlines() or [f"exit code {found.returncode}"])[-1]
        raise SettingsError(messages.PYTHON_WITHOUT_SDK.format(path=python, reason=reason))


def environment_of(given: Mapping[str, str], url: str, *, own: bool) -> dict[str, str]:
    """What a worker gets of the emulator's environment.

    Args:
        own: it is of the emulator's own interpreter.
    """
    dropped = (*_NOT_HANDED_ON, *(() if own else OF_THIS_INTERPRETER))
    kept = {
        name: value
        for name, value in given.items()
        if not name.startswith(ENVIRONMENT_PREFIX) and name not in dropped
    }
    return {**kept, **_ENVIRONMENT, "NO_PROXY": no_proxy(url, kept.get("NO_PROXY", ""))}
