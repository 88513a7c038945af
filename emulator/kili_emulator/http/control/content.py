"""Routes that list the projects, assets and labels of a world."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from kili_emulator.http.control.parameters import Parameters
from kili_emulator.http.control.sessions import Sessions


def add_content_routes(blueprint: Blueprint, sessions: Sessions) -> None:
    """Add the routes that list projects, assets and labels."""

    @blueprint.get("/worlds/<name>/projects")
    def list_projects(name: str) -> Response:
        from kili_emulator.services import content

        Parameters()
        return jsonify(projects=content.list_projects(sessions.open(name).world.view))

    @blueprint.get("/worlds/<name>/assets")
    def list_assets(name: str) -> Response:
        from kili_emulator.services import content

        given = Parameters(project="text", status="text", limit="number")
        query = content.ContentQuery(
            project=given.text("project"), status=given.text("status"), limit=given.number("limit")
        )
        return jsonify(content.list_assets(sessions.open(name).world.view, query))

    @blueprint.get("/worlds/<name>/labels")
    def list_labels(name: str) -> Response:
        from kili_emulator.services import content

        given = Parameters(project="text", asset="text", type="text", limit="number")
        query = content.ContentQuery(
            project=given.text("project"),
            asset=given.text("asset"),
            type=given.text("type"),
            limit=given.number("limit"),
        )
        return jsonify(content.list_labels(sessions.open(name).world.view, query))
