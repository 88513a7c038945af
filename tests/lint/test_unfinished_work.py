"""KP714 to KP716: threads and processes that continue after a handler has returned."""

from __future__ import annotations

import pytest

from tests.lint.marked_source import expected_findings, in_class, in_handler, lint_findings

TOP = (
    "import threading, subprocess, multiprocessing, os, contextlib, concurrent.futures, _thread\n"
    "from threading import Thread\nfrom concurrent.futures import ThreadPoolExecutor as Pool\n"
    "class Worker(Thread): 0\n"
)


@pytest.mark.parametrize(
    "body",
    [
        "Thread(target=print).start()  # KP714",
        "t = threading.Thread(target=print)  # KP714\nt.start()",
        "t = Thread(target=print, daemon=True)  # KP714\nt.start()",
        "t = Thread(target=print)\nt.start()\nt.join()",
        "t = Thread(target=print)\nt.start()\nt.join(10)",
        "t = Thread(target=print)\nt.start()\nt.join(timeout=10)",
        "t = Thread(target=print)  # KP714\nt.start()\nprint(', '.join(label))",
        "t = Thread(target=print)  # KP714\nt.start()\nprint(label['sep'].join(label))",
        (
            "ts = [Thread(target=print) for _ in range(3)]\nfor t in ts: t.start()\n"
            "for t in ts: t.join()"
        ),
        "ts = [Thread(target=print) for _ in range(3)]  # KP714\nfor t in ts: t.start()",
        "Thread(target=print)",
        "threading.Timer(3, print).start()  # KP714",
        "Worker().start()  # KP714",
        "w = Worker()\nw.start()\nw.join()",
        "_thread.start_new_thread(print, ())  # KP714",
        "label.start()",
        "pool = Pool()  # KP715\npool.submit(print)",
        "pool = concurrent.futures.ProcessPoolExecutor()  # KP715",
        "pool = multiprocessing.Pool()  # KP715",
        "pool = Pool()\npool.submit(print)\npool.shutdown()",
        "with Pool() as pool: pool.submit(print)",
        "with contextlib.ExitStack() as stack: stack.enter_context(Pool())",
        "return Pool()",
        "subprocess.Popen(['ls'])  # KP716",
        "p = subprocess.Popen(['ls'])  # KP716\np.stdout.read()",
        "p = subprocess.Popen(['ls'])\np.wait()",
        "p = subprocess.Popen(['ls'])\np.communicate()",
        "with subprocess.Popen(['ls']) as p: 0",
        "subprocess.run(['ls'])",
        "p = multiprocessing.Process(target=print)  # KP716\np.start()",
        "p = multiprocessing.Process(target=print)\np.start()\np.join()",
        "os.fork()  # KP716",
        "pid = os.fork()\nos.waitpid(pid, 0)",
    ],
)
def test_reports_threads_and_processes_that_nothing_ends(body: str) -> None:
    source = in_handler(body, TOP)
    assert lint_findings(source) == expected_findings(source)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("self.pool = Pool()", "self.pool.shutdown()"),
        ("self.thread = Thread(target=print)", "self.thread.start(); self.thread.join()"),
    ],
)
def test_another_method_may_end_a_pool_or_thread(start: str, end: str) -> None:
    assert lint_findings(in_class(f"def one(self): {start}\ndef other(self): {end}", TOP)) == []
