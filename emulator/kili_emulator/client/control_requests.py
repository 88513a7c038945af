"""Requests about one world: paths, parameters and bodies as Python values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from kili_emulator import errors
from kili_emulator.client.refusals import no_emulator, refusal_of
from kili_emulator.client.transport import ANSWER_SECONDS, Answer, Request, Transport


class ControlRequests:
    """The sender of requests about one world.

    Attributes:
        world: the name of the world.
    """

    def __init__(self, transport: Transport, world: str) -> None:
        self._transport = transport
        self.world = world

    def get(self, path: str, **parameters: Any) -> Any:
        """Return the JSON value at a path below the world.

        Args:
            parameters: the parameters of the URL; those that are ``None`` are left out.

        Raises:
            Exception: as :meth:`send`.
        """
        return self.send("GET", self.world_path(path), parameters=parameters)

    def post(self, path: str, data: Mapping[str, Any], *, wait: float = 0) -> Any:
        """Post a JSON object to a path below the world; return the JSON value of the answer.

        Args:
            wait: the seconds that the emulator may wait before it answers, if more than usual.

        Raises:
            Exception: as :meth:`send`.
        """
        return self.send("POST", self.world_path(path), data=data, wait=wait)

    def world_path(self, path: str = "", world: str | None = None) -> str:
        """Return the whole path of a path below a world, by default this one."""
        return f"/worlds/{quote(world or self.world, safe='')}{path}"

    def send(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        wait: float = 0,
    ) -> Any:
        """Send a request; return the JSON value of the answer, ``None`` for an empty one.

        Raises:
            KiliError: the platform's rules refuse the request, or a value is not one of JSON.
            WorldError: the world is unknown, or the request is invalid.
            ScenarioError: the scenario is not usable.
            RequestRefusedError: the key, or another condition of the server, refuses the request.
            UnreachableError: no emulator answers.
        """
        texts = {
            name: _parameter(value)
            for name, value in (parameters or {}).items()
            if value is not None
        }
        body = None if data is None else _json_text(data)
        return self.json_answer(Request(method, path, texts, body, ANSWER_SECONDS + wait))

    def json_answer(self, request: Request) -> Any:
        """Send a request; return the JSON value of the answer, ``None`` for an empty one.

        Raises:
            Exception: as :meth:`send`.
        """
        answer = self.answer_to(request)
        try:
            return json.loads(answer.content) if answer.content else None
        except ValueError:
            raise no_emulator(answer.content.decode("utf-8", "replace"), answer.status) from None

    def answer_to(self, request: Request) -> Answer:
        """Send a request; return the answer if the request is not refused.

        Raises:
            Exception: as :meth:`send`.
        """
        answer = self._transport.send(request)
        if not 200 <= answer.status < 300:
            raise refusal_of(answer)
        return answer


def _json_text(data: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(data, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise errors.request_not_json(str(error)) from None


def _parameter(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
