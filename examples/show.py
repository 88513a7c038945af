"""Show the assets of a project with their labels and issues, and the logs of its plugins.

    eval "$(kili-emulator env)"
    python examples/show.py Moods

The argument is the title of the project.
"""

import json
import sys
import warnings
from typing import Any

from kili.client import Kili

FIELDS = (
    "externalId",
    "status",
    "currentStep.name",
    "currentStep.status",
    "priority",
    "jsonMetadata",
    "labels.labelType",
    "labels.author.email",
    "labels.jsonResponse",
    "issues.type",
    "issues.status",
    "issues.objectMid",
    "issues.comments.text",
)
SUBMITTED = ("DEFAULT", "REVIEW")


def show(kili: Kili, title: str) -> None:
    """Print the assets, labels and issues of a project, and the logs of its plugins."""
    projects = {each["title"]: each["id"] for each in kili.projects(fields=["id", "title"])}
    project_id = projects[title]
    for asset in kili.assets(project_id, fields=FIELDS, disable_tqdm=True):
        show_asset(asset)
    for plugin in kili.list_plugins():
        if project_id in plugin["projectIds"]:
            print(f"log of {plugin['name']}")
            for line in reversed(json.loads(kili.get_plugin_logs(project_id, plugin["name"]))):
                print(f"  {line['logType']}: {line['content']}")


def show_asset(asset: dict[str, Any]) -> None:
    """Print an asset's step or status, its submitted labels, and its issues."""
    step = asset["currentStep"]
    place = f"{step['name']} {step['status']}" if step else asset["status"]
    more = f"priority {asset['priority']}, metadata {asset['jsonMetadata']}"
    print(f"{asset['externalId']}: {place}, {more}")
    for label in asset["labels"]:
        if label["labelType"] in SUBMITTED:
            response = json.dumps(label["jsonResponse"])
            print(f"  {label['labelType']} by {label['author']['email']}: {response}")
    for issue in asset["issues"]:
        texts = " / ".join(comment["text"] for comment in issue["comments"])
        about = f" about {issue['objectMid']}" if issue["objectMid"] else ""
        print(f"  {issue['type']}{about}, {issue['status']}: {texts}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # some fields exist in only one of the two workflows
    show(Kili(), sys.argv[1])
