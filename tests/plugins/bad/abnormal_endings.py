"""Bad plugins that crash, exit, hang or exhaust resources."""

from __future__ import annotations

from tests.plugins.bad.bad_plugin import BadPlugin

_DIVIDE = "1 / 0"

ABNORMAL_ENDINGS = {
    "raises in its handler": BadPlugin(_DIVIDE),
    "raises when it is imported": BadPlugin(top=_DIVIDE),
    "raises in `__init__`": BadPlugin(init=f"def __init__(self, *_):\n    {_DIVIDE}"),
    "has an `__init__` with other parameters": BadPlugin(init="def __init__(self, kili): pass"),
    "raises in a thread that its handler starts": BadPlugin(
        """
        thread = threading.Thread(target=divmod, args=(1, 0))
        thread.start()
        thread.join()
        """
    ),
    "calls `sys.exit`, `exit` or `quit`": BadPlugin("sys.exit(3)"),
    "calls `os._exit`": BadPlugin("os._exit(3)", own_server=True),
    "calls `os.abort`": BadPlugin("os.abort()", own_server=True),
    "causes a segmentation fault": BadPlugin("ctypes.string_at(0)", own_server=True),
    "is killed, as the system does when memory is short": BadPlugin(
        "os.kill(os.getpid(), 9)", own_server=True
    ),
    "loops for ever": BadPlugin("while True: len('x')", hangs=True),
    "loops for ever, and catches everything": BadPlugin(
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
    "waits for ever in C code": BadPlugin(
        "near, far = socket.socketpair()\nnear.recv(1)", hangs=True
    ),
    "loops for ever when it is imported": BadPlugin(top="while True: len('x')", hangs=True),
    "recurses without end": BadPlugin("self.on_submit(label, asset_id)"),
    "takes 600 MB": BadPlugin("x = b'x' * (600 * 1024 ** 2)", own_server=True),
    "takes 2 GB at once, where the system has less": BadPlugin(
        "x = bytearray(2 * 1024 ** 3)", own_server=True, memory=1500
    ),
    "takes ever more memory, until the system has no more": BadPlugin(
        "x = []\nwhile True: x.append(b'x' * (20 * 1024 ** 2))", own_server=True, memory=1000
    ),
    "opens files until the system refuses": BadPlugin(
        "x = [open(os.devnull) for _ in range(9999)]"
    ),
    "starts 500 threads at once": BadPlugin(
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
