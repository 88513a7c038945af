"""Run the load, print its figures; fail after a lost or doubled label, an error or a deadlock."""

from __future__ import annotations

import argparse
import logging
import os
import sys

from benchmarks.load.scenarios import Load, one_world, plugin_worlds, worlds_of_their_own
from kili_emulator.config import ENVIRONMENT_PREFIX


def main(arguments: list[str] | None = None) -> int:
    """Run all scenarios; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    add = parser.add_argument
    add("--seconds", type=float, default=20, help="duration of each scenario (20)")
    add("--pause", type=float, default=2, help="mean seconds between two calls of a client (2)")
    add("--worlds", type=int, default=50, help="clients with a world each (50)")
    add("--together", type=int, default=20, help="clients in one world (20)")
    add("--plugins", type=int, default=30, help="clients with a world and a plugin each (30)")
    options = parser.parse_args(arguments)
    faults = 0
    for scenario, clients in (
        (worlds_of_their_own, options.worlds),
        (one_world, options.together),
        (plugin_worlds, options.plugins),
    ):
        if clients:
            figures = scenario(Load(clients, options.seconds, options.pause))
            print("\n".join(figures.lines()), flush=True)
            faults += len(figures.faults)
    return 1 if faults else 0


if __name__ == "__main__":
    logging.disable()
    for name in [each for each in os.environ if each.startswith(ENVIRONMENT_PREFIX)]:
        del os.environ[name]  # the settings of this machine's user must not change the results
    sys.exit(main())
