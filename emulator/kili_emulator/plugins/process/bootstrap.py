"""The programs that the processes of plugins begin with, under any interpreter.

The package of the emulator need not be installed beside the SDK: an empty module ``emulator`` with
the path of the package stands in for it, and is gone before a plugin is imported.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]

_BEGIN = """\
import sys, types
package, control = sys.argv[1:]
del sys.argv[1:]
sys.path[:] = [each for each in sys.path if each]
kili_emulator = types.ModuleType("kili_emulator")
kili_emulator.__path__ = [package]
sys.modules["kili_emulator"] = kili_emulator
"""
_WORK = """\
from kili_emulator.plugins.guest.worker import main
del types, package, control, kili_emulator
globals().pop("main")()
"""

WORKER = f"""{_BEGIN}\
if control:
    from kili_emulator.plugins.guest import supervisor
    supervisor.supervise(int(control))
    del supervisor
{_WORK}"""
"""A worker. Its arguments: the package, and the supervisor's socket, or nothing without one."""

WARM_PROCESS = f"""{_BEGIN}\
from kili_emulator.plugins.guest import warm_process
warm_process.serve(int(control))
del warm_process
{_WORK}"""
"""The process that forks workers. Its arguments: the package, and the socket for requests."""
