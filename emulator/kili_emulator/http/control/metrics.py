"""The route of the metrics."""

from __future__ import annotations

from flask import Blueprint, Response, request

from kili_emulator.http.metrics import Metrics


def add_metrics_route(blueprint: Blueprint, metrics: Metrics) -> None:
    """Add the route that Prometheus scrapes."""

    @blueprint.get("/metrics")
    def show_metrics() -> Response:
        text, content_type = metrics.text(request.headers.get("Accept", ""))
        return Response(text, content_type=content_type)
