"""Bad plugins that change the process state, or leave threads or processes running."""

from __future__ import annotations

import os
import signal
import threading

from tests.kit.processes import is_alive
from tests.plugins.bad.bad_plugin import BadPlugin
from tests.plugins.bad.trial_server import PluginTrial

SOON = 20.0


def _ends_children(trial: PluginTrial) -> None:
    """Check that child processes live on inline and are ended in process isolation."""
    for pid in map(int, trial.printed_lines()):
        assert is_alive(pid) == (trial.isolation == "inline")
        if trial.isolation == "inline":
            os.kill(pid, signal.SIGKILL)


def _is_refused(trial: PluginTrial) -> None:
    """Check that the API refuses the thread after the run; process isolation ends the thread."""
    refusal_file = trial.folder / "told"
    if trial.isolation == "process":
        assert not is_alive(int(trial.printed_lines()[0]))
        assert not refusal_file.exists()
        return
    pause = threading.Event()
    for _ in range(round(SOON / 0.02)):
        if refusal_file.exists() and refusal_file.read_text():
            break
        pause.wait(0.02)
    assert "is valid only during the run" in refusal_file.read_text()


STATE_CHANGES = {
    "changes the working directory": BadPlugin("os.chdir('/')\nprint(os.getcwd())"),
    "changes the environment": BadPlugin(
        "os.environ['NO_PROXY'] = 'x'\nos.environ['NEW'] = 'x'\ndel os.environ['PATH']"
    ),
    "changes `sys.path`": BadPlugin("sys.path[:] = ['/nowhere']"),
    "changes the locale": BadPlugin("import locale\nlocale.setlocale(locale.LC_ALL, 'C.UTF-8')"),
    "sets the recursion limit, or the time-out of sockets": BadPlugin(
        "sys.setrecursionlimit(5000)\nsocket.setdefaulttimeout(0.001)"
    ),
    "changes such things when it is imported": BadPlugin(
        "print(os.getcwd(), os.environ['NEW'], '/nowhere' in sys.path)",
        top="os.chdir('/')\nos.environ['NEW'] = 'x'\nsys.path.append('/nowhere')",
        check=lambda trial: trial.assert_prints("/ x True"),
    ),
    "sets handlers of signals": BadPlugin(
        "import signal\nsignal.signal(signal.SIGTERM, lambda *_: None)"
    ),
    "seeds `random` and `numpy.random`": BadPlugin(
        "import random, numpy\nrandom.seed(0)\nnumpy.random.seed(0)"
    ),
    "replaces functions of `requests` or methods of the SDK": BadPlugin(
        """
        import kili.client, requests
        kili.client.Kili.__init__ = requests.post = fail
        """,
        top="def fail(*_, **__):\n    raise RuntimeError('replaced')",
    ),
    "closes `sys.stdout`": BadPlugin(
        "print('before')\nsys.stdout.close()\nself.logger.info('after')",
        check=lambda trial: trial.assert_prints("before", "after"),
    ),
    "closes the descriptors of standard output and error": BadPlugin(
        "print('before')\nos.close(1)\nos.close(2)\nself.logger.info('after')",
        check=lambda trial: trial.assert_prints("before", "after"),
    ),
    "leaves threads running, daemons or not": BadPlugin(
        """
        for name, daemon in (("waiting", False), ("waiting too", True)):
            threading.Thread(target=time.sleep, args=(600,), name=name, daemon=daemon).start()
        """
    ),
    "leaves a thread pool at work": BadPlugin(
        "pool.submit(time.sleep, 600)",
        top="from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(1)",
    ),
    "leaves a thread that calls the API once the run is over": BadPlugin(
        "print(os.getpid())\nthreading.Thread(target=go_on, args=(self.kili,)).start()",
        top="""
        def go_on(kili):
            while True:
                try:
                    kili.count_projects()
                except Exception as error:
                    with open("$FOLDER/told", "w") as file:
                        file.write(str(error))
                    return
        """,
        check=_is_refused,
    ),
    "forks, and returns from the handler twice": BadPlugin(
        "if os.fork():\n    os.wait()\n    print('parent')",
        check=lambda trial: trial.assert_prints("parent"),
    ),
    "leaves a forked child": BadPlugin(
        """
        child = os.fork()
        if not child:
            time.sleep(600)
        print(child)
        """,
        check=_ends_children,
    ),
    "leaves child processes": BadPlugin(
        """
        import subprocess
        for own in (False, True):
            print(subprocess.Popen(["sleep", "600"], start_new_session=own).pid)
        """,
        check=_ends_children,
    ),
    "leaves a child of `multiprocessing`": BadPlugin(
        """
        import multiprocessing
        child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,))
        child.start()
        print(child.pid)
        """,
        check=_ends_children,
    ),
    "leaves a daemon, which has a session of its own and no parent": BadPlugin(
        """
        reads, writes = os.pipe()
        if not os.fork():
            os.setsid()
            if os.fork():
                os._exit(0)
            os.write(writes, str(os.getpid()).encode())
            time.sleep(600)
        os.wait()
        print(os.read(reads, 10).decode())
        """,
        check=_ends_children,
    ),
}
