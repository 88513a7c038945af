"""Plugins that change what is around them, or leave something behind."""

from __future__ import annotations

import os
import signal
import threading

from tests.plugins.bad.bad_plugin import Bad
from tests.plugins.bad.trial_server import Tried
from tests.plugins.process.plugin_project import is_alive

SOON = 20.0


def _ends_children(tried: Tried) -> None:
    """The children are still there inline, and not any more where plugins have processes."""
    for pid in map(int, tried.printed()):
        assert is_alive(pid) == (tried.isolation == "inline")
        if tried.isolation == "inline":
            os.kill(pid, signal.SIGKILL)


def _is_refused(tried: Tried) -> None:
    """What the thread was told once its run was over; in process isolation, it is no more."""
    told = tried.folder / "told"
    if tried.isolation == "process":
        assert not is_alive(int(tried.printed()[0]))
        assert not told.exists()
        return
    pause = threading.Event()
    for _ in range(round(SOON / 0.02)):
        if told.exists() and told.read_text():
            break
        pause.wait(0.02)
    assert "is valid only while the run lasts" in told.read_text()


CHANGES = {
    "changes the working directory": Bad("os.chdir('/')\nprint(os.getcwd())"),
    "changes the environment": Bad(
        "os.environ['NO_PROXY'] = 'x'\nos.environ['NEW'] = 'x'\ndel os.environ['PATH']"
    ),
    "changes `sys.path`": Bad("sys.path[:] = ['/nowhere']"),
    "changes the locale": Bad("import locale\nlocale.setlocale(locale.LC_ALL, 'C.UTF-8')"),
    "sets the recursion limit, or the time-out of sockets": Bad(
        "sys.setrecursionlimit(5000)\nsocket.setdefaulttimeout(0.001)"
    ),
    "changes such things when it is imported": Bad(
        "print(os.getcwd(), os.environ['NEW'], '/nowhere' in sys.path)",
        top="os.chdir('/')\nos.environ['NEW'] = 'x'\nsys.path.append('/nowhere')",
        check=lambda tried: tried.prints("/ x True"),
    ),
    "sets handlers of signals": Bad(
        "import signal\nsignal.signal(signal.SIGTERM, lambda *_: None)"
    ),
    "seeds `random` and `numpy.random`": Bad(
        "import random, numpy\nrandom.seed(0)\nnumpy.random.seed(0)"
    ),
    "replaces functions of `requests` or methods of the SDK": Bad(
        """
        import kili.client, requests
        kili.client.Kili.__init__ = requests.post = fail
        """,
        top="def fail(*_, **__):\n    raise RuntimeError('replaced')",
    ),
    "closes `sys.stdout`": Bad(
        "print('before')\nsys.stdout.close()\nself.logger.info('after')",
        check=lambda tried: tried.prints("before", "after"),
    ),
    "closes the descriptors of standard output and error": Bad(
        "print('before')\nos.close(1)\nos.close(2)\nself.logger.info('after')",
        check=lambda tried: tried.prints("before", "after"),
    ),
    "leaves threads running, daemons or not": Bad(
        """
        for name, daemon in (("waiting", False), ("waiting too", True)):
            threading.Thread(target=time.sleep, args=(600,), name=name, daemon=daemon).start()
        """
    ),
    "leaves a thread pool at work": Bad(
        "pool.submit(time.sleep, 600)",
        top="from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(1)",
    ),
    "leaves a thread that calls the API once the run is over": Bad(
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
    "forks, and returns from the handler twice": Bad(
        "if os.fork():\n    os.wait()\n    print('parent')",
        check=lambda tried: tried.prints("parent"),
    ),
    "leaves a forked child": Bad(
        """
        child = os.fork()
        if not child:
            time.sleep(600)
        print(child)
        """,
        check=_ends_children,
    ),
    "leaves child processes": Bad(
        """
        import subprocess
        for own in (False, True):
            print(subprocess.Popen(["sleep", "600"], start_new_session=own).pid)
        """,
        check=_ends_children,
    ),
    "leaves a child of `multiprocessing`": Bad(
        """
        import multiprocessing
        child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,))
        child.start()
        print(child.pid)
        """,
        check=_ends_children,
    ),
    "leaves a daemon, which has a session of its own and no parent": Bad(
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
