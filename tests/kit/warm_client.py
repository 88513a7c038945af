"""Request forked interpreters from the warm process, in Python or from a shell (Linux).

::

    python -IS tests/kit/warm_client.py SOCKET -m kili_emulator worlds

runs the interpreter with the streams, environment and working directory of the command, and exits
with its exit status. The command starts quickly, because it imports few modules.
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
    """Request a forked interpreter with the resource limits and umask of this process.

    Args:
        address: the path of the warm process's socket.
        arguments: the command line without the interpreter.
        environment: all variables.
        folder: the working directory.
        streams: the descriptors of the standard streams.

    Returns:
        a connection that receives the exit status, and the id of the process.
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
    """Run an interpreter to its end, and return its exit status in the form that shells use."""
    connection, pid = fork(address, arguments, os.environ, os.getcwd(), (0, 1, 2))  # noqa: PTH109  (pathlib is slow to import)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(pid, number))
    status = int(connection.recv(64))
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
