"""Conditions for a container to be ready."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping

from tests.kit.dockerfile import read_image

_SECONDS = 60.0


class HealthcheckWaitStrategy:
    """Wait until the health check of the image succeeds."""

    def wait_until_ready(self, environment: Mapping[str, str]) -> None:
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            done = subprocess.run(
                read_image().health_check, env=environment, capture_output=True, check=False
            )
            if done.returncode == 0:
                return
        raise TimeoutError(done.stderr.decode())
