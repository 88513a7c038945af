"""Error answers of requests whose route does not handle the error itself.

Each part of the server has one form of error: GraphQL's ``errors`` at the GraphQL endpoint,
``{"error": text}`` in the control plane, plain text elsewhere. No answer is an HTML page.
"""

from __future__ import annotations

import json
import logging

from flask import Flask, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from kili_emulator import errors
from kili_emulator.api.errors import plain_error
from kili_emulator.config import CONTROL_PATH, GRAPHQL_PATH
from kili_emulator.errors import KiliError
from kili_emulator.http.security import text_answer

logger = logging.getLogger(__name__)

# The code of a GraphQL error by HTTP status.
_CODES = {500: errors.INTERNAL_ERROR, 507: errors.INTERNAL_ERROR}


def register_error_handlers(application: Flask) -> None:
    """Answer errors that no route handles in the form of their part of the server."""

    @application.errorhandler(Exception)
    def explain(error: Exception) -> Response:
        return answer_error(request, error)

    @application.after_request
    def redirect(answer: Response) -> Response:
        """Answer a path with doubled slashes, which the web framework redirects by a page."""
        location = answer.headers.get("Location")
        if location is None or answer.mimetype != "text/html":
            return answer
        text = errors.ROUTE_MOVED.format(location=location)
        moved = _format_error(request, text, answer.status_code)
        moved.headers["Location"] = location
        return moved


def answer_error(request: Request, error: Exception) -> Response:
    """Answer a refusal of the web framework or of the emulator, or a defect, which is logged."""
    if isinstance(error, HTTPException):
        return _refuse(request, error)
    if isinstance(error, OSError) and errors.is_disk_full(error):
        error = errors.not_stored(error)
    if isinstance(error, KiliError):
        return _format_error(request, error.message, getattr(error, "status", 400), error.code)
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    text = errors.UNEXPECTED_FAILURE.format(detail=f"{type(error).__name__}: {error}")
    return _format_error(request, text, 500)


def _refuse(request: Request, error: HTTPException) -> Response:
    """Answer a request that the web framework refuses: unknown path, wrong method, …"""
    status = error.code or 500
    messages_by_status = {404: errors.ROUTE_UNKNOWN, 405: errors.METHOD_UNKNOWN}
    text = messages_by_status.get(status, errors.REQUEST_REFUSED)
    reason = error.description or error.name
    answer = _format_error(
        request, text.format(path=request.path, method=request.method, reason=reason), status
    )
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _format_error(request: Request, text: str, status: int, code: str | None = None) -> Response:
    """Return an error in the form of the part of the server that a request addresses.

    Args:
        code: ``extensions.code`` at the GraphQL endpoint; by default the code of the status.
    """
    if request.path == GRAPHQL_PATH:
        code = code or _CODES.get(status, errors.BAD_USER_INPUT)
        return _json_answer(plain_error(text, code), status)
    if request.path.startswith(CONTROL_PATH):
        return _json_answer({"error": text}, status)
    return text_answer(text.encode(errors="backslashreplace").decode(), status)


def _json_answer(value: object, status: int) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")
