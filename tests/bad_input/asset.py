"""Refused requests about assets."""

from __future__ import annotations

from tests.bad_input.refused_request import UNKNOWN_ID, denied, forbidden, invalid, refused

CASES = [
    case
    for append in ("appendManyAssets", "appendManyToDataset")
    for case in (
        denied(append, "unknown project", where={"id": UNKNOWN_ID}, data={"contentArray": ["http://x"]}),
        denied(append, "foreign project", "labeler",
               where={"id": "<hidden project>"}, data={"contentArray": ["text"]}),
        forbidden(append, "ADMIN or TEAM_MANAGER",
                  where={"id": "<project>"}, data={"contentArray": ["http://x"]}),
        refused(append, "arrays of different length",
                "contentArray has 1, externalIDArray has 2",
                where={"id": "<project>"},
                data={"contentArray": ["http://x"], "externalIDArray": ["a", "b"]}),
        refused(append, "no arrays", "there is nothing to add: give contentArray",
                where={"id": "<project>"}, data={}),
        refused(append, "external id twice", 'external id "twice" exists already',
                where={"id": "<project>"},
                data={"contentArray": ["http://x"] * 2, "externalIDArray": ["twice"] * 2}),
        refused(append, "external id taken", 'external id "street" exists already',
                where={"id": "<project>"},
                data={"contentArray": ["http://x"], "externalIDArray": ["street"]}),
        refused(append, "external id with an unclosed bracket", 'has an unbalanced bracket "["',
                where={"id": "<project>"},
                data={"contentArray": ["http://x"] * 2, "externalIDArray": ["a[0]", "test[0"]}),
        refused(append, "id taken", "exists already",
                where={"id": "<project>"},
                data={"contentArray": ["http://x"], "idArray": ["<hidden asset>"]}),
        refused(append, "content is a path", "send local files through",
                where={"id": "<project>"}, data={"contentArray": ["./street.png"]}),
        refused(append, "nothing was uploaded", "PUT the file there first",
                where={"id": "<project>"},
                data={"contentArray": ["http://h/api/label/v2/files/upload?token=t&id=projects/p"]}),
        invalid(append, "array of numbers", "String cannot represent a non string value",
                where={"id": "<project>"}, data={"contentArray": [1]}),
    )
] + [
    denied("updatePropertiesInAssets", "unknown asset", where=[{"id": UNKNOWN_ID}], data=[{}]),
    denied("updatePropertiesInAssets", "one of two is unknown",
           where=[{"id": "<farm>"}, {"id": UNKNOWN_ID}], data=[{"priority": 1}] * 2),
    denied("updatePropertiesInAssets", "foreign asset", "labeler",
           where=[{"id": "<hidden asset>"}], data=[{"priority": 1}]),
    forbidden("updatePropertiesInAssets", "ADMIN or TEAM_MANAGER", "reviewer",
              where=[{"id": "<farm>"}], data=[{"priority": 1}]),
    refused("updatePropertiesInAssets", "arrays of different length", "where has 1, data has 2",
            where=[{"id": "<farm>"}], data=[{}, {}]),
    refused("updatePropertiesInAssets", "external id taken", 'id "street" exists already',
            where=[{"id": "<farm>"}], data=[{"externalId": "street"}]),
    refused("updatePropertiesInAssets", "external id with an unopened bracket",
            'has an unbalanced bracket ")"',
            where=[{"id": "<farm>"}], data=[{"externalId": "a)b"}]),
    refused("updatePropertiesInAssets", "selects by nothing", "give id, idIn or project.id",
            where=[{}], data=[{"priority": 1}]),
    refused("updatePropertiesInAssets", "content is a path", "send local files through",
            where=[{"id": "<farm>"}], data=[{"content": "street.png"}]),
    invalid("updatePropertiesInAssets", "priority is a text", "Int cannot represent",
            where=[{"id": "<farm>"}], data=[{"priority": "high"}]),
    invalid("updatePropertiesInAssets", "unknown status", 'Value "DONE" does not exist',
            where=[{"id": "<farm>"}], data=[{"status": "DONE"}]),
    denied("setAssetsPriority", "foreign asset", "labeler",
           where={"id": "<hidden asset>"}, priority=1),
    forbidden("setAssetsPriority", "ADMIN or TEAM_MANAGER", "reviewer",
              where={"id": "<meadow>"}, priority=1),
    refused("setAssetsPriority", "selects by nothing", "give id, idIn or project.id",
            where={}, priority=1),
    invalid("setAssetsPriority", "priority is a text", "Int cannot represent",
            where={"id": "<meadow>"}, priority="high"),
] + [
    case
    for action, roles, key in (
        ("deleteAssets", "ADMIN or TEAM_MANAGER", "reviewer"),
        ("deleteManyFromDataset", "ADMIN or TEAM_MANAGER", "labeler"),
        ("addAssetsToReview", "ADMIN or TEAM_MANAGER or REVIEWER", "labeler"),
        ("addAllLabeledAssetsToReview", "ADMIN or TEAM_MANAGER or REVIEWER", "labeler"),
        ("sendAssetsBackToQueue", "ADMIN or TEAM_MANAGER or REVIEWER", "labeler"),
        ("sendBackAssetsToQueue", "ADMIN or TEAM_MANAGER or REVIEWER", "labeler"),
    )
    for case in (
        denied(action, "unknown project", where={"project": {"id": UNKNOWN_ID}}),
        denied(action, "foreign project", "labeler", where={"project": {"id": "<hidden project>"}}),
        denied(action, "foreign asset", "labeler", where={"id": "<hidden asset>"}),
        denied(action, "one of two is foreign", "manager",
               where={"idIn": ["<farm>", "<hidden asset>"]}),
        forbidden(action, roles, key, where={"idIn": ["<farm>"]}),
        refused(action, "selects by nothing", "give id, idIn or project.id", where={}),
        refused(action, "selects by an empty object", "give id, idIn or project.id",
                where={"label": {"typeIn": None}}),
        refused(action, "metadata is a list", "metadata must be a JSON object",
                where={"project": {"id": "<project>"}, "metadata": [1]}),
        invalid(action, "unknown member", 'Field "nope" is not defined', where={"nope": 1}),
        invalid(action, "unknown status", 'Value "DONE" does not exist',
                where={"statusIn": ["DONE"]}),
    )
] + [
    denied(action, "unknown asset", where={"id": UNKNOWN_ID})
    for action in (
        "deleteManyFromDataset", "addAssetsToReview", "addAllLabeledAssetsToReview",
        "sendAssetsBackToQueue", "sendBackAssetsToQueue",
    )
]  # fmt: skip
