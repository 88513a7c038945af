"""The client of the control plane: each of its verbs once, as a typed Python method.

``ControlPlane`` has the parts ``users``, ``plugins``, ``runs``, ``worlds``, ``clock``, ``faults``,
whose methods send requests and return the views that these are answered with. A ``Transport``
carries the requests: ``HttpTransport`` to any emulator, ``WsgiTransport`` to one in this process.
``addresses`` checks that an emulator listens at an address before a key is sent there. ``refusals``
makes the errors of refused requests: those that the services raised. Importing the client imports
neither the services nor ``requests``.

Imported by: app, cli.
"""

from kili_emulator.client.control_plane import ControlPlane
from kili_emulator.client.http_transport import HttpTransport
from kili_emulator.client.refusals import NotAnEmulatorError, RequestRefusedError
from kili_emulator.client.transport import AnswerTimeoutError, Transport, UnreachableError
from kili_emulator.client.wsgi_transport import WsgiTransport

__all__ = [
    "AnswerTimeoutError",
    "ControlPlane",
    "HttpTransport",
    "NotAnEmulatorError",
    "RequestRefusedError",
    "Transport",
    "UnreachableError",
    "WsgiTransport",
]
