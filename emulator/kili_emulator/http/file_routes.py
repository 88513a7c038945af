"""Uploads to signed URLs, and reading files back.

See contract/file.md#uploads, contract/file.md#downloads.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from kili_emulator import errors
from kili_emulator.domain import file
from kili_emulator.domain.registry import WorldError, WorldRegistry
from kili_emulator.domain.world import Actor, World
from kili_emulator.errors import KiliError
from kili_emulator.http import security
from kili_emulator.http.call_recorder import Received
from kili_emulator.http.file_urls import file_urls
from kili_emulator.http.request_body import BodyError, read_body

_DEFAULT_TYPE = "application/octet-stream"


def files_blueprint(registry: WorldRegistry, signer: security.UploadSigner) -> Blueprint:
    """The routes of the file storage."""
    blueprint = Blueprint("files", __name__)

    @blueprint.get(file.FILES_PATH)
    def download() -> Response:
        file_id = request.args.get("id", "")
        signed_in = signer.readable_in(request.args.get("token", ""), file_id)
        session = _session(registry, signed_in)
        if session is None:
            return security.unauthorized()
        world, actor = session
        received = Received(request, world, actor) if actor else None
        found = file.readable(world.view, actor, file_id)
        if received:
            told = {"contentType": found["contentType"], "size": found["size"]} if found else None
            operation = f"{request.method} {file.FILES_PATH}"
            received.answered([operation], {"id": file_id}, told, errors=found is None)
        if found is None:
            return security.text_answer(errors.FILE_UNKNOWN, 404)
        urls = file_urls(request.host_url, signer, world, signed=signed_in is not None)
        return _download(file.content_of(world, found, urls), found["contentType"])

    @blueprint.put(file.UPLOAD_PATH)
    def upload() -> Response:
        try:
            world_name, target = signer.read(request.args.get("token", ""))
            world = registry.get(world_name)
            content = read_body(request)
        except (ValueError, WorldError) as error:
            return security.text_answer(str(error), 403)
        except BodyError as error:
            return security.text_answer(str(error), error.status)
        try:
            with world.transaction(Actor.system()) as tx:
                file.store(tx, target, content, request.content_type or _DEFAULT_TYPE)
        except KiliError as error:
            return security.text_answer(error.message, getattr(error, "status", 403))
        return Response(status=201)

    return blueprint


def _download(content: bytes, content_type: str) -> Response:
    """The file, or the part of it that is asked for."""
    answer = Response(content, content_type=content_type)
    answer.add_etag()
    length = answer.content_length
    in_ranges = request.range is not None or "Range" not in request.headers
    answer.make_conditional(request, accept_ranges=in_ranges, complete_length=length)
    return answer


def _session(registry: WorldRegistry, signed_in: str | None) -> tuple[World, Actor | None] | None:
    """The world to read from, and who reads: nobody in particular, where a URL is signed."""
    if signed_in is not None:
        try:
            return registry.get(signed_in), None
        except WorldError:
            return None
    key = security.api_key(request)
    return registry.authenticate(key) if key else None
