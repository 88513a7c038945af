"""Has the warm process fork an interpreter, also from a shell (Linux).

::

    python -IS tests/kit/warm_client.py SOCKET -m kili_emulator worlds

runs the interpreter with the streams, the environment and the folder of the command, and exits as
the interpreter does. It begins quickly, as it imports little.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Mapping, Sequence


def fork(
    address: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: str,
    streams: Sequence[int],
) -> tuple[socket.socket, int]:
    """Have an interpreter forked, with the limits and the umask of this process.

    Args:
        address: the path of the socket of the warm process.
        arguments: the command line without the interpreter.
        environment: all variables.
        folder: the working directory.
        streams: the descriptors of the standard streams.

    Returns:
        a connection on which the exit status arrives, and the id of the process.
    """
    names = [each for each in dir(resource) if each.startswith("RLIMIT_")]
    umask = os.umask(0o077)
    os.umask(umask)
    request = {
        "arguments": list(arguments),
        "environment": dict(environment),
        "folder": folder,
        "umask": umask,
        "limits": {each: resource.getrlimit(getattr(resource, each)) for each in names},
    }
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.connect(address)
    socket.send_fds(connection, [json.dumps(request).encode()], list(streams))
    return connection, int(connection.recv(64))


def main(address: str, *arguments: str) -> int:
    """Run an interpreter to its end; its exit status, as shells tell it."""
    connection, pid = fork(address, arguments, os.environ, os.getcwd(), (0, 1, 2))  # noqa: PTH109  (pathlib takes long)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(pid, number))
    status = int(connection.recv(64))
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
