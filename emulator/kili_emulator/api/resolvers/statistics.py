"""Statistics of projects and members; quality marks are stored in assets and labels."""

from __future__ import annotations

from typing import Any

from ariadne import ObjectType

from kili_emulator.domain import quality, statistics

project = ObjectType("Project")
project_user = ObjectType("ProjectUser")


def _of_project(name: str) -> Any:
    return lambda owner, info: statistics.project_statistic(info.context.view, owner, name)


def _of_member(name: str) -> Any:
    return lambda owner, info: statistics.member_statistic(info.context.view, owner, name)


for _name in statistics.PROJECT_STATISTICS:
    project.set_field(_name, _of_project(_name))
for _name in statistics.MEMBER_STATISTICS:
    project_user.set_field(_name, _of_member(_name))


@project.field("consensusMarkPerCategory")
def project_consensus_per_category(owner: Any, info: Any) -> Any:
    return quality.project_mark(info.context.view, owner, "consensusMarkPerCategory")


@project_user.field("consensusMarkPerCategory")
def member_consensus_per_category(owner: Any, info: Any) -> Any:
    return quality.member_mark(info.context.view, owner, "consensusMarkPerCategory")


BINDABLES = [project, project_user]
