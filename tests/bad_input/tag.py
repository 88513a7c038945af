"""Refused requests about tags."""

from __future__ import annotations

from tests.bad_input.refused_request import (
    UNKNOWN_ID,
    denied,
    forbidden,
    invalid,
    not_admin,
    refused,
)

_ON_PROJECT = {"projectId": "<project>", "tagId": "<tag>"}

CASES = [
    forbidden("createTag", "ADMIN or TEAM_MANAGER", data={"label": "Mine"}),
    forbidden("createTag", "ADMIN or TEAM_MANAGER", "reviewer", data={"label": "Mine"}),
    refused("createTag", "no word", "label is empty", data={"label": " "}),
    invalid("createTag", "no label", 'Field "label" of required type "String!"',
            data={"color": "#FF0000"}),
    denied("updateTag", "unknown", tagId=UNKNOWN_ID, data={"label": "Other"}),
    not_admin("updateTag", "manager", tagId="<tag>", data={"label": "Other"}),
    refused("updateTag", "no word", "label is empty", tagId="<tag>", data={"label": ""}),
    invalid("updateTag", "a color", 'Field "color" is not defined',
            tagId="<tag>", data={"color": "#FF0000"}),
    denied("deleteTag", "unknown", tagId=UNKNOWN_ID),
    not_admin("deleteTag", "manager", tagId="<tag>"),
    invalid("deleteTag", "id is a list", "ID cannot represent", tagId=["<tag>"]),
    denied("checkTag", "unknown tag", data={**_ON_PROJECT, "tagId": UNKNOWN_ID}),
    denied("checkTag", "unknown project", data={**_ON_PROJECT, "projectId": UNKNOWN_ID}),
    denied("checkTag", "foreign project", "labeler",
           data={**_ON_PROJECT, "projectId": "<hidden project>"}),
    forbidden("checkTag", "ADMIN", "manager", data={**_ON_PROJECT, "tagId": "<unused tag>"}),
    invalid("checkTag", "no tag", 'Field "tagId" of required type "ID!"',
            data={"projectId": "<project>"}),
    denied("uncheckTag", "unknown tag", projectId="<project>", tagId=UNKNOWN_ID),
    denied("uncheckTag", "unknown project", projectId=UNKNOWN_ID, tagId="<tag>"),
    denied("uncheckTag", "foreign project", "labeler", projectId="<hidden project>", tagId="<tag>"),
    forbidden("uncheckTag", "ADMIN", "manager", **_ON_PROJECT),
    refused("uncheckTag", "tag that it has not", 'the tag "Unused" is not checked',
            projectId="<project>", tagId="<unused tag>"),
    invalid("uncheckTag", "id is an object", "ID cannot represent", projectId={}, tagId="<tag>"),
]  # fmt: skip
