"""A client that uploads files and imports assets over HTTP, without an SDK."""

from __future__ import annotations

from typing import Any

import requests

from tests.kit.wire import Wire
from tests.kit.world_content import upload

FIELDS = (
    "id content jsonContent jsonMetadata ocrMetadata resolution { width height } "
    "pageResolutions { pageNumber }"
)


class AssetClient(Wire):
    """A client that uploads files and imports assets as different users.

    Args:
        emulator: a running emulator.
    """

    def create_project(self, input_type: str, key: str = "admin") -> str:
        data = {"title": "Own", "inputType": input_type}
        return str(self.call("createProject", key, "id", data=data)["id"])

    def upload_file(self, project: str, content: bytes, kind: str, name: str = "a/content") -> str:
        """Upload a file, and return its signed URL."""
        path = f"projects/{project}/assets/{name}"
        (url,) = self.call("createUploadBucketSignedUrls", filePaths=[path])
        upload(self, url, content, kind)
        return str(url)

    def append_asset(self, project: str, **row: Any) -> dict[str, Any]:
        data = {f"{name}Array": [value] for name, value in row.items()}
        (asset,) = self.call("appendManyAssets", selection=FIELDS, data=data, where={"id": project})
        return dict(asset)

    def append_refusal(self, project: str, **row: Any) -> str:
        data = {f"{name}Array": [value] for name, value in row.items()}
        return self.refusal("appendManyAssets", data=data, where={"id": project})

    def import_in_background(
        self, project: str, upload_type: str, *urls: str, **more: Any
    ) -> dict[str, str]:
        """Import assets in the background, and return the notification."""
        data = {"contentArray": list(urls), "uploadType": upload_type, **more}
        (found,) = self.list(
            "notifications",
            self.call(
                "appendManyAssetsAsynchronously", selection="id", data=data, where={"id": project}
            ),
            selection="status message",
        )
        return dict(found)

    def read(self, asset: dict[str, Any]) -> dict[str, Any]:
        (found,) = self.list("assets", {"id": asset["id"]}, selection=FIELDS)
        return dict(found)

    def update_asset(self, asset: dict[str, Any], **data: Any) -> dict[str, Any]:
        self.call("updatePropertiesInAssets", where=[{"id": asset["id"]}], data=[data])
        return self.read(asset)

    def get(self, url: str, key: str | None = "admin", **headers: str) -> requests.Response:
        return self.request("GET", url, headers={**self.authorization(key), **headers})
