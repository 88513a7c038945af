"""The start programs of plugin processes, for any interpreter.

The emulator need not be installed for that interpreter: an empty module ``kili_emulator`` with the
path of the package replaces it, and is removed before a plugin is imported.
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
"""The program of a worker.

Its arguments: the path of the package, and the descriptor of the supervisor's socket; an empty
string without a supervisor.
"""

WARM_PROCESS = f"""{_BEGIN}\
from kili_emulator.plugins.guest import warm_process
warm_process.serve(int(control))
del warm_process
{_WORK}"""
"""The program of the process that forks workers.

Its arguments: the path of the package, and the descriptor of the socket for requests.
"""
