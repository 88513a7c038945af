"""Plugins that end in another way than they should, or not at all."""

from __future__ import annotations

from tests.plugins.bad.bad_plugin import Bad

_DIVIDE = "1 / 0"

ENDS = {
    "raises in its handler": Bad(_DIVIDE),
    "raises when it is imported": Bad(top=_DIVIDE),
    "raises in `__init__`": Bad(init=f"def __init__(self, *_):\n    {_DIVIDE}"),
    "has an `__init__` with other parameters": Bad(init="def __init__(self, kili): pass"),
    "raises in a thread that its handler starts": Bad(
        """
        thread = threading.Thread(target=divmod, args=(1, 0))
        thread.start()
        thread.join()
        """
    ),
    "calls `sys.exit`, `exit` or `quit`": Bad("sys.exit(3)"),
    "calls `os._exit`": Bad("os._exit(3)", alone=True),
    "calls `os.abort`": Bad("os.abort()", alone=True),
    "causes a segmentation fault": Bad("ctypes.string_at(0)", alone=True),
    "is killed, as the system does when memory is short": Bad(
        "os.kill(os.getpid(), 9)", alone=True
    ),
    "loops for ever": Bad("while True: len('x')", hangs=True),
    "loops for ever, and catches everything": Bad(
        """
        while True:
            try:
                while True:
                    try:
                        len('x')
                    except BaseException:
                        len('y')
            except BaseException:
                len('z')
        """,
        hangs=True,
    ),
    "waits for ever in C code": Bad("near, far = socket.socketpair()\nnear.recv(1)", hangs=True),
    "loops for ever when it is imported": Bad(top="while True: len('x')", hangs=True),
    "recurses without end": Bad("self.on_submit(label, asset_id)"),
    "takes 600 MB": Bad("x = b'x' * (600 * 1024 ** 2)", alone=True),
    "takes 2 GB at once, where the system has less": Bad(
        "x = bytearray(2 * 1024 ** 3)", alone=True, memory=1500
    ),
    "takes ever more memory, until the system has no more": Bad(
        "x = []\nwhile True: x.append(b'x' * (20 * 1024 ** 2))", alone=True, memory=1000
    ),
    "opens files until the system refuses": Bad("x = [open(os.devnull) for _ in range(9999)]"),
    "starts 500 threads at once": Bad(
        """
        over = threading.Event()
        threads = [threading.Thread(target=over.wait) for _ in range(500)]
        try:
            for each in threads:
                each.start()
        finally:
            over.set()
            for each in threads:
                if each.ident:
                    each.join()
        """
    ),
}
