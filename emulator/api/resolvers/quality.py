"""Marks of projects and members; those of assets and labels are stored with them."""

from __future__ import annotations

from typing import Any

from ariadne import ObjectType

from emulator.domain import quality
from emulator.domain.quality import MARKS

project = ObjectType("Project")
project_user = ObjectType("ProjectUser")


def _of_project(mark: str) -> Any:
    return lambda owner, info: quality.project_mark(info.context.view, owner, mark)


def _of_member(mark: str) -> Any:
    return lambda owner, info: quality.member_mark(info.context.view, owner, mark)


for _mark in MARKS:
    project.set_field(_mark, _of_project(_mark))
    project_user.set_field(_mark, _of_member(_mark))

BINDABLES = [project, project_user]
