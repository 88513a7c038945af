"""Upload an example plugin to the running emulator, and activate it on each project.

    eval "$(kili-emulator env)"
    python examples/upload.py consensus

Run the script again after a change to update the plugin.
"""

import sys
from pathlib import Path

from kili.client import Kili

from kili_emulator.testing.sdk import fast_sdk

PLUGINS = Path(__file__).resolve().parent / "plugins"


def upload(kili: Kili, name: str) -> None:
    """Upload the plugin of a folder, or a new version of it."""
    folder = str(PLUGINS / name)
    if any(each["name"] == name for each in kili.list_plugins()):
        kili.update_plugin(plugin_path=folder, plugin_name=name)
        return
    kili.upload_plugin(folder, name)
    for project in kili.projects(fields=["id"]):
        kili.activate_plugin_on_project(name, project_id=project["id"])


if __name__ == "__main__":
    with fast_sdk():  # without the 15 seconds that the SDK waits for a deployment
        upload(Kili(), sys.argv[1])
