"""The routes that upload files to signed URLs, and download files.

See contract/file.md#uploads, contract/file.md#downloads.
"""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kili_emulator import errors
from kili_emulator.domain import file
from kili_emulator.domain.access import Access
from kili_emulator.domain.documents import FileDoc
from kili_emulator.domain.registry import WorldError, WorldRegistry
from kili_emulator.domain.world import Actor, World
from kili_emulator.errors import KiliError
from kili_emulator.http import security
from kili_emulator.http.call_recorder import CallRecorder
from kili_emulator.http.file_urls import make_file_url_builder
from kili_emulator.http.request_body import BodyError, read_body
from kili_emulator.http.request_records import begin_record
from kili_emulator.observe.requests import RequestRecord

_DEFAULT_TYPE = "application/octet-stream"


def files_blueprint(registry: WorldRegistry, signer: security.FileUrlSigner) -> Blueprint:
    """Build the routes of the file storage."""
    blueprint = Blueprint("files", __name__)

    @blueprint.get(file.FILES_PATH)
    def download() -> Response:
        return _download(registry, signer)

    @blueprint.put(file.UPLOAD_PATH)
    def upload() -> Response:
        return _upload(registry, signer)

    return blueprint


def _download(registry: WorldRegistry, signer: security.FileUrlSigner) -> Response:
    """Answer with a file, whose URL is signed or comes with an API key."""
    file_id = request.args.get("id", "")
    token_world = signer.world_of_read_token(request.args.get("token", ""), file_id)
    session = _open_session(registry, token_world)
    if session is None:
        return security.unauthorized()
    record = begin_record(*session, "file")
    operation = f"{request.method} {file.FILES_PATH}"
    record.name, record.operations = "download", [operation]
    record.variables = {"id": file_id}
    stored_file = _find_recorded_file(*session, record, file_id)
    if stored_file is None:
        return security.text_answer(errors.FILE_UNKNOWN, 404)
    world, _ = session
    build_file_url = make_file_url_builder(
        request.host_url, signer, world, signed=token_world is not None
    )
    return _file_answer(
        file.content_of(world, stored_file, build_file_url), stored_file["contentType"]
    )


def _upload(registry: WorldRegistry, signer: security.FileUrlSigner) -> Response:
    """Store the body of the request as the file that the signed URL names."""
    try:
        token = request.args.get("token", "")
        world, pending_upload = signer.read(token, registry.get)
        record = begin_record(world, None, "file")
        record.name, record.operations = "upload", [f"PUT {file.UPLOAD_PATH}"]
        record.variables = {
            "id": pending_upload.file_id,
            "projectId": pending_upload.project_id,
        }
        content = read_body(request)
    except (ValueError, WorldError) as error:
        return security.text_answer(str(error), 403)
    except BodyError as error:
        return security.text_answer(str(error), error.status)
    try:
        with world.transaction(Actor.system()) as tx:
            file.store(tx, pending_upload, content, request.content_type or _DEFAULT_TYPE)
    except KiliError as error:
        return security.text_answer(error.message, getattr(error, "status", 403))
    return Response(status=201)


def _find_recorded_file(
    world: World, actor: Actor | None, record: RequestRecord, file_id: str
) -> FileDoc | None:
    """Return the file if the actor may read it; record the request if a plugin run sent it.

    Args:
        actor: ``None`` if the URL is signed.
    """
    view = world.view
    if actor is None:
        return file.find_readable_file(view, None, file_id)
    recorder = CallRecorder(request, world, actor, record)
    stored_file = file.find_readable_file(view, Access(view, actor), file_id)
    answer = (
        {"contentType": stored_file["contentType"], "size": stored_file["size"]}
        if stored_file
        else None
    )
    recorder.record_answer(
        list(record.operations), {"id": file_id}, answer, errors=stored_file is None
    )
    return stored_file


def _file_answer(content: bytes, content_type: str) -> Response:
    """Answer with the file, or with the part that the request's ``Range`` header names."""
    answer = Response(content, content_type=content_type)
    answer.add_etag()
    length = answer.content_length
    in_ranges = request.range is not None or "Range" not in request.headers
    answer.make_conditional(request, accept_ranges=in_ranges, complete_length=length)
    return answer


def _open_session(
    registry: WorldRegistry, token_world: str | None
) -> tuple[World, Actor | None] | None:
    """Return the world and the actor of a download, or ``None`` if access is refused.

    A signed URL names the world, and has no actor. Otherwise the API key names both.
    """
    if token_world is not None:
        try:
            return registry.get(token_world), None
        except WorldError:
            return None
    key = security.api_key(request)
    return registry.authenticate(key) if key else None
