"""The part ``emulator.content``: the projects, assets and labels of the world as lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kili_emulator.client.control_requests import ControlRequests

if TYPE_CHECKING:
    from kili_emulator.services.content import AssetRows, LabelRows, ProjectRow


class Content:
    """The content of the emulator's world: ``emulator.content``; the SDK shows more of it.

    Args:
        requests: sends the requests.
    """

    def __init__(self, requests: ControlRequests) -> None:
        self._requests = requests

    def projects(self) -> list[ProjectRow]:
        """Return the projects, oldest first."""
        rows: list[ProjectRow] = self._requests.get("/projects")["projects"]
        return rows

    def assets(
        self,
        project: str | None = None,
        *,
        status: str | None = None,
        limit: int | None = None,
    ) -> AssetRows:
        """Return assets, oldest first, and their number without the limit.

        Args:
            project: only assets of the project with this id or title.
            status: only assets with this status, or this status in their step; or ``SKIPPED``.
            limit: the largest number of assets; the oldest are returned.

        Raises:
            KiliError: the project is unknown, or there is no such status.
        """
        rows: AssetRows = self._requests.get("/assets", project=project, status=status, limit=limit)
        return rows

    def labels(
        self,
        project: str | None = None,
        *,
        asset: str | None = None,
        type: str | None = None,  # noqa: A002
        limit: int | None = None,
    ) -> LabelRows:
        """Return labels, oldest first, and their number without the limit.

        Args:
            project: only labels of the project with this id or title.
            asset: only labels of the asset with this id, or with ``project`` this external id.
            type: only labels of this type, such as ``REVIEW``; by default, all types but
                ``AUTOSAVE``.
            limit: the largest number of labels; the newest are returned.

        Raises:
            KiliError: project or asset is unknown, or there is no such type.
        """
        rows: LabelRows = self._requests.get(
            "/labels", project=project, asset=asset, type=type, limit=limit
        )
        return rows
