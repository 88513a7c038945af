"""The tutorial's companion: a plugin that counts boxes, opens an issue and sends the asset back."""

from __future__ import annotations

from pathlib import Path

from tests.kit.sdk_process import SdkProcess, SdkSession
from tests.kit.server_under_test import RemoteWorld
from tests.tutorial.test_steps import todo_assets

NAME = "Plugin bbox count"

# As it is written for the old SDKs, and for the new one.
CREATE_ISSUE = {
    "2.125.2": "self.kili.append_to_issues(label['id'], project_id=self.project_id, text=T)",
    "2.128.2": "self.kili.append_to_issues(label['id'], project_id=self.project_id, text=T)",
    "26.2.4": "self.kili.create_issues("
    "label_id_array=[label['id']], project_id=self.project_id, text_array=[T])",
}

PLUGIN = """
from kili.plugins import PluginCore

T = "There are 2 bounding boxes, and at most 1 is allowed"


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print("On submit called")
        boxes = label["jsonResponse"]["JOB_0"]["annotations"]
        if len(boxes) > 1:
            self.logger.info("Creating an issue...")
            {create_issue}
            self.kili.send_back_to_queue(asset_ids=[asset_id])
            self.logger.info("Issue created!")
"""

BOX = (
    "{'categories': [{'name': 'OBJECT_A'}], 'type': 'rectangle', 'boundingPoly':"
    " [{'normalizedVertices': [{'x': 0, 'y': 0}, {'x': 1, 'y': 1}]}]}"
)


def submit(notebook: SdkSession, asset_id: str, boxes: int) -> None:
    notebook.run(
        f"kili.append_labels(asset_id_array=[{asset_id!r}], label_type='DEFAULT',"
        f" json_response_array=[{{'JOB_0': {{'annotations': [{BOX}] * {boxes}}}}}])"
    ).checked()


def state(notebook: SdkSession, asset_id: str) -> object:
    return (
        notebook.run(
            f"list(kili.assets(project_id=project_id, asset_id={asset_id!r},"
            " fields=['status', 'issues.comments.text']))"
        )
        .checked()
        .value
    )


def test_asset_is_sent_back_until_its_label_is_correct(
    sdk: SdkProcess, notebook: SdkSession, remote_world: RemoteWorld, tmp_path: Path
) -> None:
    path = tmp_path / "main.py"
    path.write_text(PLUGIN.format(create_issue=CREATE_ISSUE[sdk.version]))
    notebook.run(f"kili.upload_plugin({str(path)!r}, {NAME!r})").checked()
    notebook.run(f"kili.activate_plugin_on_project({NAME!r}, project_id=project_id)").checked()
    asset_id = todo_assets(remote_world)[0]

    submit(notebook, asset_id, boxes=2)
    issue = {"comments": [{"text": "There are 2 bounding boxes, and at most 1 is allowed"}]}
    assert state(notebook, asset_id) == [{"issues": [issue], "status": "ONGOING"}]

    submit(notebook, asset_id, boxes=1)
    assert state(notebook, asset_id) == [{"issues": [issue], "status": "LABELED"}]

    lines = [line["content"] for line in reversed(remote_world.export()["pluginLogs"])]
    assert lines == [
        "On submit called",
        "Issue created!",
        "Creating an issue...",
        "On submit called",
    ]
