"""Run the plugin tutorial and its companion on a temporary emulator, with the real SDK.

Each step shows its code, the output of the SDK, and the answer of the emulator. The script compares
the answers with those of the tutorial; if one differs, the exit status is 1.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from notebook import Step, play_all

from kili_emulator import Emulator
from kili_emulator.testing.sdk import fast_sdk

PLUGINS = Path(__file__).resolve().parent / "plugins"
PLUGINS_ERROR = (
    '"[pluginsError] An error occured handling your plugin -- This can be due to: '
    '400: Bad Request: {} | trace : false"'
)
LABEL_FIELDS = ["id", "jsonResponse", "author.id", "labelType", "createdAt", "secondsToLabel"]
BOX = {
    "type": "rectangle",
    "categories": [{"name": "OBJECT_A"}],
    "boundingPoly": [{"normalizedVertices": [{"x": 0.1, "y": 0.1}, {"x": 0.5, "y": 0.5}]}],
}

STEPS = [
    Step("Connect, and count your projects", "kili.count_projects()", "1"),
    Step(
        "Test the plugin locally",
        """
        np.random.seed(1)
        exec(plugin_code, plugin := {})
        label["authorId"] = label.pop("author")["id"]
        my_plugin_instance = plugin["PluginHandler"](kili, project_id)
        my_plugin_instance.on_submit(label=plugin["Label"](**label), asset_id=asset_ids[0])
        """,
        "On submit called\ncustom_method called for label <id>",
        module="kili.types",
    ),
    Step(
        "Upload the plugin",
        "kili.upload_plugin(path_to_plugin, plugin_name)\nkili.get_plugin_status(plugin_name)",
        "ACTIVE",
    ),
    Step(
        "Upload it again: the name is taken",
        "kili.upload_plugin(path_to_plugin, plugin_name)",
        PLUGINS_ERROR.format(
            "createPlugin: an entity Plugin already exists with value "
            "\"My first kili plugin\" for field 'name'"
        ),
    ),
    Step(
        "Activate it on the project",
        "kili.activate_plugin_on_project(plugin_name, project_id=project_id)",
        "Plugin with name My first kili plugin successfully activated",
        sdk_line='Plugin with name "My first kili plugin" activated on project "<id>"',
    ),
    Step(
        "Activate it again: it is active already",
        "kili.activate_plugin_on_project(plugin_name, project_id=project_id)",
        PLUGINS_ERROR.format(
            "activatePluginOnProject: an entity Project already exists with value "
            "\"<id>\" for field 'id'"
        ),
    ),
    Step(
        "Submit a label",
        """
        issues = kili.count_issues(project_id)
        kili.append_labels(
            asset_id_array=asset_ids[:1],
            json_response_array=[{"JOB_0": {"annotations": []}}],
            label_type="DEFAULT",
        )
        """,
        "[{'id': '<id>'}]",
    ),
    Step(
        "Read the log of the run",
        """
        logs = kili.get_plugin_logs(project_id=project_id, plugin_name=plugin_name)
        contents(logs, without="Generating issue")  # see below
        """,
        "custom_method called for label <id>\nOn submit called",
    ),
    Step(
        "Half of the runs generate an issue, and log a warning: both or neither",
        'kili.count_issues(project_id) - issues == logs.count("Generating issue")',
        "True",
    ),
    Step(
        "Review the label",
        """
        kili.append_labels(
            asset_id_array=asset_ids[:1],
            json_response_array=[{"JOB_0": {"annotations": []}}],
            label_type="REVIEW",
        )
        """,
        "[{'id': '<id>'}]",
    ),
    Step(
        "Read the logs from a moment on",
        """
        start_date = datetime.fromisoformat(json.loads(logs)[0]["createdAt"][:-1])
        start_date += timedelta(milliseconds=1)
        contents(kili.get_plugin_logs(project_id, plugin_name, start_date=start_date))
        """,
        "My custom function for review of label with id <id>",
    ),
    Step(
        "List the plugins, now that another project has it too",
        """
        other = kili.create_project(input_type="IMAGE", json_interface={}, title="Other")
        kili.activate_plugin_on_project(plugin_name, project_id=other["id"])
        plugins = kili.list_plugins()
        [plugin for plugin in plugins if plugin["name"] == plugin_name]
        """,
        "[{'name': 'My first kili plugin', 'projectIds': ['<id>', '<id>'], 'id': '<id>', "
        "'createdAt': '<time>', 'updatedAt': '<time>'}]",
    ),
    Step(
        "Update the plugin with new code",
        "kili.update_plugin(plugin_name=plugin_name, plugin_path=updated_path)\n"
        "kili.get_plugin_status(plugin_name)",
        "ACTIVE",
    ),
    Step(
        "Deactivate it on the project",
        "kili.deactivate_plugin_on_project(plugin_name=plugin_name, project_id=project_id)",
        "Plugin with name My first kili plugin successfully deactivated",
        sdk_line="Plugin My first kili plugin deactivated on project <id>",
    ),
    Step(
        "Delete it",
        "kili.delete_plugin(plugin_name=plugin_name)\nkili.list_plugins()",
        "[]",
        sdk_line="Plugin My first kili plugin deleted!",
    ),
    Step(
        "The companion: a plugin that allows one box of each class",
        """
        kili.upload_plugin(path_to_companion, "Plugin bbox count")
        kili.activate_plugin_on_project("Plugin bbox count", project_id=project_id)
        """,
        "Plugin with name Plugin bbox count successfully activated",
    ),
    Step(
        "Submit two boxes: the asset is sent back, and an issue says why",
        """
        label = {"JOB_0": {"annotations": [box, box]}}
        kili.append_labels(asset_ids[1:2], [label], label_type="DEFAULT")
        kili.assets(project_id, asset_ids[1], fields=["status", "issues.comments.text"])
        """,
        "[{'issues': [{'comments': [{'text': 'There are 2 bounding boxes of OBJECT_A, and at "
        "most 1 is allowed'}]}], 'status': 'ONGOING'}]",
    ),
    Step(
        "Read the companion's log",
        "contents(kili.get_plugin_logs(project_id=project_id, plugin_name='Plugin bbox count'))",
        "Issue created!\nCreating an issue...\nCustom method - checking number of bboxes\n"
        "On submit called",
    ),
    Step(
        "Submit one box: the asset is labeled",
        """
        label = {"JOB_0": {"annotations": [box]}}
        kili.append_labels(asset_ids[1:2], [label], label_type="DEFAULT")
        kili.assets(project_id, asset_ids[1], fields=["status"])
        """,
        "[{'status': 'LABELED'}]",
    ),
]


def contents(logs: str, without: str = "") -> str:
    """Return the texts of log lines, newest first."""
    return "\n".join(e["content"] for e in json.loads(logs) if e["content"] != without)


def variables(kili: Any) -> dict[str, Any]:
    """Return the variables of the first step."""
    (project,) = kili.projects(fields=["id"], disable_tqdm=True)
    fields = ["id", "status", *(f"labels.{name}" for name in LABEL_FIELDS)]
    assets = kili.assets(project["id"], fields=fields, disable_tqdm=True)
    plugin = PLUGINS / "tutorial" / "main.py"
    return {
        "kili": kili,
        "project_id": project["id"],
        "asset_ids": [each["id"] for each in assets if each["status"] == "TODO"],
        "label": next(label for each in assets for label in each["labels"]),
        "plugin_name": "My first kili plugin",
        "path_to_plugin": str(plugin),
        "updated_path": str(plugin),
        "plugin_code": plugin.read_text(encoding="utf-8"),
        "path_to_companion": str(PLUGINS / "bbox_count"),
        "box": BOX,
        "contents": contents,
        "datetime": datetime,
        "json": json,
        "np": np,
        "timedelta": timedelta,
    }


def main() -> int:
    """Run the tutorial; return the exit status."""
    with fast_sdk(), Emulator("default", seed=0) as emulator:
        print(f"An emulator for this demonstration runs at {emulator.url}")
        differing = play_all(STEPS, variables(emulator.client()))
    if differing:
        print(f"\n{len(differing)} of {len(STEPS)} steps differ from the tutorial:")
        print("".join(f"\n  - {title}" for title in differing))
        return 1
    print("\nEverything is as the tutorial shows it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
