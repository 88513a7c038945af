"""Events of projects."""

from __future__ import annotations

import json

from tests.contract.events.registry import Stage, causes
from tests.kit.world_content import INTERFACE, add_version


def _change(stage: Stage, **data: object) -> None:
    where = {"id": stage.names["hidden project"]}
    stage.wire.call("updatePropertiesInProject", data=data, where=where, selection="id")


@causes("project.created")
def _(stage: Stage) -> None:
    stage.wire.call("createProject", data={"title": "t"}, selection="id")


@causes("project.exported")
def _(stage: Stage) -> None:
    add_version(stage.wire, stage.names["hidden project"], "third")


@causes("project.archived")
def _(stage: Stage) -> None:
    _change(stage, archived=True)


@causes("project.interface.updated")
def _(stage: Stage) -> None:
    jobs = INTERFACE["jobs"]
    changed = {**jobs, "OTHER": {**jobs["SHADE"], "isChild": False}}
    _change(stage, jsonInterface=json.dumps({"jobs": changed}))


@causes("project.settings.updated")
def _(stage: Stage) -> None:
    _change(stage, title="another", canSkipAsset=False)


@causes("project.deleted")
def _(stage: Stage) -> None:
    stage.wire.call("deleteProject", where={"id": stage.names["hidden project"]})
