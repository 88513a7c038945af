"""A scenario that is played twice in one process, with a reset in between.

``python -m tests.kit.repeatable_scenario FOLDER ISOLATION`` writes the exports of the world to
``first.json`` and ``after reset.json`` in the folder.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from kili_emulator import Emulator
from kili_emulator.services.export import export_world
from kili_emulator.testing.sdk import fast_sdk

SEED = 7
TITLE = "Repeated"
INTERFACE = {
    "jobs": {
        "KIND": {
            "mlTask": "CLASSIFICATION",
            "required": 1,
            "isChild": False,
            "content": {
                "categories": {"CAT": {"name": "Cat"}, "DOG": {"name": "Dog"}},
                "input": "radio",
            },
            "instruction": "Kind",
        }
    }
}
CAT = {"KIND": {"categories": [{"name": "CAT"}]}}
PLUGIN = """
import random

import numpy
from kili.plugins import PluginCore


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print("drawn", random.random(), numpy.random.random())
        self.logger.warning("a line of the logger")
        name = f"made {random.randint(0, 10**9)}"
        self.kili.append_many_to_dataset(
            self.project_id,
            content_array=["https://example.com/made.png"],
            external_id_array=[name],
        )
        print(self.kili.assets(self.project_id, asset_id, fields=["content", "externalId"]))
        raise KeyError(name)

    def on_review(self, label, asset_id):
        print("reviewed")
        self.kili.update_properties_in_assets(
            asset_ids=[asset_id], json_metadatas=[{"drawn": random.random()}]
        )
"""


def play(emulator: Emulator, folder: Path) -> None:
    """Create a project with assets, labels, a plugin, a review and an issue."""
    kili = emulator.client()
    project_id = kili.create_project(input_type="IMAGE", json_interface=INTERFACE, title=TITLE)[
        "id"
    ]
    kili.append_many_to_dataset(
        project_id,
        content_array=[f"https://example.com/{number}.png" for number in range(5)],
        external_id_array=[f"image {number}" for number in range(5)],
        disable_tqdm=True,
    )
    _upload_images(kili, project_id, folder)
    main = folder / "main.py"
    main.write_text(PLUGIN, encoding="utf-8")
    kili.upload_plugin(str(main), "drawer", verbose=False)
    kili.activate_plugin_on_project("drawer", project_id=project_id)
    for number in range(2):
        kili.append_labels(
            asset_external_id_array=[f"image {number}"],
            project_id=project_id,
            json_response_array=[CAT],
            label_type="DEFAULT",
            disable_tqdm=True,
        )
    emulator.users.submit(TITLE, "image 2", CAT, user="admin")
    emulator.users.review(TITLE, "image 2", user="admin")
    (label,) = kili.labels(project_id, fields=["id"], first=1, disable_tqdm=True)
    kili.create_issues(project_id, label_id_array=[label["id"]], text_array=["look"])


def _upload_images(kili: Any, project_id: str, folder: Path) -> None:
    """Upload images, several at once and without external ids."""
    paths = [folder / f"{number}.png" for number in range(4)]
    for number, path in enumerate(paths):
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes([number]))
    kili.append_many_to_dataset(
        project_id, content_array=[str(path) for path in paths], disable_tqdm=True
    )


def main(folder: Path, isolation: str) -> None:
    with (
        fast_sdk(),
        Emulator(seed=SEED, plugin_isolation=isolation) as emulator,
        tempfile.TemporaryDirectory() as images,
    ):
        for name in ("first", "after reset"):
            emulator.reset()
            play(emulator, Path(images))
            text = json.dumps(export_world(emulator.world), indent=1)
            (folder / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
