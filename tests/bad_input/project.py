"""Projects."""

from __future__ import annotations

from tests.bad_input.table import GHOST, denied, forbidden, invalid, refused

CASES = [
    refused("createProject", "json interface is not JSON", "jsonInterface: it is not valid JSON",
            data={"title": "t", "jsonInterface": "{"}),
    refused("createProject", "jobs are a list", '"jobs": {name: job}',
            data={"title": "t", "jsonInterface": '{"jobs": []}'}),
    refused("createProject", "job without a task", 'job "J" must be an object with an "mlTask"',
            data={"title": "t", "jsonInterface": '{"jobs": {"J": {}}}'}),
    refused("createProject", "categories are a list", "must have categories of the form",
            data={"title": "t", "jsonInterface":
                  '{"jobs": {"J": {"mlTask": "FILE", "content": {"categories": [1]}}}}'}),
    invalid("createProject", "unknown input type", 'Value "HTML" does not exist',
            data={"title": "t", "inputType": "HTML"}),
    *(
        refused("createProject", f"input type {each}", "which the platform offers no more",
                data={"title": "t", "inputType": each})
        for each in ("NA", "TIME_SERIES", "URL")
    ),
    invalid("createProject", "no title", 'Field "title" of required type "String!"', data={}),
    denied("updatePropertiesInProject", "unknown project", where={"id": GHOST}, data={}),
    denied("updatePropertiesInProject", "foreign project", "labeler",
           where={"id": "<hidden project>"}, data={"title": "mine"}),
    forbidden("updatePropertiesInProject", "ADMIN", "manager",
              where={"id": "<project>"}, data={"title": "mine"}),
    refused("updatePropertiesInProject", "no id", "where.id is missing", where={}, data={}),
    refused("updatePropertiesInProject", "percentage above 100",
            "reviewCoverage must be between 0 and 100",
            where={"id": "<project>"}, data={"reviewCoverage": 101}),
    refused("updatePropertiesInProject", "percentage below 0",
            "reviewCoverage must be between 0 and 100",
            where={"id": "<project>"}, data={"reviewCoverage": -1, "title": "not this either"}),
    refused("updatePropertiesInProject", "json interface is not JSON",
            "jsonInterface: it is not valid JSON",
            where={"id": "<project>"}, data={"jsonInterface": "no"}),
    refused("updatePropertiesInProject", "unknown metadata type", "must be one of string, number",
            where={"id": "<project>"}, data={"metadataTypes": {"a": "color"}}),
    refused("updatePropertiesInProject", "metadata properties are a list", "must be an object",
            where={"id": "<project>"}, data={"metadataProperties": [1]}),
    invalid("updatePropertiesInProject", "unknown member", 'Field "nope" is not defined',
            where={"id": "<project>"}, data={"nope": 1}),
    denied("deleteProject", "unknown project", where={"id": GHOST}),
    denied("deleteProject", "foreign project", "labeler", where={"id": "<hidden project>"}),
    forbidden("deleteProject", "ADMIN", "manager", where={"id": "<project>"}),
    refused("deleteProject", "no id", "where.id is missing", where={}),
    refused("deleteProject", "more than an id", "where takes id only",
            where={"id": "<project>", "archived": True}),
    invalid("deleteProject", "archived is a text", "Boolean cannot represent",
            where={"id": "<project>", "archived": "no"}),
    denied("deleteProjectAsynchronously", "unknown project", where={"id": GHOST}),
    denied("deleteProjectAsynchronously", "foreign project", "labeler",
           where={"id": "<hidden project>"}),
    forbidden("deleteProjectAsynchronously", "ADMIN", where={"id": "<project>"}),
    invalid("deleteProjectAsynchronously", "bad date", "DateTime cannot represent",
            where={"id": "<project>", "createdAtGte": "yesterday"}),
]  # fmt: skip
