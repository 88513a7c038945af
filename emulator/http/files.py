"""Uploads to signed URLs, and reading files back (contract §1.5)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from emulator import errors
from emulator.domain import file
from emulator.domain.registry import WorldError, WorldRegistry
from emulator.domain.world import Actor
from emulator.errors import KiliError
from emulator.http import security
from emulator.http.body import BodyError, read_body

_DEFAULT_TYPE = "application/octet-stream"


def files_blueprint(registry: WorldRegistry, signer: security.UploadSigner) -> Blueprint:
    """The routes of the file storage."""
    blueprint = Blueprint("files", __name__)

    @blueprint.get(file.FILES_PATH)
    def download() -> Response:
        key = security.api_key(request)
        session = registry.authenticate(key) if key else None
        if session is None:
            return security.unauthorized()
        world, actor = session
        found = file.readable(world.view, actor, request.args.get("id", ""))
        if found is None:
            return security.text_answer(errors.FILE_UNKNOWN, 404)
        return Response(world.blobs.get(found["digest"]), content_type=found["contentType"])

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
            return security.text_answer(error.message, 403)
        return Response(status=201)

    return blueprint
