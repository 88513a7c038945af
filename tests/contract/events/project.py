"""Events of projects."""

from __future__ import annotations

import json

from tests.contract.events.registry import CaseWorld, causes
from tests.kit.world_content import INTERFACE, add_version


def _change(case_world: CaseWorld, **data: object) -> None:
    where = {"id": case_world.names["hidden project"]}
    case_world.wire.call("updatePropertiesInProject", data=data, where=where, selection="id")


@causes("project.created")
def _(case_world: CaseWorld) -> None:
    case_world.wire.call("createProject", data={"title": "t"}, selection="id")


@causes("project.exported")
def _(case_world: CaseWorld) -> None:
    add_version(case_world.wire, case_world.names["hidden project"], "third")


@causes("project.archived")
def _(case_world: CaseWorld) -> None:
    _change(case_world, archived=True)


@causes("project.interface.updated")
def _(case_world: CaseWorld) -> None:
    jobs = INTERFACE["jobs"]
    changed = {**jobs, "OTHER": {**jobs["SHADE"], "isChild": False}}
    _change(case_world, jsonInterface=json.dumps({"jobs": changed}))


@causes("project.settings.updated")
def _(case_world: CaseWorld) -> None:
    _change(case_world, title="another", canSkipAsset=False)


@causes("project.deleted")
def _(case_world: CaseWorld) -> None:
    case_world.wire.call("deleteProject", where={"id": case_world.names["hidden project"]})
