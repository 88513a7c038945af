"""The plugin tutorial in a few lines, on the running emulator.

Start an emulator with `make run`, paste the exports that it prints, and run this file.
"""

from pathlib import Path

from kili.client import Kili

PLUGIN = Path(__file__).parent / "plugins" / "tutorial" / "main.py"
NAME = "My first kili plugin"

kili = Kili()  # finds KILI_API_ENDPOINT and KILI_API_KEY in the environment
project_id = kili.projects(fields=["id"])[0]["id"]
asset_id = kili.assets(project_id, status_in=["TODO"], fields=["id"])[0]["id"]

kili.upload_plugin(str(PLUGIN), NAME)  # takes 15 seconds, as the SDK waits so long for the build
kili.activate_plugin_on_project(NAME, project_id=project_id)
kili.append_labels(
    asset_id_array=[asset_id],
    json_response_array=[{"JOB_0": {"annotations": []}}],
    label_type="DEFAULT",
)
print(kili.get_plugin_logs(project_id=project_id, plugin_name=NAME))
