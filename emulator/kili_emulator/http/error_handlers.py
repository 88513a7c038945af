"""Answers requests that fail in a way that their route does not foresee.

Each part of the server has one form of error: GraphQL's ``errors`` at the GraphQL endpoint,
``{"error": text}`` below the control plane, plain text elsewhere. No answer is a page of HTML.
"""

from __future__ import annotations

import json
import logging

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from kili_emulator import errors
from kili_emulator.api.errors import plain_error
from kili_emulator.config import API_PATH
from kili_emulator.errors import KiliError
from kili_emulator.http.security import text_answer

logger = logging.getLogger(__name__)

_CONTROL_PATH = "/_emulator"
# The codes of GraphQL's errors that a status of HTTP stands for.
_CODES = {500: errors.INTERNAL_ERROR, 507: errors.INTERNAL_ERROR}


def register_error_handlers(application: Flask) -> None:
    """Have every error that no route answers itself answered in the form of its part."""

    @application.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        """A request that the web framework refuses: no such address, no such method, …"""
        status = error.code or 500
        messages_by_status = {404: errors.ROUTE_UNKNOWN, 405: errors.METHOD_UNKNOWN}
        text = messages_by_status.get(status, errors.REQUEST_REFUSED)
        reason = error.description or error.name
        answer = error_answer(
            text.format(path=request.path, method=request.method, reason=reason), status
        )
        for name, value in error.get_headers():
            if name.lower() not in ("content-type", "content-length"):
                answer.headers[name] = value
        return answer

    @application.errorhandler(Exception)
    def explain(error: Exception) -> Response:
        """Anything else: what the emulator refuses, or a defect of it, which is logged."""
        if isinstance(error, OSError) and errors.is_disk_full(error):
            error = errors.not_stored(error)
        if isinstance(error, KiliError):
            return error_answer(error.message, getattr(error, "status", 400), error.code)
        logger.error("%s %s failed", request.method, request.path, exc_info=error)
        return error_answer(
            errors.UNEXPECTED_FAILURE.format(detail=f"{type(error).__name__}: {error}"), 500
        )


def error_answer(text: str, status: int, code: str | None = None) -> Response:
    """An error in the form of the part of the server that the present request is for.

    Args:
        code: ``extensions.code`` at the GraphQL endpoint; what fits the status where none is given.
    """
    if request.path == f"{API_PATH}/graphql":
        code = code or _CODES.get(status, errors.BAD_USER_INPUT)
        return _json_answer(plain_error(text, code), status)
    if request.path.startswith(_CONTROL_PATH):
        return _json_answer({"error": text}, status)
    return text_answer(text.encode(errors="backslashreplace").decode(), status)


def _json_answer(value: object, status: int) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")
